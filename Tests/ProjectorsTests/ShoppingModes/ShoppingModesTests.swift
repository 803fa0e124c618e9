import JSON
import Marketplace
import TestSupport
import Testing

@testable import Projectors

@Suite struct ShoppingModesTests {
  let plain = ModesMarket.product(shop: 1)
  let branded = ModesMarket.product(shop: 1, brand: 1)
  let rival = ModesMarket.product(shop: 1, brand: 2)

  @Test func `a new ledger answers with zeros and no ratio`() throws {
    let answer = try MemoryRows().answer(period: .month)
    let none = ShoppingModes.ModeFigures(
      mode: .stroll,
      visits: 0,
      visitors: 0,
      orders: 0,
      units: 0,
      buyers: 0,
      gross: 0
    )
    #expect(answer.total.modes[0] == none)
    #expect(answer.total.modes.map(\.mode) == [.stroll, .share, .search, .unknown])
    #expect(answer.periods == [])
    #expect(answer == ModesModel([], .everything).answer(period: .month))
  }

  @Test func `an order from a share without a scene counts under no scene`() throws {
    var market = ModesMarket()
    let bare = market.share(0, plain)
    let shown = market.share(0, plain, scene: .moments)
    market.order(0, 1, plain, .from(bare))
    market.order(0, 1, plain, .from(shown))
    market.order(0, 1, plain, .search(.product, .circle))
    let total = try foldedModes(market.records).answer().total
    #expect(total.scenes == [.init(scene: .moments, visits: 0, orders: 1)])
    #expect(total.sharing.ordersFromShares == 2)
  }

