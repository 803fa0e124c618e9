import TestSupport
import Testing

@testable import Marketplace

struct OpenShopTests {
  @Test func `a shop opens, its name kept apart`() throws {
    let model = try Market.open()
    let command = OpenShop(
      shop: "s3",
      owner: "eve",
      name: "Eve's",
      currency: "EUR",
      timeZone: "UTC"
    )
    let event = ShopOpened(
      shop: "s3",
      owner: Market.newcomer,
      nameHash: [],
      currency: "EUR",
      timeZone: "UTC"
    )
    #expect(try model.outcome(of: command) == .accepted(.shopOpened(event), text: "Eve's"))
  }

  @Test(arguments: [
    ("s1", "XXX", "Nowhere", Rejection.Reason.shopExists),
    ("s3", "XXX", "Nowhere", .unknownCurrency),
    ("s3", "cny", "UTC", .unknownCurrency),
    ("s3", "XAU", "UTC", .unknownCurrency),
    ("s3", "CNY", "Nowhere", .unknownTimeZone),
  ])
  func `a shop is refused for the first reason`(
    shop: String,
    currency: String,
    timeZone: String,
    reason: Rejection.Reason
  ) throws {
    let command = OpenShop(
      shop: shop,
      owner: "eve",
      name: "Eve's",
      currency: currency,
      timeZone: timeZone
    )
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }
}
