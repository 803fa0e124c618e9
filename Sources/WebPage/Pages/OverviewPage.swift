internal import Foundation
internal import JSON
internal import Ledger
internal import Marketplace

/// The whole platform: the latest day, what led to it, and whether the figures are fresh.
extension WebPage {
  private static let spans = [30, 90, 180]

  func overview(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let span = try visit.number("days", in: 7...366, preset: 90)
    let ledger = ledger
    var question = ShoppingModesQuestion(currency: visit["currency"])
    let total = try JSONValue(parsing: try await ledger.shoppingModes(question, Freshness()))
    let currency = total["currency"]?.string ?? ""
    let ranking = try JSONValue(
      parsing: try await ledger.shopRanking(currency: currency, limit: 12, Freshness())
    )
    var fields: Fields = [
      "currency": currency,
      "otherCurrencies": Self.currencies(total, visit),
      "shops": Self.ranked(ranking, words),
      "shopCount": words.count(ranking["count"]),
      "views": Self.views(try JSONValue(parsing: try await ledger.views()), words),
    ]
    guard let last = total["days"]?["last"]?.string.flatMap({ Day(text: $0) }) else {
      return page(fields, total, words)
    }
    question.period = "day"
    question.from = last - Day(span - 1)
    question.to = last
    let recent = try JSONValue(parsing: try await ledger.shoppingModes(question, Freshness()))
    let days = recent["periods"]?.array ?? []
    fields["hasDays"] = true
    fields["lastDay"] = Timestamp.dayText(last)
    fields["spans"] = Self.spans.map { choice in
      [
        "name": words.say("spanDays", String(choice)),
        "link": visit.link(["days": String(choice)]),
        "isCurrent": choice == span,
      ] as Fields
    }
    fields["tiles"] = Self.tiles(days, total, currency, words)
    fields["charts"] = Self.charts(days, currency, words)
    fields["shares"] = ModesChart.shares(days, words)
    return page(fields, total, words)
  }

  private func page(_ fields: Fields, _ total: JSONValue, _ words: Words) -> Page {
    Page(
      template: "overview",
      title: words["sectionOverview"],
      section: .overview,
      position: total["position"]?.integer,
      fields: fields
    )
  }

  /// The latest day's figures, each against the day before and with what there is in all.
  private static func tiles(
    _ days: [JSONValue],
    _ total: JSONValue,
    _ currency: String,
    _ words: Words
  ) -> [Fields] {
    let latest = days.last?["all"]
    let before = days.count > 1 ? days[days.count - 2]["all"] : nil
    func tile(
      _ name: String,
      _ text: (JSONValue?) -> String,
      unit: String = "",
      isRatio: Bool = false
    ) -> Fields {
      let (old, new) = (before?[name]?.double, latest?[name]?.double)
      return [
        "key": name,
        "name": words[name],
        "figure": text(latest?[name]),
        "unit": shown(unit),
        "change": shown(
          isRatio ? words.points(from: old, to: new) : words.growth(from: old, to: new)
        ),
        "total": text(total["all"]?[name]),
      ]
    }
    return [
      tile("orders", words.count),
      tile("gross", { words.money($0, currency) }, unit: currency),
      tile("visitors", words.count),
      tile("buyers", words.count),
      tile("conversion", words.ratio, isRatio: true),
    ]
  }

  private static func charts(
    _ days: [JSONValue],
    _ currency: String,
    _ words: Words
  ) -> [Fields] {
    func chart(_ name: String, caption: String, _ text: (JSONValue?) -> String) -> Fields {
      let unit = name == "gross" ? minorUnits(of: currency) : 1
      return ColumnChart(
        caption: caption,
        columns: days.map { $0["start"]?.string ?? "" },
        columnsName: words["day"],
        series: [
          ColumnChart.Series(
            name: words[name],
            style: "plain",
            values: days.map { $0["all"]?[name]?.double ?? 0 },
            texts: days.map { text($0["all"]?[name]) }
          )
        ],
        tick: { words.compact($0 / unit) }
      ).fields
    }
    return [
      chart("orders", caption: words["ordersByDay"], words.count),
      chart("gross", caption: words.say("grossByDay", currency)) { words.money($0, currency) },
      chart("visitors", caption: words["visitorsByDay"], words.count),
    ]
  }

  private static func ranked(_ ranking: JSONValue, _ words: Words) -> [Fields] {
    let shops = ranking["shops"]?.array ?? []
    let greatest = shops.first?["gross"]?.double ?? 0
    return shops.enumerated().map { index, shop in
      let id = shop["shop"]?.string ?? ""
      return [
        "rank": index + 1,
        "shop": id,
        "name": shop["name"]?.string ?? id,
        "link": Link.shop(id),
        "orders": words.count(shop["orders"]),
        "gross": words.money(shop["gross"], shop["currency"]?.string ?? ""),
        "bar": Bar.svg((shop["gross"]?.double ?? 0) / max(greatest, 1)),
      ]
    }
  }

  /// Links to the same page in the other currencies that there are.
  static func currencies(_ answer: JSONValue, _ visit: Visit) -> [Fields] {
    (answer["otherCurrencies"]?.array ?? []).compactMap(\.string).map {
      ["name": $0, "link": visit.link(["currency": $0])]
    }
  }

  /// The views, as their health shows in a line each.
  static func views(_ answer: JSONValue, _ words: Words) -> [Fields] {
    (answer["views"]?.array ?? []).map { view in
      let state = view["state"]?.string ?? ""
      let lag = view["lag"]?["events"]?.integer ?? 0
      return [
        "name": view["view"]?.string ?? "",
        "state": words["state" + state.capitalizedFirst],
        "style": state == "stopped" ? "bad" : state == "live" && lag < 10_000 ? "good" : "warn",
        "position": words.count(view["position"]),
        "lag": words.count(view["lag"]?["events"]),
        "lagSeconds": Figure.duration(view["lag"]?["seconds"]?.double ?? 0),
      ]
    }
  }
}

/// How many minor units one of a currency has.
func minorUnits(of currency: String) -> Double {
  pow(10, Double(Figure.exponent(of: currency)))
}

extension Words {
  /// How much a figure grew, such as `+4.2%`; empty where nothing can be said.
  func growth(from before: Double?, to now: Double?) -> String {
    guard let before, let now, before != 0 else { return "" }
    return Figure.change(.number(String((now / before - 1) * 100))) + "%"
  }

  /// By how many percentage points a ratio changed, such as `+1.2 pt`.
  func points(from before: Double?, to now: Double?) -> String {
    guard let before, let now else { return "" }
    return Figure.change(.number(String((now - before) * 100))) + " " + self["points"]
  }
}
