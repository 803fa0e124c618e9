import TestSupport
import Testing

@testable import Marketplace

struct RefundPurchaseTests {
  private static let order = Reference(id: "o1", position: 12)

  /// Four teas bought on 2017-03-10, Shanghai time; one unit and 150 fen of them refunded.
  private func market() throws -> ModelMarketplace {
    try given(
      Market.open(),
      Purchase(order: "o1", product: "tea", buyer: "eve", quantity: 4, price: 100),
      RefundPurchase(refund: "r1", order: "o1", quantity: 1, amount: 150)
    )
  }

  private func event(
    quantity: Int64,
    amount: Int64,
    restock: Bool,
    stockAfter: Int64,
    left: (quantity: Int64, amount: Int64)
  ) -> PurchaseRefunded {
    PurchaseRefunded(
      refund: "r2",
      order: Self.order,
      product: Market.tea,
      shop: Market.annsShop,
      brand: nil,
      kind: .native,
      currency: "CNY",
      buyer: Market.newcomer,
      quantity: quantity,
      amount: amount,
      restock: restock,
      stockAfter: stockAfter,
      orderDay: 17_235,
      quantityLeft: left.quantity,
      amountLeft: left.amount,
      reasonHash: []
    )
  }

  @Test func `the rest of an order is refunded and put back, also off sale`() throws {
    let model = try given(market(), DelistProduct(product: "tea"))
    let command = RefundPurchase(
      refund: "r2",
      order: "o1",
      quantity: 3,
      amount: 250,
      restock: true,
      reason: "stale"
    )
    let event = event(quantity: 3, amount: 250, restock: true, stockAfter: 9, left: (0, 0))
    #expect(
      try model.outcome(of: command) == .accepted(.purchaseRefunded(event), text: "stale")
    )
  }

  @Test(arguments: [(0, 1), (1, 0)])
  func `units or money alone can be refunded`(quantity: Int64, amount: Int64) throws {
    let command = RefundPurchase(refund: "r2", order: "o1", quantity: quantity, amount: amount)
    let event = event(
      quantity: quantity,
      amount: amount,
      restock: false,
      stockAfter: 0,
      left: (3 - quantity, 250 - amount)
    )
    #expect(try market().outcome(of: command) == .accepted(.purchaseRefunded(event)))
  }

  @Test(arguments: [
    ("r1", "nothing", -1, 0, Rejection.Reason.refundExists),
    ("r2", "nothing", -1, 0, .unknownOrder),
    ("r2", "o1", -1, 251, .invalidRefund),
    ("r2", "o1", 4, -1, .invalidRefund),
    ("r2", "o1", 0, 0, .invalidRefund),
    ("r2", "o1", 4, 0, .refundExceedsPurchase),
    ("r2", "o1", 0, 251, .refundExceedsPurchase),
    ("r2", "o1", .max, .max, .refundExceedsPurchase),
  ])
  func `a refund is refused for the first reason`(
    refund: String,
    order: String,
    quantity: Int64,
    amount: Int64,
    reason: Rejection.Reason
  ) throws {
    let command = RefundPurchase(
      refund: refund,
      order: order,
      quantity: quantity,
      amount: amount,
      restock: true
    )
    let full = try given(market(), AdjustStock(product: "tea", by: 999_999_999_994))
    #expect(try full.outcome(of: command) == .refused(reason))
  }

  @Test func `a stock above 10^12 takes nothing back`() throws {
    let full = try given(market(), AdjustStock(product: "tea", by: 999_999_999_994))
    let restocked = RefundPurchase(
      refund: "r2",
      order: "o1",
      quantity: 1,
      amount: 0,
      restock: true
    )
    #expect(try full.outcome(of: restocked) == .refused(.invalidStock))
    let event = event(quantity: 1, amount: 0, restock: false, stockAfter: 0, left: (2, 250))
    let thrownAway = RefundPurchase(refund: "r2", order: "o1", quantity: 1, amount: 0)
    #expect(try full.outcome(of: thrownAway) == .accepted(.purchaseRefunded(event)))
  }
}
