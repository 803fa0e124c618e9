internal import Marketplace

/// What a run of events changed in the state: rows by key, and ids.
///
/// Three of them lie over the state on disk: the batch being decided, the recent changes, and
/// those that are being flushed. All rows are whole, so the uppermost that has a row wins.
struct StateChanges: Sendable {
  var ids = IdTable()
  /// Where a person visited a shop last.
  ///
  /// Not among the ids while in memory: a regular customer would fill them with visits that nobody
  /// asks for any more.
  var lastVisits: [VisitorAndShop: Position] = [:]
  var products: [Position: ProductFacts] = [:]
  var refunds: [Position: RefundedSoFar] = [:]
  var agents: [AgentKey: AgentNode] = [:]
  var policy: PolicyInForce?
  /// The greatest person number given so far; 0 when no event of these changes gave one.
  var lastPerson: UInt64 = 0
  var events = 0
  var refusals = 0

  /// How much has gathered: a refusal takes about as much memory as an event.
  var count: Int { events + refusals }

  /// Lays newer changes over these.
  mutating func merge(_ newer: StateChanges) {
    ids.merge(newer.ids)
    lastVisits.merge(newer.lastVisits) { _, new in new }
    products.merge(newer.products) { _, new in new }
    refunds.merge(newer.refunds) { _, new in new }
    agents.merge(newer.agents) { _, new in new }
    policy = newer.policy ?? policy
    lastPerson = max(lastPerson, newer.lastPerson)
    events += newer.events
    refusals += newer.refusals
  }

  /// The ids and last visits as the entries of a run, sorted.
  func entries(_ hash: IdHash) -> [IdEntry] {
    var entries = ids.entries
    entries.reserveCapacity(entries.count + lastVisits.count)
    for (pair, position) in lastVisits {
      entries.append(IdEntry(key: hash(visitor: pair.visitor, shop: pair.shop), value: position))
    }
    entries.sort()
    return entries
  }
}

struct AgentKey: Hashable, Comparable, Sendable {
  var brand: Position
  var person: Person

  static func < (left: AgentKey, right: AgentKey) -> Bool {
    left.brand != right.brand ? left.brand < right.brand : left.person < right.person
  }
}

struct VisitorAndShop: Hashable, Sendable {
  var visitor: Person
  var shop: Position
}

/// What the refunds of an order add up to.
struct RefundedSoFar: Hashable, Sendable {
  var quantity: Int64
  var amount: Int64
}
