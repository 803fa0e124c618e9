internal import JSON
internal import Ledger
internal import Marketplace

/// How shoppers arrived: the mix over time, scenes, search, and how shares travelled.
extension WebPage {
  private static let periods = ["day", "week", "month"]

  func modes(_ visit: Visit) async throws -> Page {
    let words = visit.words
    var question = ShoppingModesQuestion(
      shop: visit["shop"],
      brand: visit["brand"],
      currency: visit["currency"],
      from: try visit.day("from"),
      to: try visit.day("to")
    )
    if question.shop != nil && question.brand != nil {
      throw QueryError.badRequest(words["shopOrBrand"])
    }
    if let from = question.from, let to = question.to, from > to {
      throw QueryError.badRequest(words["fromAfterTo"])
    }
    let cascade = try JSONValue(parsing: try await ledger.widestCascade(question, Freshness()))
    let total = try JSONValue(parsing: try await ledger.shoppingModes(question, Freshness()))
    let period = Self.periods.first { $0 == visit["period"] } ?? Self.period(for: total["days"])
    question.period = period
    let answer = try JSONValue(parsing: try await ledger.shoppingModes(question, Freshness()))
    let periods = answer["periods"]?.array ?? []
    let currency = answer["currency"]?.string ?? ""
    return Page(
      template: "modes",
      title: words["sectionModes"],
      section: .modes,
      position: answer["position"]?.integer,
      fields: [
        "shop": visit["shop"] ?? "",
        "brand": visit["brand"] ?? "",
        "from": visit["from"] ?? "",
        "to": visit["to"] ?? "",
        "period": period,
        "isNarrowed": ["shop", "brand", "from", "to"].contains { visit[$0] != nil },
        "currency": currency,
        "otherCurrencies": Self.currencies(answer, visit),
        "choices": Self.periods.map { choice in
          [
            "name": words["by" + choice.capitalizedFirst],
            "link": visit.link(["period": choice]),
            "isCurrent": choice == period,
          ] as Fields
        },
        "shares": [
          ModesChart.shares(periods, words),
          ModesChart.chart(periods, caption: words["modesOfGross"], words) { period, mode in
            let figures = period["modes"]?[mode]
            return (
              figures?["shareOfGross"]?.double ?? 0,
              words.ratio(figures?["shareOfGross"]) + " ("
                + words.money(figures?["gross"], currency) + ")"
            )
          },
        ],
        "modes": Self.rows(answer, currency, words),
        "latestPeriod": periods.last?["start"]?.string ?? Figure.none,
        "intents": Self.arrivals(answer["search"], words) { words["intent" + $0.capitalizedFirst] },
        "scenes": Self.arrivals(answer["scenes"], words) { words["scene" + $0.capitalizedFirst] },
        "sharing": Self.sharing(answer["sharing"], words),
        "depths": Self.depths(answer["sharing"]?["depths"], words),
        "cascade": Self.cascade(cascade, words),
      ]
    )
  }

  /// Periods that make a readable number of columns.
  private static func period(for days: JSONValue?) -> String {
    guard let first = days?["first"]?.string.flatMap({ Day(text: $0) }),
      let last = days?["last"]?.string.flatMap({ Day(text: $0) })
    else { return "day" }
    return last - first < 120 ? "day" : last - first < 1_000 ? "week" : "month"
  }

  private static func rows(
    _ answer: JSONValue,
    _ currency: String,
    _ words: Words
  ) -> [Fields] {
    let change = answer["periods"]?.array?.last?["change"]
    return ModesChart.modes.map { mode in
      let figures = answer["modes"]?[mode]
      return [
        "key": mode,
        "name": words[mode],
        "visits": words.count(figures?["visits"]),
        "visitors": words.count(figures?["visitors"]),
        "conversion": words.ratio(figures?["conversion"]),
        "conversionBar": Bar.svg(figures?["conversion"]?.double, mode),
        "orders": words.count(figures?["orders"]),
        "units": words.count(figures?["units"]),
        "buyers": words.count(figures?["buyers"]),
        "gross": words.money(figures?["gross"], currency),
        "shareOfOrders": words.ratio(figures?["shareOfOrders"]),
        "shareOfGross": words.ratio(figures?["shareOfGross"]),
        "change": Figure.change(change?[mode]?["shareOfOrders"]),
      ]
    }
  }

  /// Visits and orders of each member, with bars of the orders.
  private static func arrivals(
    _ answer: JSONValue?,
    _ words: Words,
    name: (String) -> String
  ) -> [Fields] {
    let members = answer?.members ?? []
    let greatest = members.compactMap { $0.value["orders"]?.double }.max() ?? 0
    return members.map { member in
      [
        "key": member.name,
        "name": name(member.name),
        "visits": words.count(member.value["visits"]),
        "orders": words.count(member.value["orders"]),
        "bar": Bar.svg((member.value["orders"]?.double ?? 0) / max(greatest, 1)),
      ]
    }
  }

  private static func sharing(_ answer: JSONValue?, _ words: Words) -> [Fields] {
    let counts = [
      "shares", "sharesWithOrders", "ordersFromShares", "mostOrdersFromOneShare",
      "greatestCascade",
    ]
    return counts.map { key in
      ["key": key, "name": words[key], "figure": words.count(answer?[key])]
    } + [
      [
        "key": "deepOrderShare",
        "name": words["deepOrderShare"],
        "figure": words.ratio(answer?["deepOrderShare"]),
      ]
    ]
  }

  private static func depths(_ answer: JSONValue?, _ words: Words) -> [Fields] {
    let depths = answer?.members ?? []
    let greatest = depths.compactMap(\.value.double).max() ?? 0
    return depths.map { depth in
      [
        "depth": depth.name,
        "shares": words.count(depth.value),
        "bar": Bar.svg((depth.value.double ?? 0) / max(greatest, 1), "share"),
      ]
    }
  }

  /// The widest cascade as a tree; those with orders are filled.
  private static func cascade(_ answer: JSONValue, _ words: Words) -> Any {
    let members = (answer["members"]?.array ?? []).prefix(150)
    guard members.count > 1 else { return false }
    var places: [String: Int] = [:]
    for (index, member) in members.enumerated() { places[member["share"]?.string ?? ""] = index }
    let title = words.say(
      "widestCascade",
      answer["root"]?.string ?? "",
      words.count(answer["shares"])
    )
    let nodes = members.map { member in
      let share = member["share"]?.string ?? ""
      let orders = member["orders"]?.integer ?? 0
      return TreeDrawing.Node(
        parent: member["via"]?.string.flatMap { places[$0] },
        label: share,
        title: words.say(
          "cascadeMember",
          share,
          member["sharer"]?.string ?? "",
          words.count(orders)
        ),
        link: Link.log(["share": share]),
        style: orders > 0 ? "share" : "idle"
      )
    }
    return [
      "title": title,
      "tree": TreeDrawing(nodes: nodes, title: title).svg,
      "isCut": (answer["members"]?.array?.count ?? 0) > members.count,
    ] as Fields
  }
}
