internal import EventLog
internal import Marketplace

/// The state as decisions and answers read it: changes not yet durable on top, then what is
/// recent, what is being flushed, and what is on disk.
///
/// Valid only while the state's lock is held. A class, because a batch changes it all the time and
/// everything that it holds would be copied when two copies of a struct were changed in turn.
final class StateReader {
  let state: State
  /// The batch being decided; empty for answers, which see only what is durable.
  var pending = StateChanges()
  /// The records of that batch, from the log's head on.
  var records: [Record] = []
  /// The names of people whose rows are of that batch too.
  var pendingNames: [Person: String] = [:]

  init(state: State) {
    self.state = state
  }

  // MARK: Layers

  func find(
    _ kind: IdKind,
    _ id: String,
    where accepts: (UInt64) throws -> Bool
  ) throws -> UInt64? {
    try find(state.hash(kind, id), where: accepts)
  }

  private func find(_ key: UInt64, where accepts: (UInt64) throws -> Bool) throws -> UInt64? {
    if let value = try pending.ids.find(key, where: accepts) { return value }
    if let value = try state.recent.ids.find(key, where: accepts) { return value }
    if let value = try state.flushing?.ids.find(key, where: accepts) { return value }
    return try findOnDisk(key, where: accepts)
  }

  private func findOnDisk(
    _ key: UInt64,
    where accepts: (UInt64) throws -> Bool
  ) throws -> UInt64? {
    for run in state.runs {
      if let value = try run.find(key, where: accepts) { return value }
    }
    return nil
  }

  func product(at position: Position) throws -> ProductFacts? {
    if let facts = pending.products[position] { return facts }
    if let facts = state.recent.products[position] { return facts }
    if let facts = state.flushing?.products[position] { return facts }
    return try state.store.product(at: position)
  }

  func refunded(order position: Position) throws -> RefundedSoFar {
    if let sum = pending.refunds[position] { return sum }
    if let sum = state.recent.refunds[position] { return sum }
    if let sum = state.flushing?.refunds[position] { return sum }
    return try state.store.refunded(order: position) ?? RefundedSoFar(quantity: 0, amount: 0)
  }

  func node(of key: AgentKey) throws -> AgentNode? {
    if let node = pending.agents[key] { return node }
    if let node = state.recent.agents[key] { return node }
    if let node = state.flushing?.agents[key] { return node }
    return try state.store.agent(key)
  }

  var policyInForce: PolicyInForce { pending.policy ?? state.policy }

  var lastPerson: UInt64 { max(pending.lastPerson, state.lastPerson) }

  /// The event at a position, whether it is durable yet or of this batch.
  func record(at position: Position) throws -> Record {
    if let first = records.first?.position, position >= first {
      return records[Int(position - first)]
    }
    return try state.durableRecord(at: position)
  }

  /// Whether the event is in the log: those of the batch may fail, and others take their positions.
  private func isDurable(_ position: Position) -> Bool {
    records.first.map { position < $0.position } ?? true
  }

  // MARK: Things by their names

  func existingPerson(_ name: String) throws -> Person? {
    try find(.person, name) { number in
      if let pendingName = pendingNames[Person(number)] { return pendingName == name }
      return try state.log.isPerson(number, named: name)
    }.map(Person.init)
  }

  func position(of kind: IdKind, _ id: String) throws -> Position? {
    try find(kind, id) { position in
      try record(at: position).event.created(kind) == id
    }
  }

  /// The shop opened at a position; nil when the event there opened none.
  func shopFacts(at position: Position) throws -> ShopFacts? {
    if let facts = state.shops[position] { return facts }
    guard case .shopOpened(let event) = try record(at: position).event else { return nil }
    let facts = ShopFacts(
      shop: Reference(id: event.shop, position: position),
      owner: event.owner,
      currency: event.currency,
      timeZone: event.timeZone
    )
    if isDurable(position) { state.shops.insert(facts, at: position) }
    return facts
  }

  /// The brand registered at a position; nil when the event there registered none.
  func brandFacts(at position: Position) throws -> BrandFacts? {
    if let facts = state.brands[position] { return facts }
    guard case .brandRegistered(let event) = try record(at: position).event else { return nil }
    let facts = BrandFacts(
      brand: Reference(id: event.brand, position: position),
      owner: event.owner,
      levelLimit: event.levelLimit,
      currency: event.currency,
      timeZone: event.timeZone
    )
    if isDurable(position) { state.brands.insert(facts, at: position) }
    return facts
  }

