import JSON
import TestSupport
import Testing

@testable import Marketplace
@testable import Projectors

@Suite struct ShopDashboardTests {
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `the same rows come from any split into batches`(seed: UInt64) throws {
    let records = RandomMarket(seed: seed, count: 500).records
    var random = SeededRandom(seed)
    let whole = try MemoryRows(folding: records, by: ShopDashboardProjector.self)
    let single = try MemoryRows(folding: records, by: ShopDashboardProjector.self) { _ in true }
    let split = try MemoryRows(folding: records, by: ShopDashboardProjector.self) { _ in
      Int.random(in: 0..<20, using: &random) == 0
    }
    #expect(single == whole)
    #expect(split == whole)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `every figure is what counting the events gives`(seed: UInt64) throws {
    let records = RandomMarket(seed: seed, count: 600).records
    let rows = try MemoryRows(folding: records, by: ShopDashboardProjector.self) {
      $0.position % 100 == 0
    }
    var texts: [Position: String] = [:]
    for record in records { texts[record.position] = "text \(record.position)" }
    let log = TestLog(records, texts: texts)
    let ranges: [(Day?, Day?)] = [
      (nil, nil), (0, nil), (nil, 0), (-1, 1), (0, 0), (-399, -2), (2, -2), (17_235, 17_236),
    ]
    for shop in records where shop.event.type == "ShopOpened" {
      for (from, to) in ranges {
        let answer = try ShopDashboard.answer(
          shop: shop.position,
          from: from,
          to: to,
          position: 600,
          rows: rows,
          log: log
        )
        let expected = CountedDashboard(records, shop: shop.position)
        #expect(answer == expected.answer(from: from, to: to, position: 600))
      }
    }
  }

  @Test func `a dashboard is written as the interface says`() throws {
    let market = HandMadeShop()
    let rows = try MemoryRows(folding: market.log.records, by: ShopDashboardProjector.self)
    let dashboard = try ShopDashboard.answer(
      shop: 1,
      from: nil,
      to: nil,
      position: 9,
      rows: rows,
      log: market.log
    )
    var json = JSONWriter()
    dashboard.write(to: &json)
    let none = #"{"orders":0,"gross":0}"#
    let figures = { (visits: Int, orders: Int, refunds: (Int, Int), rates: String) in
      let sales = #"{"orders":\#(orders),"gross":\#(orders * 250)}"#
      let gross = orders * 250
      return #""visits":\#(visits),"visitors":\#(visits),"orders":\#(orders),"units":\#(orders),"#
        + #""buyers":\#(min(1, orders)),"gross":\#(gross),"refundsBooked":\#(refunds.0),"#
        + #""refundsCohort":\#(refunds.1),"netBooked":\#(gross - refunds.0),"#
        + #""netCohort":\#(gross - refunds.1),\#(rates),"impulseOrders":\#(orders),"#
        + #""stockOuts":\#(orders / 2),"kinds":{"branded":\#(none),"native":\#(sales),"#
        + #""fresh":\#(none),"handicraft":\#(none),"other":\#(none)},"modes":{"stroll":\#(sales),"#
        + #""share":\#(none),"search":\#(none),"unknown":\#(none)}}"#
    }
    let bought =
      #""averageOrderValue":250.0,"spendPerBuyer":500.0,"conversion":0.5,"refundRate":0.2,"#
      + #""repurchaseRate":1.0"#
    let nothing =
      #""averageOrderValue":null,"spendPerBuyer":null,"conversion":null,"refundRate":null,"#
      + #""repurchaseRate":null"#
    #expect(
      json.text
        == #"{"shop":"s1","name":"Tea & more","currency":"CNY","timeZone":"Asia/Shanghai","#
        + #""position":9,"total":{"# + figures(2, 2, (100, 100), bought)
        + #","days":[{"day":"2017-03-10","# + figures(2, 2, (0, 100), bought)
        + #",{"day":"2017-03-12","# + figures(0, 0, (100, 0), nothing)
        + #"],"productsListed":1,"topProducts":[{"product":"p1","title":"Best tea","units":2,"#
        + #""gross":500}]}"#
    )
  }

  @Test func `the best ten of many products stay exact while they overtake each other`() throws {
    var market = HandMadeShop()
    for number in 2...40 { market.list("p\(number)", stock: 1_000) }
    let listed = market.products
    for round in 0..<400 { market.buy(listed[round * round % 41 % listed.count]) }
    let rows = try MemoryRows(folding: market.log.records, by: ShopDashboardProjector.self) {
      $0.position % 7 == 0
    }
    let top = try ShopDashboard.answer(
      shop: 1,
      from: nil,
      to: nil,
      position: 9,
      rows: rows,
      log: market.log
    ).topProducts
    let expected = CountedDashboard(market.log.records, shop: 1)
    #expect(top.count == 10)
    #expect(top == expected.answer(from: nil, to: nil, position: 9).topProducts)
  }

  @Test func `pages of shops go on in order of opening`() throws {
    let records = RandomMarket(seed: 3, count: 600).records
    let rows = try MemoryRows(folding: records, by: ShopDashboardProjector.self)
    let log = TestLog(records)
    let opened = records.filter { $0.event.type == "ShopOpened" }.map(\.position)
    #expect(opened.count == 3)
    let page = { (cursor: Position, limit: Int) in
      try ShopList.answer(after: cursor, limit: limit, position: 600, rows: rows, log: log)
    }
    let first = try page(0, 2)
    #expect(first.shops.map(\.shop) == ["s0", "s1"])
    #expect(first.next == opened[1])
    let second = try page(opened[1], 2)
    #expect(second.shops.map(\.shop) == ["s2"])
    #expect(second.next == nil)
    #expect(try page(0, 3).next == nil)
    for (position, listed) in zip(opened, first.shops + second.shops) {
      let expected = CountedDashboard(records, shop: position)
      let total = expected.answer(from: nil, to: nil, position: 600).total
      #expect(listed.sales == Sales(orders: total.orders, gross: total.gross))
      let single = try ShopSummary.answer(shop: position, position: 600, rows: rows, log: log)
      #expect(single == listed)
    }
  }

  @Test func `a shop is written with its owner, in a list without`() throws {
    let market = HandMadeShop()
    let rows = try MemoryRows(folding: market.log.records, by: ShopDashboardProjector.self)
    var one = JSONWriter()
    try ShopSummary.answer(shop: 1, position: 9, rows: rows, log: market.log).write(to: &one)
    let shop =
      #"{"shop":"s1","name":"Tea & more","currency":"CNY","timeZone":"Asia/Shanghai","#
      + #""openedAt":"2017-03-10T08:00:00+08:00","orders":2,"gross":500"#
    #expect(one.text == shop + #","owner":"p7","productsListed":1,"position":9}"#)
    var list = JSONWriter()
    try ShopList.answer(after: 0, limit: 1, position: 9, rows: rows, log: market.log)
      .write(to: &list)
    #expect(list.text == #"{"shops":["# + shop + #"}],"position":9}"#)
  }

  @Test func `a shop that the view has not met has zeros`() throws {
    let log = HandMadeShop().log
    let rows = MemoryRows()
    #expect(try ShopDashboard.exists(1, rows) == false)
    let answer = try ShopDashboard.answer(
      shop: 1,
      from: nil,
      to: nil,
      position: 0,
      rows: rows,
      log: log
    )
    #expect(answer.total.orders == 0 && answer.total.conversion == nil && answer.days.isEmpty)
    #expect(throws: FoldError.self) {
      try ShopDashboard.answer(shop: 2, from: nil, to: nil, position: 0, rows: rows, log: log)
    }
  }
}
