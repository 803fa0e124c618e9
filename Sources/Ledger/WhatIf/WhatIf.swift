internal import EventLog
internal import JSON
internal import Marketplace

/// History decided anew under another policy, and how the figures would differ; changes nothing.
///
/// Each purchase is decided by the rule itself, over the visits and shares that were recorded before
/// it; the fields of the policy that are not named are those that were in force then. What the policy
/// does not touch stays as it was recorded.
///
/// One pass over the log. Memory holds a number for each pair of a visitor and a shop, for each
/// share, and a row for each agent; visits and shares are read from the log when they are asked for.
package struct WhatIf: Sendable {
  private static let pageEvents = 4_096

  /// The events that it is about: those that there were when it was made.
  let size: Position
  private(set) var position: Position = 0
  let overrides: AdoptPolicy
  private(set) var policy = Policy.initial
  private(set) var orders = 0
  private(set) var ordersChanged = 0
  private(set) var modes: [String: ModesChange] = [:]
  private(set) var shops: [Position: ShopChange] = [:]
  private(set) var sharers: [SharerKey: CreditChange] = [:]
  private(set) var forest = ForestRows()
  private(set) var brands: [Position: String] = [:]
  private var evidence: Evidence
  private let log: EventLog

  /// - Throws: a `Rejection` when there can be no such policy.
  init(_ overrides: AdoptPolicy, over log: EventLog) throws {
    self.overrides = overrides
    self.log = log
    size = log.head
    evidence = Evidence(log: log)
    _ = try overrides.adopted(over: policy)
  }

  /// Decides some thousands of events more; false when there are none left.
  ///
  /// - Throws: what reading the log throws.
  package mutating func advance() throws -> Bool {
    guard position < size else { return false }
    let limit = Int(min(UInt64(Self.pageEvents), size - position))
    evidence.snapshot = try log.snapshot()
    defer { evidence.snapshot = nil }
    try log.read(after: position, limit: limit) { _, bytes in
      try take(Record(decoding: bytes))
      return true
    }
    return position < size
  }

  private mutating func take(_ record: Record) throws {
    position = record.position
    switch record.event {
    case .productPurchased(let event):
      try decide(event, at: record.envelope.occurredAt)
    case .visitRecorded(let event):
      let pair = VisitorAndShop(visitor: event.visitor, shop: event.shop.position)
      evidence.lastVisits[pair] = position
    case .productShared(let event):
      evidence.shares[event.share] = position
    case .policyAdopted(let event):
      policy = event.policy
    case .brandRegistered(let event):
      brands[position] = event.brand
    case .agentSignedUp(let event):
      try Forest.apply(event, at: position, to: &forest)
    case .agentReparented(let event):
      try Forest.apply(event, at: position, to: &forest)
    case .agentLeft(let event):
      try Forest.apply(event, at: position, to: &forest)
    case .shopOpened, .productListed, .productRetitled, .priceChanged, .stockAdjusted,
      .productDelisted, .productRelisted, .purchaseRefunded:
      break
    }
  }

  private mutating func decide(_ event: ProductPurchased, at occurredAt: Microseconds) throws {
    let decided = try PurchaseAttribution(
      of: event.product,
      in: event.shop,
      to: event.buyer,
      entry: event.entry,
      at: occurredAt,
      under: overrides.adopted(over: policy),
      &evidence
    )
    orders += 1
    let recorded = PurchaseAttribution(event)
    modes[event.currency, default: ModesChange()].add(event.total, recorded, decided)
    let shop = event.shop.position
    shops[shop, default: ShopChange(shop: event.shop.id, currency: event.currency)]
      .modes.add(event.total, recorded, decided)
    guard decided != recorded else { return }
    ordersChanged += 1
    shops[shop]?.ordersChanged += 1
    guard decided.creditedSharer != recorded.creditedSharer else { return }
    credit(recorded.creditedSharer, event, -1)
    credit(decided.creditedSharer, event, 1)
  }

  private mutating func credit(_ sharer: Person?, _ event: ProductPurchased, _ sign: Int) {
    guard let sharer else { return }
    let key = SharerKey(sharer: sharer, currency: event.currency)
    sharers[key, default: CreditChange()].orders += sign
    sharers[key, default: CreditChange()].gross += Int128(sign) * Int128(event.total)
  }
}

/// What the rule asks, from the log as far as it was replayed.
private struct Evidence: ArrivalEvidence {
  let log: EventLog
  var snapshot: LogSnapshot?
  /// By pair, the position of the visit that was recorded last.
  var lastVisits: [VisitorAndShop: Position] = [:]
  /// By id, where each share was recorded.
  var shares: [String: Position] = [:]

  init(log: EventLog) {
    self.log = log
  }

  func share(_ id: String) throws -> ShareFacts? {
    guard let position = shares[id],
      case .productShared(let event) = try record(at: position).event
    else { return nil }
    return ShareFacts(event, at: position)
  }

  func lastVisit(of visitor: Person, to shop: Position) throws -> VisitFacts? {
    guard let position = lastVisits[VisitorAndShop(visitor: visitor, shop: shop)] else {
      return nil
    }
    let record = try record(at: position)
    guard case .visitRecorded(let event) = record.event else { return nil }
    return VisitFacts(event, record.envelope)
  }

  private func record(at position: Position) throws -> Record {
    let record = try snapshot?.record(at: position) { try Record(decoding: $0) }
    guard let record else { preconditionFailure("no event at \(position), which was replayed") }
    return record
  }
}
