/// Refunds an order, in part or whole, in units, in money or in both.
package struct RefundPurchase: CommandData, Hashable {
  package static let type = "RefundPurchase"

  let refund: String
  let order: String
  let quantity: Int64
  let amount: Int64
  let restock: Bool
  let reason: String?

  package init(
    refund: String,
    order: String,
    quantity: Int64,
    amount: Int64,
    restock: Bool = false,
    reason: String? = nil
  ) {
    self.refund = refund
    self.order = order
    self.quantity = quantity
    self.amount = amount
    self.restock = restock
    self.reason = reason
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    refund = try fields.identifier("refund")
    order = try fields.identifier("order")
    quantity = try fields.integer("quantity")
    amount = try fields.integer("amount")
    restock = try fields.optionalBoolean("restock") ?? false
    reason = try fields.optionalText("reason")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    if try state.refundExists(refund) {
      throw Rejection(.refundExists, "refund \(refund) is recorded already; choose another id")
    }
    guard let order = try state.order(self.order) else {
      throw Rejection(.unknownOrder, "no order \(self.order) is recorded; check the id")
    }
    guard quantity >= 0, amount >= 0, (quantity, amount) != (0, 0) else {
      throw Rejection(
        .invalidRefund,
        "the refund is of \(quantity) units and \(amount) minor units; "
          + "neither may be negative, nor both 0"
      )
    }
    let quantityLeft = order.quantity - order.refundedQuantity
    let amountLeft = order.total - order.refundedAmount
    guard quantity <= quantityLeft, amount <= amountLeft else {
      throw Rejection(
        .refundExceedsPurchase,
        "\(self.order) has \(quantityLeft) units and \(amountLeft) minor units left to refund, "
          + "not \(quantity) and \(amount); refund no more than that"
      )
    }
    let event = PurchaseRefunded(
      refund: refund,
      order: order.order,
      product: order.product,
      shop: order.shop,
      brand: order.brand,
      kind: order.kind,
      currency: order.currency,
      buyer: order.buyer,
      quantity: quantity,
      amount: amount,
      restock: restock,
      stockAfter: restock ? try stockAfter(order, &state) : 0,
      orderDay: order.day,
      quantityLeft: quantityLeft - quantity,
      amountLeft: amountLeft - amount,
      reasonHash: []
    )
    return Decision([.purchaseRefunded(event)], text: reason)
  }

  private func stockAfter(_ order: OrderFacts, _ state: inout some MarketplaceState) throws -> Int64
  {
    let product = try state.knownProduct(order.product.id)
    return try ProductBounds.stock(product.stock, adding: quantity)
  }
}
