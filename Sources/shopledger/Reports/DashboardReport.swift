import JSON

/// A shop's dashboard as tables.
enum DashboardReport {
  static func lines(_ answer: JSONValue, width: Int) -> [String] {
    let currency = answer["currency"]?.string ?? ""
    let total = answer["total"] ?? .object([])
    var lines = [
      heading(
        "\(Figure.text(answer["shop"])) \(Figure.text(answer["name"]))"
          + " · \(currency) · \(Figure.text(answer["timeZone"]))",
        answer
      ),
      "",
    ]
    lines += figures(total, answer, currency).lines(width: width)
    lines += section(split("mode", total["modes"], currency), width)
    lines += section(split("kind of goods", total["kinds"], currency), width)
    lines += section(days(answer["days"], currency), width)
    lines += section(topProducts(answer["topProducts"], currency), width)
    return lines
  }

  /// Whose figures these are, and which events they reflect.
  static func heading(_ name: String, _ answer: JSONValue) -> String {
    var heading = "\(name) · as of event \(Figure.count(answer["position"]))"
    if let recordedAt = answer["asOf"]?["recordedAt"] {
      heading += ", recorded \(Figure.text(recordedAt))"
    }
    if let on = answer["on"] {
      heading += " · on \(Figure.text(on["day"])): \(Figure.count(on["events"])) events"
      for (name, words) in [
        ("late", "recorded late"), ("clockSteps", "steps of the clock"),
        ("contradictions", "contradictions"),
      ] where on[name]?.integer ?? 0 > 0 {
        heading += ", \(Figure.count(on[name])) \(words)"
      }
    }
    return heading
  }

  /// A table with an empty line before it; nothing when the table is empty.
  static func section(_ table: Table, _ width: Int) -> [String] {
    table.isEmpty ? [] : [""] + table.lines(width: width)
  }

  private static func figures(_ total: JSONValue, _ answer: JSONValue, _ currency: String) -> Table
  {
    func count(_ name: String) -> String { Figure.count(total[name]) }
    func money(_ name: String) -> String { Figure.money(total[name], currency) }
    func ratio(_ name: String) -> String { Figure.ratio(total[name]) }
    var table = Table([.text(""), .figure(""), .text(""), .figure("")])
    table.add(["gross", money("gross"), "visits", count("visits")])
    table.add(["refunds, by refund's day", money("refundsBooked"), "visitors", count("visitors")])
    table.add(["refunds, by order's day", money("refundsCohort"), "orders", count("orders")])
    table.add(["net, by refund's day", money("netBooked"), "units", count("units")])
    table.add(["net, by order's day", money("netCohort"), "buyers", count("buyers")])
    table.add([
      "average order", money("averageOrderValue"), "impulse orders", count("impulseOrders"),
    ])
    table.add(["spend per buyer", money("spendPerBuyer"), "stock-outs", count("stockOuts")])
    table.add([
      "refund rate", ratio("refundRate"), "products listed",
      Figure.count(answer["productsListed"]),
    ])
    table.add([
      "conversion", ratio("conversion"), "repurchase rate", ratio("repurchaseRate"),
    ])
    return table
  }

  private static func split(_ title: String, _ parts: JSONValue?, _ currency: String) -> Table {
    var table = Table([
      .text(title), .figure("orders"), .figure("gross"), .figure("of orders"), .text(""),
    ])
    let parts = parts?.members ?? []
    let orders = parts.reduce(0) { $0 + ($1.value["orders"]?.double ?? 0) }
    for part in parts {
      let share = orders > 0 ? (part.value["orders"]?.double).map { $0 / orders } : nil
      table.add([
        part.name, Figure.count(part.value["orders"]),
        Figure.money(part.value["gross"], currency),
        Figure.ratio(share.map { .number("\($0)") }), Figure.bar(share ?? 0, width: 16),
      ])
    }
    return table
  }

  private static func days(_ days: JSONValue?, _ currency: String) -> Table {
    var table = Table([
      .figure("day"), .figure("visits"), .figure("visitors"), .figure("orders"), .figure("units"),
      .figure("buyers"), .figure("gross"), .figure("net"), .figure("conversion"),
    ])
    for day in days?.array ?? [] {
      table.add(
        [Figure.text(day["day"])]
          + ["visits", "visitors", "orders", "units", "buyers"].map { Figure.count(day[$0]) }
          + ["gross", "netBooked"].map { Figure.money(day[$0], currency) }
          + [Figure.ratio(day["conversion"])]
      )
    }
    return table
  }

  private static func topProducts(_ products: JSONValue?, _ currency: String) -> Table {
    var table = Table([
      .text("top product"), .text("title"), .figure("units"), .figure("gross"),
    ])
    for product in products?.array ?? [] {
      table.add([
        Figure.text(product["product"]), Figure.text(product["title"]),
        Figure.count(product["units"]), Figure.money(product["gross"], currency),
      ])
    }
    return table
  }
}
