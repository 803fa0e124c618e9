import TestSupport
import Testing

@testable import Marketplace

struct ListProductTests {
  @Test func `a product is listed at the shop's currency, its story kept apart`() throws {
    let command = ListProduct(
      shop: "s2",
      product: "boots",
      title: "Boots",
      price: 1_000_000_000_000,
      stock: 0,
      kind: .branded,
      brand: "b1",
      story: "how they are sewn"
    )
    let event = ProductListed(
      product: "boots",
      shop: Market.bobsShop,
      seller: Market.bob,
      brand: Market.brand,
      kind: .branded,
      title: "Boots",
      currency: "USD",
      price: 1_000_000_000_000,
      stock: 0,
      storyHash: []
    )
    let expected = Outcome.accepted(.productListed(event), text: "how they are sewn")
    #expect(try Market.open().outcome(of: command) == expected)
  }

  static let limit: Int64 = 1_000_000_000_000

  @Test(arguments: [
    ("nowhere", "tea", 0, -1, "nobody", Rejection.Reason.productExists),
    ("nowhere", "new", 0, -1, "nobody", .unknownShop),
    ("s1", "new", 0, -1, "nobody", .invalidPrice),
    ("s1", "new", limit + 1, 0, "b1", .invalidPrice),
    ("s1", "new", .min, 0, "b1", .invalidPrice),
    ("s1", "new", 1, -1, "nobody", .invalidStock),
    ("s1", "new", 1, limit + 1, "b1", .invalidStock),
    ("s1", "new", limit, limit, "nobody", .unknownBrand),
    ("s1", "new", limit, limit, "b1", .notAuthorisedForBrand),
  ])
  func `a product is refused for the first reason`(
    shop: String,
    product: String,
    price: Int64,
    stock: Int64,
    brand: String,
    reason: Rejection.Reason
  ) throws {
    let command = ListProduct(
      shop: shop,
      product: product,
      title: "New",
      price: price,
      stock: stock,
      brand: brand
    )
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }

  @Test func `an active agent may sell the brand's goods, one who left may not`() throws {
    let command = ListProduct(
      shop: "s1",
      product: "boots",
      title: "Boots",
      price: 1,
      stock: 1,
      brand: "b1"
    )
    let active = try given(Market.open(), SignUpAgent(agent: "ann", brand: "b1"))
    let event = ProductListed(
      product: "boots",
      shop: Market.annsShop,
      seller: Market.ann,
      brand: Market.brand,
      kind: .other,
      title: "Boots",
      currency: "CNY",
      price: 1,
      stock: 1,
      storyHash: []
    )
    #expect(try active.outcome(of: command) == .accepted(.productListed(event)))
    let left = try given(active, LeaveAgency(agent: "ann", brand: "b1"))
    #expect(try left.outcome(of: command) == .refused(.notAuthorisedForBrand))
  }
}