  /// What became of a command with this id; nil when none was taken, or it is forgotten.
  ///
  /// `refusals` are those of the batch being decided.
  func outcome(of id: String, refusals: [Refusal] = []) throws -> CommandOutcome? {
    var found: CommandOutcome?
    _ = try find(.command, id) { value in
      switch CommandPlace(value: value) {
      case .accepted(let position):
        let record = try record(at: position)
        guard record.envelope.commandID == id else { return false }
        found = .accepted(first: record)
      case .refused(let serial):
        let first = state.refusals
        let refusal =
          serial >= first
          ? refusals[Int(serial - first)]
          : try state.log.refusal(serial).flatMap(Refusal.init(row:))
        guard let refusal, refusal.id == id else { return false }
        found = .refused(refusal)
      }
      return true
    }
    return found
  }
}

// MARK: What decisions ask

extension StateReader {
  func shop(_ id: String) throws -> ShopFacts? {
    var found: ShopFacts?
    _ = try find(.shop, id) { position in
      guard let facts = try shopFacts(at: position), facts.shop.id == id else { return false }
      found = facts
      return true
    }
    return found
  }

  func brand(_ id: String) throws -> BrandFacts? {
    var found: BrandFacts?
    _ = try find(.brand, id) { position in
      guard let facts = try brandFacts(at: position), facts.brand.id == id else { return false }
      found = facts
      return true
    }
    return found
  }

  func product(_ id: String) throws -> ProductFacts? {
    var found: ProductFacts?
    _ = try find(.product, id) { position in
      guard let facts = try product(at: position), facts.product.id == id else { return false }
      found = facts
      return true
    }
    return found
  }

  func share(_ id: String) throws -> ShareFacts? {
    var found: ShareFacts?
    _ = try find(.share, id) { position in
      guard case .productShared(let event) = try record(at: position).event, event.share == id
      else { return false }
      found = ShareFacts(
        share: Reference(id: id, position: position),
        product: event.product,
        shop: event.shop,
        sharer: event.sharer,
        root: event.root,
        depth: event.depth,
        scene: event.scene,
        community: event.community
      )
      return true
    }
    return found
  }

  func order(_ id: String) throws -> OrderFacts? {
    var found: OrderFacts?
    _ = try find(.order, id) { position in
      let record = try record(at: position)
      guard case .productPurchased(let event) = record.event, event.order == id else {
        return false
      }
      let refunded = try refunded(order: position)
      found = OrderFacts(
        order: Reference(id: id, position: position),
        product: event.product,
        shop: event.shop,
        brand: event.brand,
        kind: event.kind,
        currency: event.currency,
        buyer: event.buyer,
        day: record.envelope.localDay,
        quantity: event.quantity,
        total: event.total,
        refundedQuantity: refunded.quantity,
        refundedAmount: refunded.amount
      )
      return true
    }
    return found
  }

  func visitExists(_ id: String) throws -> Bool {
    try position(of: .visit, id) != nil
  }

  func refundExists(_ id: String) throws -> Bool {
    try position(of: .refund, id) != nil
  }

  func lastVisit(of visitor: Person, to shop: Position) throws -> VisitFacts? {
    let pair = VisitorAndShop(visitor: visitor, shop: shop)
    let recent =
      pending.lastVisits[pair] ?? state.recent.lastVisits[pair]
      ?? state.flushing?.lastVisits[pair]
    if let recent { return try visit(at: recent, by: pair) }
    var found: VisitFacts?
    _ = try findOnDisk(state.hash(visitor: visitor, shop: shop)) { position in
      found = try visit(at: position, by: pair)
      return found != nil
    }
    return found
  }

  /// The visit at a position; nil when the event there is another's.
  private func visit(at position: Position, by pair: VisitorAndShop) throws -> VisitFacts? {
    let record = try record(at: position)
    guard case .visitRecorded(let event) = record.event, event.visitor == pair.visitor,
      event.shop.position == pair.shop
    else { return nil }
    return VisitFacts(
      visit: Reference(id: event.visit, position: position),
      occurredAt: record.envelope.occurredAt,
      attribution: event.attribution
    )
  }
}

extension Event {
  /// The id that this event gave to a new thing of a kind; nil when it made none of that kind.
  fileprivate func created(_ kind: IdKind) -> String? {
    switch (kind, self) {
    case (.shop, .shopOpened(let event)): event.shop
    case (.brand, .brandRegistered(let event)): event.brand
    case (.product, .productListed(let event)): event.product
    case (.share, .productShared(let event)): event.share
    case (.visit, .visitRecorded(let event)): event.visit
    case (.order, .productPurchased(let event)): event.order
    case (.refund, .purchaseRefunded(let event)): event.refund
    default: nil
    }
  }
}
