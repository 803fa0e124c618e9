import TestSupport
import Testing

@testable import Marketplace

struct ShareProductTests {
  @Test func `a first share is its own root`() throws {
    let command = ShareProduct(share: "g4", product: "jacket", sharer: "eve", scene: .groupChat)
    let event = ProductShared(
      share: "g4",
      product: Market.jacket,
      shop: Market.bobsShop,
      brand: Market.brand,
      sharer: Market.newcomer,
      via: nil,
      root: Reference(id: "g4", position: 12),
      depth: 1,
      scene: .groupChat,
      community: ""
    )
    #expect(try Market.open().outcome(of: command) == .accepted(.productShared(event)))
  }

  @Test func `a share passed on is one deeper and keeps the root`() throws {
    let command = ShareProduct(
      share: "g4",
      product: "tea",
      sharer: "cat",
      via: "g3",
      scene: .circle,
      community: "night owls"
    )
    let event = ProductShared(
      share: "g4",
      product: Market.tea,
      shop: Market.annsShop,
      brand: nil,
      sharer: Market.cat,
      via: Market.deepShare,
      root: Market.teaShare,
      depth: 3,
      scene: .circle,
      community: "night owls"
    )
    #expect(try Market.open().outcome(of: command) == .accepted(.productShared(event)))
  }

  @Test(arguments: [
    ("g1", "nothing", "g99", Rejection.Reason.shareExists),
    ("g4", "nothing", "g99", .unknownProduct),
    ("g4", "old", "g99", .productNotListed),
    ("g4", "pot", "g99", .unknownShare),
    ("g4", "pot", "g1", .shareOfAnotherProduct),
  ])
  func `a share is refused for the first reason`(
    share: String,
    product: String,
    via: String,
    reason: Rejection.Reason
  ) throws {
    let command = ShareProduct(share: share, product: product, sharer: "cat", via: via)
    #expect(try Market.open().outcome(of: command) == .refused(reason))
  }
}