  @Test func `a share counts by its day, and its orders by theirs`() throws {
    var market = ModesMarket()
    let root = market.share(10, plain)
    let second = market.share(11, plain, via: root)
    market.share(12, plain, via: root)
    market.order(11, 1, plain, .from(root))
    market.order(12, 1, plain, .from(root))
    market.order(12, 2, plain, .from(second))
    let rows = try foldedModes(market.records)

    func sharing(_ from: Day, _ to: Day) throws -> ShoppingModes.SharingFigures {
      try rows.answer(from: from, to: to).total.sharing
    }
    #expect(
      try sharing(10, 10)
        == .init(
          shares: 1,
          sharesWithOrders: 0,
          ordersFromShares: 0,
          mostOrdersFromOneShare: 0,
          depths: [.init(depth: 1, shares: 1)],
          greatestCascade: 1,
          deepOrderShare: nil
        )
    )
    #expect(
      try sharing(11, 12)
        == .init(
          shares: 2,
          sharesWithOrders: 1,
          ordersFromShares: 3,
          mostOrdersFromOneShare: 2,
          depths: [.init(depth: 2, shares: 2)],
          greatestCascade: 2,
          deepOrderShare: 1.0 / 3
        )
    )
    #expect(
      try sharing(10, 11)
        == .init(
          shares: 2,
          sharesWithOrders: 1,
          ordersFromShares: 1,
          mostOrdersFromOneShare: 1,
          depths: [.init(depth: 1, shares: 1), .init(depth: 2, shares: 1)],
          greatestCascade: 2,
          deepOrderShare: 0
        )
    )
  }

  @Test func `a brand's order from a share of another brand makes no share of the brand`() throws {
    var market = ModesMarket()
    let share = market.share(0, branded)
    market.order(0, 1, rival, .from(share))
    market.order(1, 2, rival, .from(share))
    let rows = try foldedModes(market.records)
    for (from, to) in [(nil, nil), (0, 0)] as [(Day?, Day?)] {
      let ofRival = try rows.answer(.brand(ModesMarket.brand(2)), from: from, to: to).total.sharing
      #expect(ofRival.shares == 0)
      #expect(ofRival.sharesWithOrders == 0)
      #expect(ofRival.mostOrdersFromOneShare == (to == nil ? 2 : 1))
      let ofBrand = try rows.answer(.brand(ModesMarket.brand(1)), from: from, to: to).total.sharing
      #expect(ofBrand.shares == 1)
      #expect(ofBrand.sharesWithOrders == 0)
      #expect(ofBrand.ordersFromShares == 0)
      let ofShop = try rows.answer(.shop(ModesMarket.shop(1)), from: from, to: to).total.sharing
      #expect(ofShop.sharesWithOrders == 1)
    }
  }

  @Test func `under a brand a visit without a product is not counted`() throws {
    var market = ModesMarket()
    market.visit(0, 1, branded, .stroll(), ofShopOnly: true)
    market.visit(0, 2, branded, .stroll())
    let rows = try foldedModes(market.records)
    #expect(try rows.answer(.brand(ModesMarket.brand(1))).total.modes[0].visits == 1)
    #expect(try rows.answer(.shop(ModesMarket.shop(1))).total.modes[0].visits == 2)
  }

  @Test func `conversion is of one mode's visitors, whom the mode's buyers need not be`() throws {
    var market = ModesMarket()
    for visitor in UInt64(1)...4 { market.visit(0, visitor, plain, .stroll()) }
    market.visit(0, 5, plain, .search(.brand))
    market.order(1, 1, plain, .stroll())
    market.order(1, 5, plain, .stroll())
    market.order(1, 2, plain, .search(.brand))
    let modes = try foldedModes(market.records).answer().total.modes
    #expect(modes.map(\.conversion) == [0.25, nil, 0, nil])
    let firstDay = try foldedModes(market.records).answer(to: 0).total.modes
    #expect(firstDay.map(\.conversion) == [0, nil, 0, nil])
  }

  @Test func `a period without events stands in the series, and has no ratio to change`() throws {
    var market = ModesMarket()
    market.order(3, 1, plain, .stroll())
    market.order(5, 1, plain, .stroll())
    market.order(6, 1, plain, .search(.brand), price: 300)
    market.order(6, 1, plain, .stroll())
    let answer = try foldedModes(market.records).answer(period: .day, from: 1, to: 90)
    let periods = answer.periods ?? []
    #expect(periods.map(\.start) == [3, 4, 5, 6])
    #expect(periods.map(\.end) == [3, 4, 5, 6])
    #expect(periods.map { $0.figures.modes[0].orders } == [1, 0, 1, 1])
    #expect(
      periods.map { $0.change?[0] } == [
        nil,
        .init(mode: .stroll, shareOfOrders: nil, shareOfGross: nil),
        .init(mode: .stroll, shareOfOrders: nil, shareOfGross: nil),
        .init(mode: .stroll, shareOfOrders: -50, shareOfGross: -75),
      ]
    )
  }

  @Test func `from and to cut the first and the last period`() throws {
    var market = ModesMarket()
    for day in Day(0)..<40 { market.order(day, 1, plain, .stroll()) }
    let answer = try foldedModes(market.records).answer(period: .month, from: 10, to: 33)
    let periods = answer.periods ?? []
    #expect(periods.map(\.start) == [10, 31])
    #expect(periods.map(\.end) == [30, 33])
    #expect(periods.map { $0.figures.modes[0].orders } == [21, 3])
  }

  @Test func `a thousand periods are answered, one more is refused`() throws {
    var market = ModesMarket()
    market.visit(0, 1, plain, .stroll())
    market.visit(1_000, 1, plain, .stroll())
    let rows = try foldedModes(market.records)
    #expect(throws: TooManyPeriods(limit: 1_000)) { try rows.answer(period: .day) }
    #expect(try rows.answer(period: .week).periods?.count == 144)
    market.visit(999, 1, plain, .stroll())
    #expect(try foldedModes(market.records).answer(period: .day, to: 999).periods?.count == 1_000)
  }

  @Test(
    arguments: [
      (["CNY"], nil, "CNY", []),
      (["USD"], nil, "USD", []),
      (["USD", "EUR"], nil, "CNY", ["EUR", "USD"]),
      (["USD", "CNY"], nil, "CNY", ["USD"]),
      (["USD", "CNY"], "USD", "USD", ["CNY"]),
      (["USD"], "EUR", "EUR", ["USD"]),
      (["USD"], "TOOLONGACODE", "TOOLONGACODE", ["USD"]),
      ([], nil, "CNY", []),
      ([], "USD", "USD", []),
    ] as [([String], String?, String, [String])]
  )
  func `gross is of one currency`(
    sold: [String],
    asked: String?,
    chosen: String,
    others: [String]
  ) throws {
    var market = ModesMarket()
    for (index, currency) in sold.enumerated() {
      market.order(0, 1, ModesMarket.product(shop: UInt64(index), currency: currency), .stroll())
    }
    let answer = try foldedModes(market.records).answer(currency: asked)
    #expect(answer.currency == chosen)
    #expect(answer.otherCurrencies == others)
    #expect(answer.total.modes[0].gross == (sold.contains(chosen) ? 100 : 0))
    #expect(answer.total.modes[0].orders == UInt64(sold.count))
  }

  @Test func `sums outgrow 64 bits`() throws {
    var market = ModesMarket()
    for _ in 0..<3 {
      market.order(0, 1, plain, .stroll(), quantity: Int64.max, price: 1)
    }
    let stroll = try foldedModes(market.records, cuttingAt: [1, 2]).answer().total.modes[0]
    #expect(stroll.gross == 3 * Int128(Int64.max))
    #expect(stroll.units == 3 * Int128(Int64.max))
  }

  @Test func `an order from a share that was never folded stops the view`() throws {
    var market = ModesMarket()
    let share = market.share(0, plain)
    market.order(0, 1, plain, .from(share))
    let rest = Array(market.records.dropFirst())
    let error = #expect(throws: FoldError.self) { try foldedModes(rest) }
    #expect(error?.position == 2)
  }

  @Test func `the answer as JSON`() throws {
    var market = ModesMarket()
    let share = market.share(17_235, plain, scene: .groupChat)
    market.visit(17_235, 1, plain, .from(share))
    market.order(17_235, 1, plain, .from(share), quantity: 2)
    market.order(17_236, 2, plain, .search(.brand), price: 600)
    let answer = try foldedModes(market.records)
      .answer(.shop(ModesMarket.shop(1)), period: .week, position: 4)
    var json = JSONWriter()
    answer.write(to: &json)
    let zeros = #""visits":0,"visitors":0,"orders":0,"units":0,"buyers":0,"gross":0,"#
    let days = #""days":{"first":"2017-03-10","last":"2017-03-11"},"#
    let modes =
      #""all":{"visits":1,"visitors":1,"orders":2,"units":3,"buyers":2,"gross":800,"#
      + #""conversion":1.0},"#
      + #""modes":{"stroll":{\#(zeros)"conversion":null,"shareOfOrders":0.0,"shareOfGross":0.0},"#
      + #""share":{"visits":1,"visitors":1,"orders":1,"units":2,"buyers":1,"gross":200,"#
      + #""conversion":1.0,"shareOfOrders":0.5,"shareOfGross":0.25},"#
      + #""search":{"visits":0,"visitors":0,"orders":1,"units":1,"buyers":1,"gross":600,"#
      + #""conversion":null,"shareOfOrders":0.5,"shareOfGross":0.75},"#
      + #""unknown":{\#(zeros)"conversion":null,"shareOfOrders":0.0,"shareOfGross":0.0}},"#
    let rest =
      #""sharing":{"shares":1,"sharesWithOrders":1,"ordersFromShares":1,"#
      + #""mostOrdersFromOneShare":1,"depths":{"1":1},"greatestCascade":1,"deepOrderShare":0.0},"#
      + #""search":{"product":{"visits":0,"orders":0},"brand":{"visits":0,"orders":1}},"#
      + #""scenes":{"groupChat":{"visits":1,"orders":1}}"#
    #expect(
      json.text == #"{"position":4,"shop":"s1","currency":"CNY","otherCurrencies":[],"# + days
        + modes + rest + #","periods":[{"start":"2017-03-06","end":"2017-03-12","# + modes + rest
        + "}]}"
    )
  }

  @Test func `a change is written with the period, in points`() throws {
    var market = ModesMarket()
    market.order(0, 1, plain, .stroll())
    market.order(1, 1, plain, .stroll())
    market.order(1, 1, plain, .search(.brand), price: 300)
    var json = JSONWriter()
    try foldedModes(market.records).answer(period: .day).write(to: &json)
    let change =
      #""change":{"stroll":{"shareOfOrders":-50.0,"shareOfGross":-75.0},"#
      + #""share":{"shareOfOrders":0.0,"shareOfGross":0.0},"#
      + #""search":{"shareOfOrders":50.0,"shareOfGross":75.0},"#
      + #""unknown":{"shareOfOrders":0.0,"shareOfGross":0.0}}}]}"#
    #expect(json.text.hasSuffix(change))
    #expect(json.text.split(separator: #""change""#).count == 2)
  }
}

