import TestSupport
import Testing

@testable import Marketplace

/// The mode of a purchase, rule 1.
struct AttributionTests {
  /// The part of a purchase that the rule decides.
  private struct Decided: Equatable {
    var attribution: Attribution
    var creditedSharer: Person?
    var halo = false
    var selfShare = false
    var impulse = false
    var policy: Position = 0
  }

  private func decided(
    _ model: ModelMarketplace,
    product: String = "tea",
    buyer: String = "eve",
    entry: Entry? = nil,
    at occurredAt: Microseconds = noon
  ) throws -> Decided {
    var model = model
    let price = try #require(model.product(product)).price
    let command = Purchase(
      order: "o1",
      product: product,
      buyer: buyer,
      quantity: 1,
      price: price,
      entry: entry
    )
    let records = try model.run(command, at: occurredAt).get()
    guard case .productPurchased(let event)? = records.first?.event else {
      throw UnexpectedEvent()
    }
    #expect(event.entry == entry)
    return Decided(
      attribution: event.attribution,
      creditedSharer: event.creditedSharer,
      halo: event.halo,
      selfShare: event.selfShare,
      impulse: event.impulse,
      policy: event.policy
    )
  }

  private struct UnexpectedEvent: Error {}

  private static let byTeaShare = Attribution(
    mode: .share,
    scene: .moments,
    share: Market.teaShare,
    shareDepth: 1
  )

  private func visited(
    _ entry: Entry,
    by visitor: String = "eve",
    at occurredAt: Microseconds = noon - 60 * minute
  ) throws -> ModelMarketplace {
    try given(
      Market.open(),
      at: occurredAt,
      RecordVisit(visit: "v1", shop: "s1", visitor: visitor, entry: entry)
    )
  }

  private static let visit = Reference(id: "v1", position: 12)

  // MARK: An entry of its own

  @Test func `a share credits its sharer`() throws {
    let entry = Entry(mode: .share, share: "g1", scene: .qrCode)
    let expected = Decided(attribution: Self.byTeaShare, creditedSharer: Market.cat)
    #expect(try decided(Market.open(), entry: entry) == expected)
  }

  @Test func `a share of another product of the shop counts, as halo`() throws {
    let entry = Entry(mode: .share, share: "g1")
    let expected = Decided(
      attribution: Self.byTeaShare,
      creditedSharer: Market.cat,
      halo: true
    )
    #expect(try decided(Market.open(), product: "pot", entry: entry) == expected)
  }

  @Test func `a share of one's own counts and credits nobody`() throws {
    let entry = Entry(mode: .share, share: "g1")
    let expected = Decided(attribution: Self.byTeaShare, selfShare: true)
    #expect(try decided(Market.open(), buyer: "cat", entry: entry) == expected)
  }

  @Test(arguments: ["g2", "g99"])
  func `a share unknown or of another shop leaves the mode unknown`(share: String) throws {
    let entry = Entry(mode: .share, share: share, scene: .moments)
    // Nor does the visit before it step in: the purchase has an entry.
    let model = try visited(Entry(mode: .stroll))
    let expected = Decided(attribution: Attribution(mode: .unknown, scene: .moments))
    #expect(try decided(model, entry: entry) == expected)
  }

  @Test func `an own entry wins over the visit before it`() throws {
    let model = try visited(Entry(mode: .share, share: "g1"))
    let entry = Entry(mode: .search, scene: .miniProgram, intent: .brand)
    let expected = Decided(
      attribution: Attribution(mode: .search, scene: .miniProgram, intent: .brand)
    )
    #expect(try decided(model, entry: entry) == expected)
  }

  // MARK: The entry of a visit

  @Test func `without an entry the last visit's counts, with its share, halo and credit`() throws {
    let model = try visited(Entry(mode: .share, share: "g1"))
    var attribution = Self.byTeaShare
    attribution.visit = Self.visit
    let expected = Decided(attribution: attribution, creditedSharer: Market.cat, halo: true)
    #expect(try decided(model, product: "pot") == expected)
  }

  @Test func `a sharer who visits by the own share and buys credits nobody`() throws {
    let model = try visited(Entry(mode: .share, share: "g1"), by: "cat")
    var attribution = Self.byTeaShare
    attribution.visit = Self.visit
    #expect(try decided(model, buyer: "cat") == Decided(attribution: attribution, selfShare: true))
  }

  @Test func `a visit by an unknown share leaves later purchases unknown for ever`() throws {
    let visited = try visited(Entry(mode: .share, share: "g4"))
    let shared = try given(visited, ShareProduct(share: "g4", product: "tea", sharer: "cat"))
    let expected = Decided(attribution: Attribution(mode: .unknown, visit: Self.visit))
    #expect(try decided(shared) == expected)
  }

