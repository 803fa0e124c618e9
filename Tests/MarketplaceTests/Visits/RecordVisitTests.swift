import TestSupport
import Testing

@testable import Marketplace

struct RecordVisitTests {
  private static let search = Entry(
    mode: .search,
    scene: .circle,
    community: "tea lovers",
    intent: .brand
  )

  @Test func `a visit to a product carries its brand, and the query is kept apart`() throws {
    let command = RecordVisit(
      visit: "v1",
      shop: "s2",
      visitor: "eve",
      product: "jacket",
      entry: Self.search,
      query: "warm jacket"
    )
    let event = VisitRecorded(
      visit: "v1",
      shop: Market.bobsShop,
      visitor: Market.newcomer,
      product: Market.jacket,
      brand: Market.brand,
      entry: Self.search,
      attribution: Attribution(
        mode: .search,
        scene: .circle,
        community: "tea lovers",
        intent: .brand
      )
    )
    let expected = Outcome.accepted(.visitRecorded(event), text: "warm jacket")
    #expect(try Market.open().outcome(of: command) == expected)
  }

  private static let followed = Attribution(
    mode: .share,
    scene: .circle,
    community: "tea lovers",
    share: Market.deepShare,
    shareDepth: 2
  )

  @Test(arguments: [
    // A share of the shop, whichever product it is of; its own scene counts.
    (Entry(mode: .share, share: "g3", scene: .qrCode), "tea", followed),
    (Entry(mode: .share, share: "g3"), "pot", followed),
    (Entry(mode: .share, share: "g3"), nil, followed),
    // Of another shop, and unknown: the claim's scene is kept.
    (
      Entry(mode: .share, share: "g2", scene: .qrCode), "tea",
      Attribution(mode: .unknown, scene: .qrCode)
    ),
    (Entry(mode: .share, share: "g99"), nil, Attribution(mode: .unknown)),
    (
      Entry(mode: .stroll, scene: .homeFeed), nil,
      Attribution(mode: .stroll, scene: .homeFeed)
    ),
  ])
  func `the mode of a visit is that of its entry`(
    entry: Entry,
    product: String?,
    attribution: Attribution
  ) throws {
    let command = RecordVisit(
      visit: "v1",
      shop: "s1",
      visitor: "cat",
      product: product,
      entry: entry
    )
    let references = ["tea": Market.tea, "pot": Market.pot]
    let event = VisitRecorded(
      visit: "v1",
      shop: Market.annsShop,
      visitor: Market.cat,
      product: product.flatMap { references[$0] },
      brand: nil,
      entry: entry,
      attribution: attribution
    )
    #expect(try Market.open().outcome(of: command) == .accepted(.visitRecorded(event)))
  }

  @Test(arguments: [
    ("v1", "nowhere", "nothing", Rejection.Reason.visitExists),
    ("v2", "nowhere", "nothing", .unknownShop),
    ("v2", "s1", "nothing", .unknownProduct),
    ("v2", "s1", "jacket", .productOfAnotherShop),
  ])
  func `a visit is refused for the first reason`(
    visit: String,
    shop: String,
    product: String,
    reason: Rejection.Reason
  ) throws {
    let stroll = Entry(mode: .stroll)
    let model = try given(
      Market.open(),
      RecordVisit(visit: "v1", shop: "s1", visitor: "cat", entry: stroll)
    )
    let command = RecordVisit(
      visit: visit,
      shop: shop,
      visitor: "cat",
      product: product,
      entry: stroll
    )
    #expect(try model.outcome(of: command) == .refused(reason))
  }
}
