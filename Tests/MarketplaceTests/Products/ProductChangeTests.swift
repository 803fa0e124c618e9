import TestSupport
import Testing

@testable import Marketplace

struct RetitleProductTests {
  @Test func `a product gets another title`() throws {
    let event = ProductRetitled(product: Market.tea, shop: Market.annsShop, title: "Green tea")
    let command = RetitleProduct(product: "tea", title: "Green tea")
    #expect(try Market.open().outcome(of: command) == .accepted(.productRetitled(event)))
  }

  @Test func `a title that differs in its bytes alone is another title`() throws {
    let composed = try given(Market.open(), RetitleProduct(product: "tea", title: "th\u{E9}"))
    let command = RetitleProduct(product: "tea", title: "the\u{301}")
    let event = ProductRetitled(product: Market.tea, shop: Market.annsShop, title: "the\u{301}")
    #expect(try composed.outcome(of: command) == .accepted(.productRetitled(event)))
  }

  @Test(arguments: [("nothing", Rejection.Reason.unknownProduct), ("tea", .noChange)])
  func `a title is refused`(product: String, reason: Rejection.Reason) throws {
    let command = RetitleProduct(product: product, title: "Tea")
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }
}

struct ChangePriceTests {
  @Test func `a price changes, also off sale`() throws {
    let event = PriceChanged(product: Market.old, shop: Market.annsShop, from: 100, to: 1)
    let command = ChangePrice(product: "old", price: 1)
    #expect(try Market.open().outcome(of: command) == .accepted(.priceChanged(event)))
  }

  @Test(arguments: [
    ("nothing", 0, Rejection.Reason.unknownProduct),
    ("tea", 0, .invalidPrice),
    ("tea", 1_000_000_000_001, .invalidPrice),
    ("tea", 100, .noChange),
  ])
  func `a price is refused for the first reason`(
    product: String,
    price: Int64,
    reason: Rejection.Reason
  ) throws {
    let command = ChangePrice(product: product, price: price)
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }
}

struct AdjustStockTests {
  @Test(arguments: [(-10, 0), (-1, 9), (999_999_999_990, 1_000_000_000_000)])
  func `stock moves between 0 and 10^12`(by: Int64, after: Int64) throws {
    let event = StockAdjusted(
      product: Market.tea,
      shop: Market.annsShop,
      by: by,
      after: after,
      reasonHash: []
    )
    let command = AdjustStock(product: "tea", by: by, reason: "counted")
    let expected = Outcome.accepted(.stockAdjusted(event), text: "counted")
    #expect(try Market.open().outcome(of: command) == expected)
  }

  @Test(arguments: [
    ("nothing", 0, Rejection.Reason.unknownProduct),
    ("tea", 0, .noChange),
    ("tea", -11, .insufficientStock),
    ("tea", Int64.min, .insufficientStock),
    ("tea", 999_999_999_991, .invalidStock),
    ("tea", Int64.max, .invalidStock),
  ])
  func `an adjustment is refused for the first reason`(
    product: String,
    by: Int64,
    reason: Rejection.Reason
  ) throws {
    let command = AdjustStock(product: product, by: by)
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }
}

struct DelistProductTests {
  @Test func `a product goes off sale`() throws {
    let event = ProductDelisted(product: Market.tea, shop: Market.annsShop, reasonHash: [])
    let command = DelistProduct(product: "tea", reason: "season over")
    let expected = Outcome.accepted(.productDelisted(event), text: "season over")
    #expect(try Market.open().outcome(of: command) == expected)
  }

  @Test(arguments: [("nothing", Rejection.Reason.unknownProduct), ("old", .noChange)])
  func `a delisting is refused`(product: String, reason: Rejection.Reason) throws {
    let command = DelistProduct(product: product)
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }
}

struct RelistProductTests {
  @Test func `a product comes back on sale`() throws {
    let event = ProductRelisted(product: Market.old, shop: Market.annsShop, reasonHash: [])
    let command = RelistProduct(product: "old", reason: "found more")
    let expected = Outcome.accepted(.productRelisted(event), text: "found more")
    #expect(try Market.open().outcome(of: command) == expected)
  }

  @Test(arguments: [("nothing", Rejection.Reason.unknownProduct), ("tea", .noChange)])
  func `a relisting is refused`(product: String, reason: Rejection.Reason) throws {
    let command = RelistProduct(product: product)
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }

  @Test func `a former agent cannot relist the brand's goods, nor is it said of goods on sale`()
    throws
  {
    let former = try given(
      Market.open(),
      SignUpAgent(agent: "ann", brand: "b1"),
      ListProduct(shop: "s1", product: "hat", title: "Hat", price: 1, stock: 1, brand: "b1"),
      LeaveAgency(agent: "ann", brand: "b1")
    )
    let command = RelistProduct(product: "hat")
    #expect(try former.outcome(of: command) == .refused(.noChange))
    let delisted = try given(former, DelistProduct(product: "hat"))
    #expect(try delisted.outcome(of: command) == .refused(.notAuthorisedForBrand))
  }
}
