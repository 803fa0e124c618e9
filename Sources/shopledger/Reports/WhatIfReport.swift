import JSON

/// What another policy would have given, beside what was recorded.
enum WhatIfReport {
  static func lines(_ answer: JSONValue, width: Int) -> [String] {
    var lines = [
      DashboardReport.heading("what if " + policy(answer), answer) + " · nothing is changed",
      "",
      "\(Figure.count(answer["orders"])) orders decided anew, "
        + "\(Figure.count(answer["ordersChanged"])) of them otherwise",
    ]
    for modes in answer["modes"]?.array ?? [] {
      lines += DashboardReport.section(table(modes), width)
    }
    lines += DashboardReport.section(shops(answer["shops"]), width)
    lines += more(answer["shopsChanged"], answer["shops"], "shops")
    lines += DashboardReport.section(sharers(answer["sharers"]), width)
    lines += more(answer["sharersChanged"], answer["sharers"], "sharers")
    let marked = answer["agentsOverThreshold"]
    lines += [
      "",
      "agents over both thresholds: \(Figure.count(marked?["recorded"])), and under the other policy "
        + Figure.count(marked?["instead"]),
    ]
    lines += DashboardReport.section(agents(answer["agents"]), width)
    return lines + more(answer["agentsChanged"], answer["agents"], "agents")
  }

  /// The fields that differ from those in force, such as `thresholdLevels were 2, not 3`.
  private static func policy(_ answer: JSONValue) -> String {
    let changed = (answer["instead"]?.members ?? []).filter {
      answer["policy"]?[$0.name] != $0.value
    }
    guard !changed.isEmpty else { return "the policy were as it is" }
    return changed.map { field in
      "\(field.name) were \(Figure.text(field.value)), not "
        + Figure.text(answer["policy"]?[field.name])
    }
    .joined(separator: ", ")
  }

  private static func table(_ modes: JSONValue) -> Table {
    let currency = modes["currency"]?.string ?? ""
    var table = Table([
      .text("mode, \(currency)"), .figure("orders"), .figure("instead"), .figure("change"),
      .figure("gross"), .figure("instead"), .figure("change"),
    ])
    for mode in ["stroll", "share", "search", "unknown"] {
      let (recorded, instead) = (modes["recorded"]?[mode], modes["instead"]?[mode])
      table.add([
        mode, Figure.count(recorded?["orders"]), Figure.count(instead?["orders"]),
        difference(recorded?["orders"], instead?["orders"]) { Figure.count($0) },
        Figure.money(recorded?["gross"], currency), Figure.money(instead?["gross"], currency),
        difference(recorded?["gross"], instead?["gross"]) { Figure.money($0, currency) },
      ])
    }
    let (recorded, instead) = (
      modes["recorded"]?["impulseOrders"], modes["instead"]?["impulseOrders"]
    )
    table.add([
      "impulse, of stroll", Figure.count(recorded), Figure.count(instead),
      difference(recorded, instead) { Figure.count($0) }, "", "", "",
    ])
    return table
  }

  private static func shops(_ shops: JSONValue?) -> Table {
    var table = Table(
      [.text("shop"), .figure("orders that differ")]
        + ["stroll", "share", "search", "unknown", "impulse"].map { .figure("±" + $0) }
    )
    for shop in shops?.array ?? [] {
      let (recorded, instead) = (shop["recorded"], shop["instead"])
      table.add(
        [Figure.text(shop["shop"]), Figure.count(shop["ordersChanged"])]
          + ["stroll", "share", "search", "unknown"].map { mode in
            difference(recorded?[mode]?["orders"], instead?[mode]?["orders"]) { Figure.count($0) }
          } + [
            difference(recorded?["impulseOrders"], instead?["impulseOrders"]) { Figure.count($0) }
          ]
      )
    }
    return table
  }

  private static func sharers(_ sharers: JSONValue?) -> Table {
    var table = Table([.text("sharer"), .figure("±orders credited"), .figure("±gross credited")])
    for sharer in sharers?.array ?? [] {
      let currency = sharer["currency"]?.string ?? ""
      table.add([
        Figure.text(sharer["person"]),
        difference(.integer(0), sharer["orders"]) { Figure.count($0) },
        difference(.integer(0), sharer["gross"]) { Figure.money($0, currency) } + " " + currency,
      ])
    }
    return table
  }

  private static func agents(_ agents: JSONValue?) -> Table {
    var table = Table([
      .text("agent"), .text("brand"), .figure("levels"), .figure("people"), .text("would be"),
    ])
    for agent in agents?.array ?? [] {
      table.add([
        Figure.text(agent["agent"]), Figure.text(agent["brand"]), Figure.count(agent["levels"]),
        Figure.count(agent["headcount"]),
        agent["overThreshold"]?.bool == true ? "over both" : "over both no more",
      ])
    }
    return table
  }

  private static func more(_ count: JSONValue?, _ shown: JSONValue?, _ noun: String) -> [String] {
    let left = (count?.integer ?? 0) - Int64(shown?.array?.count ?? 0)
    return left > 0 ? ["and \(Figure.count(left)) \(noun) more; see them with --limit"] : []
  }

  /// With its sign; `–` for sums too wide to be subtracted here.
  private static func difference(
    _ recorded: JSONValue?,
    _ instead: JSONValue?,
    _ text: (JSONValue) -> String
  ) -> String {
    guard let recorded = recorded?.integer, let instead = instead?.integer else {
      return Figure.none
    }
    let (change, overflow) = instead.subtractingReportingOverflow(recorded)
    guard !overflow else { return Figure.none }
    return (change > 0 ? "+" : "") + text(.integer(change))
  }
}
