internal import EventLog
internal import Marketplace

/// How an event changes the state: the same fold when it is decided and when the log is replayed.
extension StateReader {
  /// Applies one event of the log, or of the batch being decided, to the pending changes.
  ///
  /// The names of new people do not stand in the record, so whoever calls this notes them first.
  func apply(_ record: Record) throws {
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
      pending.products[position] = ProductFacts(
        product: Reference(id: event.product, position: position),
        shop: event.shop,
        seller: event.seller,
        brand: event.brand,
        kind: event.kind,
        title: event.title,
        currency: event.currency,
        price: event.price,
        stock: event.stock,
        listed: true
      )
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
      let pair = VisitorAndShop(visitor: event.visitor, shop: event.shop.position)
      pending.lastVisits[pair] = position
    case .productShared(let event):
      note(.share, event.share, position)
    case .productPurchased(let event):
      note(.order, event.order, position)
      try change(event.product.position) { $0.stock = event.stockAfter }
    case .purchaseRefunded(let event):
      note(.refund, event.refund, position)
      var refunded = try refunded(order: event.order.position)
      refunded.quantity += event.quantity
      refunded.amount += event.amount
      pending.refunds[event.order.position] = refunded
      if event.restock {
        try change(event.product.position) { $0.stock = event.stockAfter }
      }
    case .agentSignedUp, .agentReparented, .agentLeft:
      try applyToForest(record)
    case .policyAdopted(let event):
      pending.policy = PolicyInForce(policy: event.policy, position: position)
    }
    pending.events += 1
  }

  /// Notes a person's number and name; nil when the name was forgotten.
  func note(_ person: Person, named name: String?) {
    if let name { pending.ids.insert(state.hash(.person, name), person.number) }
    pending.lastPerson = max(pending.lastPerson, person.number)
  }

  /// Notes a refusal, so that its id gets the same answer again.
  func noteRefusal(of id: String, serial: UInt64) {
    pending.ids.insert(state.hash(.command, id), CommandPlace.refused(serial: serial).value)
    pending.refusals += 1
  }

  private func note(_ kind: IdKind, _ id: String, _ position: Position) {
    pending.ids.insert(state.hash(kind, id), position)
  }

  private func change(
    _ position: Position,
    _ body: (inout ProductFacts) -> Void
  ) throws {
    guard var facts = try product(at: position) else {
      preconditionFailure("event \(position) listed no product")
    }
    body(&facts)
    pending.products[position] = facts
  }
}
