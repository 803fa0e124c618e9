internal import Marketplace

/// What a run of events changed in the state: rows by key, and ids.
///
/// Two of them lie over the state on disk: the recent changes, and those that are being flushed.
/// All rows are whole, so the uppermost that has a row wins.
struct StateChanges: Sendable {
  var ids = IdTable()
  /// The last visit of a person to a shop.
  ///
  /// Not among the ids while in memory: a regular customer would fill them with visits that nobody
  /// asks for any more.
  var lastVisits = RowTable<VisitorAndShop, VisitFacts>()
  var products = RowTable<Position, ProductFacts>()
  var refunds = RowTable<Position, RefundedSoFar>()
  var agents = RowTable<AgentKey, AgentNode>()
  var events = 0
  var refusals = 0

  init() {}

  /// None yet, with room for as many ids as came before.
  init(after older: StateChanges) {
    ids = IdTable(asLargeAs: older.ids)
  }

  /// How much has gathered: a refusal takes about as much memory as an event.
  var count: Int { events + refusals }

  /// Lays newer changes over these.
  mutating func merge(_ newer: StateChanges) {
    ids.merge(newer.ids)
    lastVisits.merge(newer.lastVisits)
    products.merge(newer.products)
    refunds.merge(newer.refunds)
    agents.merge(newer.agents)
    events += newer.events
    refusals += newer.refusals
  }

  /// The ids and last visits as the entries of a run, sorted.
  func entries(_ hash: IdHash) -> [IdEntry] {
    var entries = ids.entries
    entries.reserveCapacity(entries.count + lastVisits.count)
    for (pair, facts) in lastVisits.entries {
      let key = hash(visitor: pair.visitor, shop: pair.shop)
      entries.append(IdEntry(key: key, value: facts.visit.position))
    }
    entries.sort()
    return entries
  }
}

/// What the refunds of an order add up to.
struct RefundedSoFar: Hashable, Sendable {
  var quantity: Int64
  var amount: Int64
}
