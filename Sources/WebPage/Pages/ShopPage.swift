internal import JSON
internal import Ledger
internal import Marketplace

/// A shop's dashboard: every figure, and the way to the events behind it.
extension WebPage {
  func shop(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let id = try visit.part("shop")
    let (from, to) = (try visit.day("from"), try visit.day("to"))
    if let from, let to, from > to { throw QueryError.badRequest(words["fromAfterTo"]) }
    let summary = try JSONValue(parsing: try await ledger.shop(id, Freshness()))
    let answer = try JSONValue(
      parsing: try await ledger.dashboard(of: id, from: from, to: to, Freshness())
    )
    let currency = answer["currency"]?.string ?? ""
    let days = answer["days"]?.array ?? []
    let name = answer["name"]?.string ?? id
    return Page(
      template: "shop",
      title: name,
      section: nil,
      position: answer["position"]?.integer,
      fields: [
        "id": id,
        "name": name,
        "path": Link.shop(id),
        "currency": currency,
        "timeZone": answer["timeZone"]?.string ?? "",
        "owner": summary["owner"]?.string ?? "",
        "openedAt": words.time(summary["openedAt"]?.string),
        "from": visit["from"] ?? "",
        "to": visit["to"] ?? "",
        "range": Self.range(days, words),
        "isNarrowed": from != nil || to != nil,
        "logLink": Link.log(["shop": id]),
        "groups": Self.groups(answer, id, currency, words),
        "charts": Self.charts(days, currency, words),
        "shares": ModesChart.chart(days, caption: words["modesByPeriod"], words) { day, mode in
          let orders = day["modes"]?[mode]?["orders"]
          return (orders?.double ?? 0, words.count(orders))
        },
        "modes": Self.sales(ModesChart.modes, of: answer["total"]?["modes"], currency, words),
        "kinds": Self.sales(
          ["branded", "native", "fresh", "handicraft", "other"],
          of: answer["total"]?["kinds"],
          currency,
          words
        ),
        "products": Self.products(answer["topProducts"]?.array ?? [], currency, words),
      ]
    )
  }

  private static func range(_ days: [JSONValue], _ words: Words) -> String {
    guard let first = days.first?["day"]?.string, let last = days.last?["day"]?.string else {
      return words["noEvents"]
    }
    return first + " – " + last
  }

  // MARK: Figures

  private static func groups(
    _ answer: JSONValue,
    _ shop: String,
    _ currency: String,
    _ words: Words
  ) -> [Fields] {
    let total = answer["total"]
    /// The event types that a figure is reckoned from; the first is what its link shows.
    func figure(_ key: String, _ text: String, _ type: String) -> Fields {
      [
        "key": key,
        "name": words[key],
        "figure": text,
        "link": Link.log(["shop": shop, "type": type]),
        "linkName": words.say("eventsBehind", words[key]),
      ]
    }
    func count(_ key: String, _ type: String) -> Fields {
      figure(key, words.count(total?[key]), type)
    }
    func money(_ key: String, _ type: String) -> Fields {
      figure(key, words.money(total?[key], currency), type)
    }
    func ratio(_ key: String, _ type: String) -> Fields {
      figure(key, words.ratio(total?[key]), type)
    }
    let (visit, purchase, refund) = ("VisitRecorded", "ProductPurchased", "PurchaseRefunded")
    return [
      [
        "name": words["groupTraffic"],
        "figures": [
          count("visits", visit), count("visitors", visit), ratio("conversion", purchase),
          count("impulseOrders", purchase),
        ],
      ],
      [
        "name": words["groupSales"],
        "figures": [
          money("gross", purchase), count("orders", purchase), count("units", purchase),
          money("averageOrderValue", purchase),
        ],
      ],
      [
        "name": words["groupBuyers"],
        "figures": [
          count("buyers", purchase), money("spendPerBuyer", purchase),
          ratio("repurchaseRate", purchase),
        ],
      ],
      [
        "name": words["groupRefunds"],
        "figures": [
          money("refundsBooked", refund), money("netBooked", refund),
          money("refundsCohort", refund), money("netCohort", refund), ratio("refundRate", refund),
        ],
      ],
      [
        "name": words["groupGoods"],
        "figures": [
          figure("productsListed", words.count(answer["productsListed"]), "ProductListed"),
          count("stockOuts", "ProductPurchased"),
        ],
      ],
    ]
  }

  private static func sales(
    _ keys: [String],
    of sales: JSONValue?,
    _ currency: String,
    _ words: Words
  ) -> [Fields] {
    let orders = keys.reduce(0) { $0 + (sales?[$1]?["orders"]?.double ?? 0) }
    return keys.map { key in
      let part = orders > 0 ? (sales?[key]?["orders"]?.double ?? 0) / orders : nil
      return [
        "key": key,
        "name": words[key],
        "style": ModesChart.modes.contains(key) ? key : "plain",
        "orders": words.count(sales?[key]?["orders"]),
        "gross": words.money(sales?[key]?["gross"], currency),
        "part": part.map { words.ratio(.number(String($0))) } ?? Figure.none,
        "bar": Bar.svg(part, ModesChart.modes.contains(key) ? key : "plain"),
      ]
    }
  }

  private static func products(
    _ products: [JSONValue],
    _ currency: String,
    _ words: Words
  ) -> [Fields] {
    let greatest = products.first?["units"]?.double ?? 0
    return products.map { product in
      let id = product["product"]?.string ?? ""
      return [
        "product": id,
        "title": product["title"]?.string ?? "",
        "units": words.count(product["units"]),
        "gross": words.money(product["gross"], currency),
        "link": Link.log(["product": id]),
        "bar": Bar.svg((product["units"]?.double ?? 0) / max(greatest, 1)),
      ]
    }
  }

  // MARK: Days

  private static func charts(
    _ days: [JSONValue],
    _ currency: String,
    _ words: Words
  ) -> [Fields] {
    func chart(_ name: String, caption: String, _ text: (JSONValue?) -> String) -> Fields {
      let unit = name == "gross" ? minorUnits(of: currency) : 1
      return ColumnChart(
        caption: caption,
        columns: days.map { $0["day"]?.string ?? "" },
        columnsName: words["day"],
        series: [
          ColumnChart.Series(
            name: words[name],
            style: "plain",
            values: days.map { $0[name]?.double ?? 0 },
            texts: days.map { text($0[name]) }
          )
        ],
        tick: { words.compact($0 / unit) }
      ).fields
    }
    return [
      chart("gross", caption: words.say("grossByDay", currency)) { words.money($0, currency) },
      chart("orders", caption: words["ordersByDay"], words.count),
      chart("visitors", caption: words["visitorsByDay"], words.count),
    ]
  }
}

extension Words {
  /// A time as `2017-03-10 08:00:00 +08:00`, in the offset that it is given in, without a fraction.
  func time(_ text: String?) -> String {
    guard let text, text.utf8.count >= 20 else { return Figure.none }
    let offset = text.dropFirst(19).drop { $0 == "." || $0.isNumber }
    return text.prefix(19).replacing("T", with: " ") + " " + (offset == "Z" ? "UTC" : offset)
  }
}