@Suite struct PeriodTests {
  @Test(
    arguments: [
      (.day, "2017-03-10", "2017-03-10", "2017-03-11"),
      (.week, "2017-03-12", "2017-03-06", "2017-03-13"),
      (.week, "2017-03-13", "2017-03-13", "2017-03-20"),
      (.week, "1970-01-01", "1969-12-29", "1970-01-05"),
      (.week, "1969-12-28", "1969-12-22", "1969-12-29"),
      (.week, "2017-01-01", "2016-12-26", "2017-01-02"),
      (.month, "2016-02-29", "2016-02-01", "2016-03-01"),
      (.month, "2017-01-31", "2017-01-01", "2017-02-01"),
      (.month, "1969-12-31", "1969-12-01", "1970-01-01"),
    ] as [(Period, String, String, String)]
  )
  func `a period starts on its first day and ends before the next one`(
    period: Period,
    day: String,
    start: String,
    next: String
  ) throws {
    let parts = day.split(separator: "-").compactMap { Int32($0) }
    let found = period.start(
      of: try #require(Timestamp.day(year: parts[0], month: parts[1], day: parts[2]))
    )
    #expect(Timestamp.dayText(found) == start)
    #expect(Timestamp.dayText(period.start(after: found)) == next)
  }
}

/// What a question costs, counted in rows met.
@Suite struct ShoppingModesCostTests {
  @Test func `over all time the rows met do not grow with days and shares`() throws {
    #expect(try rowsMet(days: 10) == rowsMet(days: 400))
  }

