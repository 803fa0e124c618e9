internal import EventLog
internal import Marketplace

/// How an event changes the state: the same fold when it is decided and when the log is replayed.
extension StateContents {
  /// Applies the next event: of the log, or of the batch being decided.
  ///
  /// The names of new people do not stand in the record, so whoever calls this notes them first.
  mutating func apply(_ record: Record) throws {
    let position = record.position
    if record.envelope.commandEvent == 0 {
      note(.command, record.envelope.commandID, position)
    }
    switch record.event {
    case .shopOpened(let event):
      note(.shop, event.shop, position)
    case .brandRegistered(let event):
      note(.brand, event.brand, position)
    case .productListed(let event):
      note(.product, event.product, position)
      recent.products.insert(position, ProductFacts(event, at: position))
    case .productRetitled(let event):
      try change(event.product.position) { $0.title = event.title }
    case .priceChanged(let event):
      try change(event.product.position) { $0.price = event.to }
    case .stockAdjusted(let event):
      try change(event.product.position) { $0.stock = event.after }
    case .productDelisted(let event):
      try change(event.product.position) { $0.listed = false }
    case .productRelisted(let event):
      try change(event.product.position) { $0.listed = true }
    case .visitRecorded(let event):
      note(.visit, event.visit, position)
      recent.lastVisits.set(
        VisitorAndShop(visitor: event.visitor, shop: event.shop.position),
        VisitFacts(event, record.envelope)
      )
    case .productShared(let event):
      note(.share, event.share, position)
      shares.insert(ShareFacts(event, at: position), at: position)
    case .productPurchased(let event):
      note(.order, event.order, position)
      try change(event.product.position) { $0.stock = event.stockAfter }
    case .purchaseRefunded(let event):
      note(.refund, event.refund, position)
      var refunded = try refunded(order: event.order.position)
      refunded.quantity += event.quantity
      refunded.amount += event.amount
      recent.refunds.set(event.order.position, refunded)
      if event.restock {
        try change(event.product.position) { $0.stock = event.stockAfter }
      }
    case .agentSignedUp, .agentReparented, .agentLeft:
      try applyToForest(record)
    case .policyAdopted(let event):
      mark.policy = PolicyInForce(policy: event.policy, position: position)
    }
    mark.position = position
    recent.events += 1
  }

  /// Notes a person's number and name; nil when the name was forgotten.
  mutating func note(_ person: Person, named name: String?) {
    if let name { recent.ids.insert(hash(.person, name), person.number) }
    mark.lastPerson = max(mark.lastPerson, person.number)
  }

  /// Notes the next refusal, so that its id gets the same answer again; nil when it is forgotten.
  mutating func noteRefusal(of id: String?) {
    if let id {
      let place = CommandPlace.refused(serial: mark.refusals)
      recent.ids.insert(hash(.command, id), place.value)
    }
    mark.refusals += 1
    recent.refusals += 1
  }

  private mutating func note(_ kind: IdKind, _ id: String, _ position: Position) {
    recent.ids.insert(hash(kind, id), position)
  }

  private mutating func change(
    _ position: Position,
    _ body: (inout ProductFacts) -> Void
  ) throws {
    if let index = recent.products.index(of: position) {
      recent.products.update(at: index, body)
      return
    }
    guard var facts = try product(at: position) else {
      preconditionFailure("event \(position) listed no product")
    }
    body(&facts)
    recent.products.insert(position, facts)
  }
}

extension VisitFacts {
  init(_ event: VisitRecorded, _ envelope: Envelope) {
    self.init(
      visit: Reference(id: event.visit, position: envelope.position),
      occurredAt: envelope.occurredAt,
      attribution: event.attribution
    )
  }
}

extension ShareFacts {
  init(_ event: ProductShared, at position: Position) {
    self.init(
      share: Reference(id: event.share, position: position),
      product: event.product,
      shop: event.shop,
      sharer: event.sharer,
      root: event.root,
      depth: event.depth,
      scene: event.scene,
      community: event.community
    )
  }
}
