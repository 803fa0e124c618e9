internal import EventLog
internal import JSON
internal import Marketplace

/// Products and orders as they stood, folded from their own few events.
extension Ledger {
  func pastProduct(_ id: String, _ asOf: AsOf, _ when: Freshness) async throws -> [UInt8] {
    let listed = try position(of: .product, id, called: "product")
    return try await pastThing(.product(listed), asOf, when) { records, last, log, json in
      guard let product = ProductFacts(folding: records) else {
        throw QueryError.notYet("product", id, at: listed, in: last, when)
      }
      try log.write(product, at: last, to: &json)
    }
  }

  func pastOrder(_ id: String, _ asOf: AsOf, _ when: Freshness) async throws -> [UInt8] {
    let ordered = try position(of: .order, id, called: "order")
    return try await pastThing(.order(ordered), asOf, when) { records, last, log, json in
      guard let order = OrderFacts(folding: records) else {
        throw QueryError.notYet("order", id, at: ordered, in: last, when)
      }
      try log.write(order, at: last, to: &json)
    }
  }

  private func pastThing(
    _ events: PastEvents,
    _ asOf: AsOf,
    _ when: Freshness,
    _ body: @escaping @Sendable ([Record], Position, LedgerLog, inout JSONWriter) throws -> Void
  ) async throws -> [UInt8] {
    try await withPast(events, asOf, wait: when.wait) { [log] positions, last in
      let log = LedgerLog(log: log)
      let records = try (positions ?? []).map { try log.record(at: $0) }
      var json = JSONWriter()
      try body(records, last, log, &json)
      try json.extend { try log.write(asOf, through: last, UInt64(records.count), to: &$0) }
      return json.bytes
    }
  }
}

extension ProductFacts {
  /// The product after its events, in order; nil when it was not listed yet.
  init?(folding records: [Record]) {
    guard let first = records.first, case .productListed(let listed) = first.event else {
      return nil
    }
    self.init(listed, at: first.position)
    for record in records {
      switch record.event {
      case .productRetitled(let event): title = event.title
      case .priceChanged(let event): price = event.to
      case .stockAdjusted(let event): stock = event.after
      case .productDelisted: self.listed = false
      case .productRelisted: self.listed = true
      case .productPurchased(let event): stock = event.stockAfter
      case .purchaseRefunded(let event) where event.restock: stock = event.stockAfter
      default: continue
      }
    }
  }
}

extension OrderFacts {
  /// The order after its events, in order; nil when it was not made yet.
  init?(folding records: [Record]) {
    guard let first = records.first, case .productPurchased(let event) = first.event else {
      return nil
    }
    var refunded = RefundedSoFar(quantity: 0, amount: 0)
    for case .purchaseRefunded(let refund) in records.map(\.event) {
      refunded.quantity += refund.quantity
      refunded.amount += refund.amount
    }
    self.init(event, first, refunded)
  }

  init(_ event: ProductPurchased, _ record: Record, _ refunded: RefundedSoFar) {
    self.init(
      order: Reference(id: event.order, position: record.position),
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
  }
}