  @Test func `over a range only the scope's rows of these days are met`() throws {
    #expect(
      try rowsMet(days: 10, from: 3, to: 5) == rowsMet(days: 400, from: 3, to: 5)
    )
  }

  private func rowsMet(days: Day, from: Day? = nil, to: Day? = nil) throws -> Int {
    var market = ModesMarket()
    for day in 0..<days {
      for shop in UInt64(1)...2 {
        let product = ModesMarket.product(shop: shop)
        let share = market.share(day, product, scene: .moments)
        market.order(day, 1, product, .from(share))
        market.visit(day, 1, product, .from(share))
      }
    }
    let rows = CountingRows(rows: try foldedModes(market.records))
    _ = try rows.answer(.shop(ModesMarket.shop(1)), from: from, to: to)
    return rows.count
  }
}

private final class CountingRows: RowReader {
  private let rows: MemoryRows
  private(set) var count = 0

  init(rows: MemoryRows) {
    self.rows = rows
  }

  func lend(_ key: RawSpan, to body: (RawSpan) throws -> Void) throws {
    count += 1
    try rows.lend(key, to: body)
  }

  func scan(from first: [UInt8], _ body: (RawSpan, RawSpan) throws -> Bool) throws {
    try rows.scan(from: first) { key, value in
      count += 1
      return try body(key, value)
    }
  }
}
