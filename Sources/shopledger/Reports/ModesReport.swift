import JSON

/// How shoppers arrived, as tables.
enum ModesReport {
  static func lines(_ answer: JSONValue, width: Int) -> [String] {
    let currency = answer["currency"]?.string ?? ""
    let others = (answer["otherCurrencies"]?.array ?? []).map { Figure.text($0) }
    var lines = [
      DashboardReport.heading("shopping modes · gross in \(currency)", answer)
        + (others.isEmpty ? "" : " · without " + others.joined(separator: ", ")),
      "",
    ]
    lines += modes(answer["modes"], currency).lines(width: width)
    lines += DashboardReport.section(periods(answer["periods"], currency), width)
    lines += sharing(answer["sharing"], width)
    lines += DashboardReport.section(visitsAndOrders("search for", answer["search"]), width)
    lines += DashboardReport.section(visitsAndOrders("scene", answer["scenes"]), width)
    return lines
  }

  private static func modes(_ modes: JSONValue?, _ currency: String) -> Table {
    var table = Table([
      .text("mode"), .figure("visits"), .figure("visitors"), .figure("orders"), .figure("units"),
      .figure("buyers"), .figure("gross"), .figure("conversion"), .figure("of orders"),
      .figure("of gross"),
    ])
    for mode in modes?.members ?? [] {
      table.add(
        [mode.name]
          + ["visits", "visitors", "orders", "units", "buyers"].map {
            Figure.count(mode.value[$0])
          }
          + [Figure.money(mode.value["gross"], currency)]
          + ["conversion", "shareOfOrders", "shareOfGross"].map { Figure.ratio(mode.value[$0]) }
      )
    }
    return table
  }

  /// A line for each period and mode: the shares, and what changed from the period before.
  private static func periods(_ periods: JSONValue?, _ currency: String) -> Table {
    var table = Table([
      .figure("period"), .text("mode"), .figure("orders"), .figure("gross"), .figure("of orders"),
      .figure("±pp"), .figure("of gross"), .figure("±pp"),
    ])
    for period in periods?.array ?? [] {
      for (index, mode) in (period["modes"]?.members ?? []).enumerated() {
        let change = period["change"]?[mode.name]
        table.add([
          index == 0 ? Figure.text(period["start"]) : "", mode.name,
          Figure.count(mode.value["orders"]), Figure.money(mode.value["gross"], currency),
          Figure.ratio(mode.value["shareOfOrders"]), Figure.change(change?["shareOfOrders"]),
          Figure.ratio(mode.value["shareOfGross"]), Figure.change(change?["shareOfGross"]),
        ])
      }
    }
    return table
  }

  private static func sharing(_ sharing: JSONValue?, _ width: Int) -> [String] {
    guard let sharing else { return [] }
    var table = Table([.text("sharing"), .figure("")])
    table.add(["shares", Figure.count(sharing["shares"])])
    table.add(["shares with an order", Figure.count(sharing["sharesWithOrders"])])
    table.add(["orders from shares", Figure.count(sharing["ordersFromShares"])])
    table.add(["most orders from one share", Figure.count(sharing["mostOrdersFromOneShare"])])
    table.add(["greatest cascade, in shares", Figure.count(sharing["greatestCascade"])])
    table.add(["share orders from depth 2 or more", Figure.ratio(sharing["deepOrderShare"])])
    for depth in sharing["depths"]?.members ?? [] {
      table.add(["shares of depth \(depth.name)", Figure.count(depth.value)])
    }
    return DashboardReport.section(table, width)
  }

  private static func visitsAndOrders(_ title: String, _ parts: JSONValue?) -> Table {
    var table = Table([.text(title), .figure("visits"), .figure("orders")])
    for part in parts?.members ?? [] {
      table.add([
        part.name, Figure.count(part.value["visits"]), Figure.count(part.value["orders"]),
      ])
    }
    return table
  }
}
