import TestSupport
import Testing

@testable import Marketplace

struct PurchaseTests {
  @Test func `a purchase carries all that a later reader needs`() throws {
    let entry = Entry(mode: .search, intent: .product)
    let command = Purchase(
      order: "o1",
      product: "jacket",
      buyer: "eve",
      quantity: 5,
      price: 300,
      entry: entry,
      query: "jacket"
    )
    let event = ProductPurchased(
      order: "o1",
      product: Market.jacket,
      shop: Market.bobsShop,
      seller: Market.bob,
      brand: Market.brand,
      kind: .branded,
      title: "Jacket",
      currency: "USD",
      buyer: Market.newcomer,
      unitPrice: 300,
      quantity: 5,
      total: 1500,
      stockAfter: 0,
      entry: entry,
      attribution: Attribution(mode: .search, intent: .product),
      creditedSharer: nil,
      halo: false,
      selfShare: false,
      impulse: false,
      policy: 0
    )
    let expected = Outcome.accepted(.productPurchased(event), text: "jacket")
    #expect(try Market.open().outcome(of: command) == expected)
  }

  @Test(arguments: [
    ("o1", "nothing", 0, 1, Rejection.Reason.orderExists),
    ("o2", "nothing", 0, 1, .unknownProduct),
    ("o2", "old", 0, 1, .productNotListed),
    ("o2", "tea", 0, 1, .invalidQuantity),
    ("o2", "tea", .min, 1, .invalidQuantity),
    ("o2", "tea", .max, 100, .invalidQuantity),
    ("o2", "tea", 10_000_000_001, 100, .invalidQuantity),
    ("o2", "tea", 10_000_000_000, 99, .stalePrice),
    ("o2", "tea", 11, -1, .stalePrice),
    ("o2", "tea", 1, .max, .invalidQuantity),
    ("o2", "tea", 10, 100, .insufficientStock),
    ("o2", "tea", 10_000_000_000, 100, .insufficientStock),
  ])
  func `a purchase is refused for the first reason`(
    order: String,
    product: String,
    quantity: Int64,
    price: Int64,
    reason: Rejection.Reason
  ) throws {
    let model = try given(
      Market.open(),
      Purchase(order: "o1", product: "tea", buyer: "eve", quantity: 1, price: 100)
    )
    let command = Purchase(
      order: order,
      product: product,
      buyer: "eve",
      quantity: quantity,
      price: price
    )
    #expect(try model.outcome(of: command) == .refused(reason))
  }

  @Test func `the greatest total is 10^12`() throws {
    let model = try given(
      Market.open(),
      AdjustStock(product: "tea", by: 999_999_999_990),
      Purchase(order: "o1", product: "tea", buyer: "eve", quantity: 10_000_000_000, price: 100)
    )
    #expect(model.product("tea")?.stock == 990_000_000_000)
  }
}
