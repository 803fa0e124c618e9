package import JSON
package import Marketplace

/// The answer to `/v1/shops/{shop}/dashboard`.
package struct ShopDashboard: Hashable, Sendable {
  package var shop: String
  /// Absent when it was deleted on demand.
  package var name: String?
  package var currency: String
  package var timeZone: String
  /// The position that the answer reflects.
  package var position: Position
  /// Over the days asked for; people counted once.
  package var total: ShopFigures
  /// Those asked for that have any event, oldest first.
  package var days: [DayFigures]
  package var productsListed: Int64
  /// Of all time, whichever days are asked for, refunds not taken off; products that sold, only.
  package var topProducts: [ProductFigures]

  package struct DayFigures: Hashable, Sendable {
    package var day: Day
    package var figures: ShopFigures
  }

  package struct ProductFigures: Hashable, Sendable {
    package var product: String
    /// The latest.
    package var title: String
    package var units: Int128
    package var gross: Int128
  }

  /// Whether the view knows the shop yet.
  package static func exists(_ shop: Position, _ rows: some RowReader) throws -> Bool {
    try rows.row(ShopRows.shop(shop)) != nil
  }

  /// Answers from the view's rows; a shop that has none gets zeros.
  ///
  /// Costs a scan over the days asked for and three over their sets of people.
  ///
  /// - Parameters:
  ///   - shop: Where the shop was opened.
  ///   - from: The first local day; nil: without a beginning.
  ///   - to: The last local day; nil: without an end.
  ///   - position: What the rows reflect.
  ///   - rows: The view's rows.
  ///   - log: The log behind them.
  /// - Returns: The dashboard.
  /// - Throws: What `rows` and `log` throw, or a `FoldError` when no shop was opened there.
  package static func answer(
    shop: Position,
    from: Day?,
    to: Day?,
    position: Position,
    rows: some RowReader,
    log: some LogReader
  ) throws -> ShopDashboard {
    let (opened, _) = try openedShop(shop, log)
    let row = try ShopRow(of: shop, in: rows)
    let first = ShopDay(shop: shop, day: from ?? .min)
    let last = ShopDay(shop: shop, day: to ?? .max)
    var days: [DayFigures] = []
    var total = ShopFigures()
    if first <= last {
      let people = try ShopPeopleByDay(from: first, through: last, rows)
      var sums = ShopSums()
      try ShopRows.scanDays(from: first, through: last, rows) { day, daySums in
        sums += daySums
        let counts = people.days[day.day] ?? ShopPeopleCounts()
        days.append(DayFigures(day: day.day, figures: ShopFigures(daySums, counts)))
      }
      total = ShopFigures(sums, people.total)
    }
    return ShopDashboard(
      shop: opened.shop,
      name: try log.text(at: shop),
      currency: opened.currency,
      timeZone: opened.timeZone,
      position: position,
      total: total,
      days: days,
      productsListed: row.productsListed,
      topProducts: try TopProduct.list(of: shop, in: rows).map { top in
        let names = try ProductNames(of: top.product, in: rows)
        return ProductFigures(
          product: names.id,
          title: names.title,
          units: top.sales.units,
          gross: top.sales.gross
        )
      }
    )
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("shop", shop)
      json.member("name", ifPresent: name)
      json.member("currency", currency)
      json.member("timeZone", timeZone)
      json.member("position", position)
      json.object("total") { total.write(to: &$0) }
      json.array("days") { json in
        for day in days {
          json.object { json in
            json.member("day", Timestamp.dayText(day.day))
            day.figures.write(to: &json)
          }
        }
      }
      json.member("productsListed", productsListed)
      json.array("topProducts") { json in
        for product in topProducts {
          json.object { json in
            json.member("product", product.product)
            json.member("title", product.title)
            json.member("units", product.units)
            json.member("gross", product.gross)
          }
        }
      }
    }
  }
}

/// The event that opened the shop, and when that was.
func openedShop(_ shop: Position, _ log: some LogReader) throws -> (ShopOpened, Envelope) {
  let record = try log.record(at: shop)
  guard case .shopOpened(let opened) = record.event else {
    throw FoldError(position: shop, detail: "\(record.event.type), where a shop should open")
  }
  return (opened, record.envelope)
}
