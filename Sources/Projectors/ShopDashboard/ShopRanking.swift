package import JSON
package import Marketplace

/// The answer to `/v1/shops?sort=gross`: the shops of one currency that sold most.
package struct ShopRanking: Hashable, Sendable {
  /// The currency of all of them.
  package var currency: String
  /// Those of other shops, which cannot be ranked with them; sorted.
  package var otherCurrencies: [String]
  /// The first first: by gross of all time, then orders, then the one that opened earlier.
  package var shops: [ShopSummary]
  /// How many shops there are, whatever their currency.
  package var count: Int
  /// The position that the answer reflects.
  package var position: Position

  /// Costs a scan over the rows of all shops, and a record of the log for each.
  ///
  /// - Parameters:
  ///   - currency: Of the shops to rank; nil: the only one there is, else `defaultCurrency`.
  ///   - defaultCurrency: The configured one.
  ///   - limit: How many shops at most, at least 1.
  ///   - position: What the rows reflect.
  ///   - rows: The rows of the view `dashboard`.
  ///   - log: The log behind them.
  /// - Returns: The ranking.
  /// - Throws: What `rows` and `log` throw.
  package static func answer(
    currency: String?,
    defaultCurrency: String,
    limit: Int,
    position: Position,
    rows: some RowReader,
    log: some LogReader
  ) throws -> ShopRanking {
    precondition(limit > 0, "a ranking has a place")
    var best: [String: [(shop: Position, row: ShopRow)]] = [:]
    var count = 0
    try ShopRows.scanShops(after: 0, rows) { shop, row in
      count += 1
      let (opened, _) = try openedShop(shop, log)
      insert((shop, row), into: &best[opened.currency, default: []], limit)
      return true
    }
    let currencies = best.keys.sorted()
    let chosen = currency ?? (currencies.count == 1 ? currencies[0] : defaultCurrency)
    return ShopRanking(
      currency: chosen,
      otherCurrencies: currencies.filter { $0 != chosen },
      shops: try (best[chosen] ?? []).map { try ShopSummary($0.shop, $0.row, position, log) },
      count: count,
      position: position
    )
  }

  private static func insert(
    _ shop: (shop: Position, row: ShopRow),
    into best: inout [(shop: Position, row: ShopRow)],
    _ limit: Int
  ) {
    let sales = shop.row.sums.sales
    let place = best.firstIndex { other in
      let others = other.row.sums.sales
      return (others.gross, others.orders) < (sales.gross, sales.orders)
    }
    guard place != nil || best.count < limit else { return }
    best.insert(shop, at: place ?? best.count)
    if best.count > limit { best.removeLast() }
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("currency", currency)
      json.array("otherCurrencies") { json in
        for other in otherCurrencies { json.value(other) }
      }
      json.array("shops") { json in
        for shop in shops { json.object { shop.writeListed(to: &$0) } }
      }
      json.member("count", count)
      json.member("position", position)
    }
  }
}
