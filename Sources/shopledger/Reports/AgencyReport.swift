import JSON

/// The agents of a brand, or one of them, as tables and trees.
enum AgencyReport {
  static func brand(_ answer: JSONValue, width: Int) -> [String] {
    var lines = [
      DashboardReport.heading("brand \(Figure.text(answer["brand"]))", answer), "",
    ]
    let threshold = answer["threshold"]
    var figures = Table([.text(""), .figure("")])
    figures.add(["agents ever", Figure.count(answer["agents"])])
    figures.add(["active", Figure.count(answer["active"])])
    figures.add(["roots", Figure.count(answer["roots"])])
    figures.add(["greatest level", Figure.count(answer["maxLevels"])])
    figures.add([
      "agents with \(Figure.count(threshold?["levels"])) levels and "
        + "\(Figure.count(threshold?["headcount"])) people or more",
      Figure.count(answer["agentsOverThreshold"]),
    ])
    lines += figures.lines(width: width)
    lines += DashboardReport.section(levels(answer["agentsByLevel"], "agents"), width)
    var largest = Table([
      .text("largest trees"), .figure("levels"), .figure("people"), .figure("direct recruits"),
    ])
    for tree in answer["largest"]?.array ?? [] {
      largest.add(
        [Figure.text(tree["agent"])]
          + ["levels", "headcount", "directRecruits"].map { Figure.count(tree[$0]) }
      )
    }
    return lines + DashboardReport.section(largest, width)
  }

  static func agent(_ answer: JSONValue, width: Int) -> [String] {
    let agent = Figure.text(answer["agent"])
    var lines = [
      DashboardReport.heading("\(agent) of brand \(Figure.text(answer["brand"]))", answer), "",
    ]
    lines += chain(answer["chain"], to: agent).map { $0.truncated(toWidth: width) }
    lines.append("")
    let peak = answer["peak"]
    var figures = Table([.text(""), .figure(""), .text("")])
    figures.add(["level from the root", Figure.count(answer["level"]), ""])
    figures.add([
      "levels, own counted", Figure.count(answer["levels"]),
      "at most \(Figure.count(peak?["levels"])), at event \(Figure.count(peak?["levelsAt"]))",
    ])
    figures.add([
      "people, self counted", Figure.count(answer["headcount"]),
      "at most \(Figure.count(peak?["headcount"])), at event "
        + Figure.count(peak?["headcountAt"]),
    ])
    figures.add(["direct recruits", Figure.count(answer["directRecruits"]), ""])
    figures.add(["entry fees below, minor units", Figure.count(answer["entryFees"]), ""])
    lines += figures.lines(width: width)
    let left = answer["leftAt"].map { ", left " + Figure.text($0) } ?? ""
    lines += ["", "joined \(Figure.text(answer["joinedAt"]))\(left)"]
    return lines + DashboardReport.section(levels(answer["membersByLevel"], "people"), width)
  }

  /// The sponsors from the root down to the agent, each further in than the one above.
  static func chain(_ chain: JSONValue?, to agent: String) -> [String] {
    var names = (chain?.array ?? []).map { Figure.text($0.members == nil ? $0 : $0["agent"]) }
    // Told from the root down, whichever end the chain starts at.
    if names.first == agent { names.reverse() }
    if names.last != agent { names.append(agent) }
    return names.enumerated().map { depth, name in
      depth == 0 ? name : String(repeating: "   ", count: depth - 1) + "└─ " + name
    }
  }

  /// Small bars, the fullest level the longest.
  private static func levels(_ levels: JSONValue?, _ unit: String) -> Table {
    var table = Table([.figure("level"), .figure(unit), .text("")])
    let members = (levels?.members ?? []).sorted {
      (Int($0.name) ?? 0) < (Int($1.name) ?? 0)
    }
    let most = members.reduce(0) { max($0, $1.value.double ?? 0) }
    for level in members {
      let part = most > 0 ? (level.value.double ?? 0) / most : 0
      table.add([level.name, Figure.count(level.value), Figure.bar(part, width: 24)])
    }
    return table
  }
}