  @Test(arguments: [
    (0, true), (1, true), (7 * day, true), (7 * day + 1, false), (-1, false),
  ])
  func `a visit counts within seven days, both ends included`(
    before: Microseconds,
    counts: Bool
  ) throws {
    let model = try visited(Entry(mode: .search, intent: .product), at: noon - before)
    let found = Attribution(mode: .search, intent: .product, visit: Self.visit)
    let expected = counts ? found : Attribution(mode: .unknown)
    #expect(try decided(model) == Decided(attribution: expected))
  }

  @Test(arguments: [(0, true), (1, false)])
  func `a window of no days takes the same instant alone`(
    before: Microseconds,
    counts: Bool
  ) throws {
    let model = try given(
      visited(Entry(mode: .search), at: noon - before),
      AdoptPolicy(attributionWindowDays: 0)
    )
    let found = Attribution(mode: .search, visit: Self.visit)
    let expected = counts ? found : Attribution(mode: .unknown)
    #expect(try decided(model) == Decided(attribution: expected, policy: 13))
  }

  @Test func `the last visit is the one recorded last, though another happened later`() throws {
    let happenedLate = try visited(Entry(mode: .stroll), at: noon - 60 * minute)
    let recordedLate = try given(
      happenedLate,
      at: noon - 120 * minute,
      RecordVisit(visit: "v2", shop: "s1", visitor: "eve", entry: Entry(mode: .search))
    )
    let second = Reference(id: "v2", position: 13)
    let expected = Decided(attribution: Attribution(mode: .search, visit: second))
    #expect(try decided(recordedLate) == expected)
  }

  @Test func `an older visit does not step in for a last one out of the window`() throws {
    let within = try visited(Entry(mode: .stroll), at: noon - day)
    let outside = try given(
      within,
      at: noon - 8 * day,
      RecordVisit(visit: "v2", shop: "s1", visitor: "eve", entry: Entry(mode: .search))
    )
    #expect(try decided(outside) == Decided(attribution: Attribution(mode: .unknown)))
  }

  @Test func `visits of others and to other shops do not count`() throws {
    let model = try given(
      Market.open(),
      RecordVisit(visit: "v1", shop: "s1", visitor: "dan", entry: Entry(mode: .stroll)),
      RecordVisit(visit: "v2", shop: "s2", visitor: "eve", entry: Entry(mode: .stroll))
    )
    #expect(try decided(model) == Decided(attribution: Attribution(mode: .unknown)))
  }

  // MARK: Impulse

  @Test(arguments: [
    (0, true), (30 * minute, true), (30 * minute + 1, false), (-1, false),
  ])
  func `a stroll order soon after a visit is an impulse order`(
    before: Microseconds,
    impulse: Bool
  ) throws {
    // The visit's own mode does not matter when the order says that it came by strolling.
    let model = try visited(Entry(mode: .search), at: noon - before)
    let stroll = Entry(mode: .stroll, scene: .homeFeed)
    let expected = Decided(
      attribution: Attribution(mode: .stroll, scene: .homeFeed),
      impulse: impulse
    )
    #expect(try decided(model, entry: stroll) == expected)
  }

  @Test func `an order that takes over a stroll is an impulse order too`() throws {
    let model = try visited(Entry(mode: .stroll), at: noon - minute)
    let expected = Decided(
      attribution: Attribution(mode: .stroll, visit: Self.visit),
      impulse: true
    )
    #expect(try decided(model) == expected)
  }

  @Test func `no other mode is impulse, nor a stroll without a visit`() throws {
    let model = try visited(Entry(mode: .stroll), at: noon - minute)
    let search = Entry(mode: .search)
    let bySearch = Decided(attribution: Attribution(mode: .search))
    #expect(try decided(model, entry: search) == bySearch)
    let stroll = Entry(mode: .stroll)
    let withoutVisit = Decided(attribution: Attribution(mode: .stroll))
    #expect(try decided(model, buyer: "dan", entry: stroll) == withoutVisit)
  }

  @Test func `the policy in force sets the minutes and stands in the event`() throws {
    let model = try given(
      visited(Entry(mode: .stroll), at: noon - minute),
      AdoptPolicy(impulseMinutes: 0)
    )
    let expected = Decided(
      attribution: Attribution(mode: .stroll, visit: Self.visit),
      policy: 13
    )
    #expect(try decided(model) == expected)
  }
}
