package import JSON
package import Marketplace

/// The answer to `/v1/shops`: a page of shops in order of opening.
package struct ShopList: Hashable, Sendable {
  package var shops: [ShopSummary]
  /// The position that the answer reflects.
  package var position: Position
  /// The cursor of the next page: the last shop's position; nil at the end.
  package var next: Position?

  /// Which rows to keep where the list alone will be asked for; see `MemoryRows`.
  package static let rowsKept: @Sendable (RawSpan) -> Bool = { $0.starts(with: [1]) }

  /// - Parameters:
  ///   - cursor: The `next` of the page before; 0 for the first.
  ///   - limit: How many shops at most, at least 1.
  ///   - position: What the rows reflect.
  ///   - rows: The rows of the view `dashboard`.
  ///   - log: The log behind them.
  /// - Returns: The page.
  /// - Throws: What `rows` and `log` throw.
  package static func answer(
    after cursor: Position,
    limit: Int,
    position: Position,
    rows: some RowReader,
    log: some LogReader
  ) throws -> ShopList {
    precondition(limit > 0, "a page holds something")
    var page = ShopList(shops: [], position: position, next: nil)
    var last = cursor
    try ShopRows.scanShops(after: cursor, rows) { shop, row in
      guard page.shops.count < limit else {
        page.next = last
        return false
      }
      page.shops.append(try ShopSummary(shop, row, position, log))
      last = shop
      return true
    }
    return page
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.array("shops") { json in
        for shop in shops { json.object { shop.writeListed(to: &$0) } }
      }
      json.member("position", position)
      json.member("next", ifPresent: next?.description)
    }
  }
}

/// The answer to `/v1/shops/{shop}`: the shop as it stands, with what it sold in all.
package struct ShopSummary: Hashable, Sendable {
  package var shop: String
  /// Absent when it was deleted on demand.
  package var name: String?
  package var currency: String
  package var timeZone: String
  /// When it opened, with the offset as claimed.
  package var openedAt: String
  package var sales: Sales
  package var owner: String
  package var productsListed: Int64
  /// The position that the answer reflects.
  package var position: Position

  /// Answers from the rows of the view `dashboard`; a shop that has none gets zeros.
  ///
  /// - Throws: What `rows` and `log` throw, or a `FoldError` when no shop was opened there.
  package static func answer(
    shop: Position,
    position: Position,
    rows: some RowReader,
    log: some LogReader
  ) throws -> ShopSummary {
    let row = try ShopRow(of: shop, in: rows)
    return try ShopSummary(shop, row, position, log)
  }

  init(_ shop: Position, _ row: ShopRow, _ position: Position, _ log: some LogReader) throws {
    let (opened, envelope) = try openedShop(shop, log)
    self.shop = opened.shop
    name = try log.text(at: shop)
    currency = opened.currency
    timeZone = opened.timeZone
    openedAt = envelope.occurredText
    sales = row.sums.sales
    owner = try log.name(of: opened.owner)
    productsListed = row.productsListed
    self.position = position
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      writeListed(to: &json)
      json.member("owner", owner)
      json.member("productsListed", productsListed)
      json.member("position", position)
    }
  }

  /// Writes the members that a list of shops shows.
  func writeListed(to json: inout JSONWriter) {
    json.member("shop", shop)
    json.member("name", ifPresent: name)
    json.member("currency", currency)
    json.member("timeZone", timeZone)
    json.member("openedAt", openedAt)
    json.member("orders", sales.orders)
    json.member("gross", sales.gross)
  }
}
