internal import EventLog
internal import Marketplace

/// The state as decisions and answers read it: what is recent, what is being flushed, and what is
/// on disk.
///
/// Facts that were looked up are kept for the next time, which is why so much is mutating.
extension StateContents {
  // MARK: Layers

  private func find(
    _ kind: IdKind,
    _ id: String,
    where accepts: (UInt64) throws -> Bool
  ) throws -> UInt64? {
    let key = hash(kind, id)
    if let value = try recent.ids.find(key, where: accepts) { return value }
    if let value = hot.value(key), try accepts(value) { return value }
    if let value = try flushing?.ids.find(key, where: accepts) { return value }
    let value = try findOnDisk(key, where: accepts)
    // What became of a command may change, when its refusal is forgotten.
    if let value, kind != .command { hot.keep(key, value) }
    return value
  }

  private func findOnDisk(
    _ key: UInt64,
    where accepts: (UInt64) throws -> Bool
  ) throws -> UInt64? {
    for run in runs {
      if let value = try run.find(key, where: accepts) { return value }
    }
    return nil
  }

  func product(at position: Position) throws -> ProductFacts? {
    if let facts = recent.products[position] { return facts }
    if let facts = flushing?.products[position] { return facts }
    guard let standing = try store.product(at: position),
      case .productListed(let event) = try record(at: position).event
    else { return nil }
    var facts = ProductFacts(event, at: position)
    facts.take(standing)
    return facts
  }

  func refunded(order position: Position) throws -> RefundedSoFar {
    if let sum = recent.refunds[position] { return sum }
    if let sum = flushing?.refunds[position] { return sum }
    return try store.refunded(order: position) ?? RefundedSoFar(quantity: 0, amount: 0)
  }

  func node(of key: AgentKey) throws -> AgentNode? {
    if let node = recent.agents[key] { return node }
    if let node = flushing?.agents[key] { return node }
    return try store.agent(key)
  }

  /// The event at a position that the state knows of, whether it is durable yet or not.
  func record(at position: Position) throws -> Record {
    if let record = undurable.record(at: position) { return record }
    let found =
      if let snapshot {
        try snapshot.record(at: position) { bytes in try Record(decoding: bytes) }
      } else {
        try log.record(at: position) { bytes in try Record(decoding: bytes) }
      }
    guard let found else { preconditionFailure("no event at \(position)") }
    return found
  }

  // MARK: Things by their names

  mutating func existingPerson(_ name: String) throws -> Person? {
    guard let number = try number(of: name) else { return nil }
    if horizon == .max { names.insert(name, at: number) }
    return Person(number)
  }

  // Not within the mutating functions, where a closure that looks at the state would copy it.

  private func number(of name: String) throws -> UInt64? {
    try find(.person, name) { number in try isPerson(number, named: name) }
  }

  private func isPerson(_ number: UInt64, named name: String) throws -> Bool {
    if horizon == .max {
      if let known = names[number] ?? undurable.name(of: number) { return known == name }
    }
    if let snapshot { return try snapshot.isPerson(number, named: name) }
    return try log.isPerson(number, named: name)
  }

  func position(of kind: IdKind, _ id: String) throws -> Position? {
    try find(kind, id) { position in
      try position <= horizon && record(at: position).event.created(kind) == id
    }
  }

  /// The shop opened at a position; nil when the event there opened none.
  mutating func shopFacts(at position: Position) throws -> ShopFacts? {
    if let facts = shops[position] { return facts }
    guard case .shopOpened(let event) = try record(at: position).event else { return nil }
    let facts = ShopFacts(
      shop: Reference(id: event.shop, position: position),
      owner: event.owner,
      currency: event.currency,
      timeZone: event.timeZone
    )
    shops.insert(facts, at: position)
    return facts
  }

  /// The brand registered at a position; nil when the event there registered none.
  mutating func brandFacts(at position: Position) throws -> BrandFacts? {
    if let facts = brands[position] { return facts }
    guard case .brandRegistered(let event) = try record(at: position).event else { return nil }
    let facts = BrandFacts(
      brand: Reference(id: event.brand, position: position),
      owner: event.owner,
      levelLimit: event.levelLimit,
      currency: event.currency,
      timeZone: event.timeZone
    )
    brands.insert(facts, at: position)
    return facts
  }

  /// What became of a command with this id; nil when none was taken, or it is forgotten.
  func outcome(of id: String) throws -> CommandOutcome? {
    var found: CommandOutcome?
    _ = try find(.command, id) { value in
      switch CommandPlace(value: value) {
      case .accepted(let position):
        guard position <= horizon else { return false }
        let record = try record(at: position)
        guard record.envelope.commandID == id else { return false }
        found = .accepted(first: record)
      case .refused(let serial):
        let undurable = horizon == .max ? undurable.refusal(serial) : nil
        let refusal = try undurable ?? log.refusal(serial).flatMap(Refusal.init(row:))
        guard let refusal, refusal.id == id else { return false }
        found = .refused(refusal)
      }
      return true
    }
    return found
  }
}

// MARK: What decisions ask

extension StateContents {
  mutating func shop(_ id: String) throws -> ShopFacts? {
    guard let position = try positionOfShop(id) else { return nil }
    return try shopFacts(at: position)
  }

  mutating func brand(_ id: String) throws -> BrandFacts? {
    guard let position = try positionOfBrand(id) else { return nil }
    return try brandFacts(at: position)
  }

  func product(_ id: String) throws -> ProductFacts? {
    var found: ProductFacts?
    _ = try find(.product, id) { position in
      guard position <= horizon, let facts = try product(at: position), facts.product.id == id
      else { return false }
      found = facts
      return true
    }
    return found
  }

  private func positionOfShop(_ id: String) throws -> Position? {
    try find(.shop, id) { position in
      if let facts = shops[position] { return facts.shop.id == id }
      return try record(at: position).event.created(.shop) == id
    }
  }

  private func positionOfBrand(_ id: String) throws -> Position? {
    try find(.brand, id) { position in
      if let facts = brands[position] { return facts.brand.id == id }
      return try record(at: position).event.created(.brand) == id
    }
  }

  mutating func share(_ id: String) throws -> ShareFacts? {
    let found = try foundShare(id)
    if let found { shares.insert(found, at: found.share.position) }
    return found
  }

  private func foundShare(_ id: String) throws -> ShareFacts? {
    var found: ShareFacts?
    _ = try find(.share, id) { position in
      guard let facts = try shareFacts(at: position), facts.share.id == id else { return false }
      found = facts
      return true
    }
    return found
  }

  private func shareFacts(at position: Position) throws -> ShareFacts? {
    if let facts = shares[position] { return facts }
    guard case .productShared(let event) = try record(at: position).event else { return nil }
    return ShareFacts(event, at: position)
  }

  func order(_ id: String) throws -> OrderFacts? {
    var found: OrderFacts?
    _ = try find(.order, id) { position in
      guard position <= horizon else { return false }
      let record = try record(at: position)
      guard case .productPurchased(let event) = record.event, event.order == id else {
        return false
      }
      found = OrderFacts(event, record, try refunded(order: position))
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
    if let visit = recent.lastVisits[pair] ?? flushing?.lastVisits[pair] { return visit }
    var found: VisitFacts?
    _ = try findOnDisk(hash(visitor: visitor, shop: shop)) { position in
      let record = try record(at: position)
      guard case .visitRecorded(let event) = record.event, event.visitor == visitor,
        event.shop.position == shop
      else { return false }
      found = VisitFacts(event, record.envelope)
      return true
    }
    return found
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
