import TestSupport
import Testing

@testable import Marketplace

struct RegisterBrandTests {
  @Test func `a brand keeps yuan, Shanghai's time and 255 levels unless told`() throws {
    let event = BrandRegistered(
      brand: "b2",
      owner: Market.newcomer,
      name: "Eve's",
      levelLimit: 255,
      currency: "CNY",
      timeZone: "Asia/Shanghai"
    )
    let command = RegisterBrand(brand: "b2", owner: "eve", name: "Eve's")
    #expect(try Market.open().outcome(of: command) == .accepted(.brandRegistered(event)))
  }

  @Test(arguments: [
    ("b1", "XXX", "Nowhere", Rejection.Reason.brandExists),
    ("b2", "XXX", "Nowhere", .unknownCurrency),
    ("b2", "CNY", "Nowhere", .unknownTimeZone),
  ])
  func `a brand is refused for the first reason`(
    brand: String,
    currency: String,
    timeZone: String,
    reason: Rejection.Reason
  ) throws {
    let command = RegisterBrand(
      brand: brand,
      owner: "eve",
      name: "Eve's",
      currency: currency,
      timeZone: timeZone
    )
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }
}
