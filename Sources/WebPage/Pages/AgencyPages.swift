internal import JSON
internal import Ledger

/// The brands, and one brand's hierarchy as a whole.
extension WebPage {
  func brands(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let answer = try JSONValue(
      parsing: try await ledger.brands(cursor: visit["cursor"], limit: 100, Freshness())
    )
    return Page(
      template: "brands",
      title: words["sectionBrands"],
      section: .brands,
      position: answer["position"]?.integer,
      fields: [
        "brands": (answer["brands"]?.array ?? []).map { brand in
          let id = brand["brand"]?.string ?? ""
          return [
            "brand": id,
            "name": brand["name"]?.string ?? id,
            "link": Link.brand(id),
            "agents": words.count(brand["agents"]),
            "active": words.count(brand["active"]),
            "levelLimit": words.count(brand["levelLimit"]),
            "currency": brand["currency"]?.string ?? "",
            "timeZone": brand["timeZone"]?.string ?? "",
          ] as Fields
        },
        "next": shown(answer["next"]?.string.map { visit.link(["cursor": $0]) }),
      ]
    )
  }

  func brand(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let id = try visit.part("brand")
    let answer = try JSONValue(
      parsing: try await ledger.agency(of: id, limit: 20, Freshness())
    )
    let over = try JSONValue(
      parsing: try await ledger.agents(
        of: id,
        overThreshold: true,
        cursor: visit["cursor"],
        limit: 25,
        Freshness()
      )
    )
    let threshold = Threshold(answer["threshold"])
    let registered = try await registration(of: id)
    let name = registered["name"]?.string ?? id
    return Page(
      template: "brand",
      title: name,
      section: .brands,
      position: answer["position"]?.integer,
      fields: [
        "id": id,
        "name": name,
        "path": Link.brand(id),
        "levelLimit": words.count(registered["levelLimit"]),
        "currency": registered["currency"]?.string ?? "",
        "timeZone": registered["timeZone"]?.string ?? "",
        "owner": registered["owner"]?.string ?? "",
        "logLink": Link.log(["brand": id]),
        "threshold": threshold.said(words),
        "tiles": ["agents", "active", "roots", "maxLevels", "agentsOverThreshold"].map { key in
          ["key": key, "name": words[key], "figure": words.count(answer[key])] as Fields
        },
        "levels": Self.levels(answer["agentsByLevel"], threshold, words),
        "largest": Self.agents(answer["largest"]?.array ?? [], of: id, threshold, visit),
        "over": Self.agents(over["agents"]?.array ?? [], of: id, threshold, visit),
        "overNext": shown(over["next"]?.string.map { visit.link(["cursor": $0]) + "#over" }),
      ]
    )
  }

  /// What the brand was registered with: the first event about it.
  func registration(of brand: String) async throws -> JSONValue {
    var filter = EventFilter()
    filter.brand = brand
    filter.type = "BrandRegistered"
    filter.limit = 1
    let found = try JSONValue(parsing: try await ledger.events(filter))
    return found["events"]?[0]?["data"] ?? .null
  }

  /// How many people stand on each level, with a mark where the threshold begins.
  static func levels(_ counts: JSONValue?, _ threshold: Threshold, _ words: Words) -> [Fields] {
    let levels = counts?.members ?? []
    let greatest = levels.compactMap { $0.value.double }.max() ?? 0
    return levels.map { level in
      [
        "level": level.name,
        "count": words.count(level.value),
        "bar": Bar.svg((level.value.double ?? 0) / max(greatest, 1)),
        "isThreshold": level.name == String(threshold.levels),
        "thresholdName": words["levelThreshold"],
      ]
    }
  }

  /// Rows of agents, each marked where its tree reaches both thresholds.
  static func agents(
    _ agents: [JSONValue],
    of brand: String,
    _ threshold: Threshold,
    _ visit: Visit
  ) -> [Fields] {
    let words = visit.words
    let greatest = agents.compactMap { $0["headcount"]?.double }.max() ?? 0
    return agents.map { agent in
      let name = agent["agent"]?.string ?? ""
      let recruits = agent["directRecruits"]?.integer ?? 0
      let isOver = threshold.isReached(by: agent)
      return [
        "agent": name,
        "link": visit.sameTime(Link.agent(name, of: brand)),
        "recruitsLink": shown(
          recruits > 0 ? visit.sameTime(Link.agent(name, of: brand) + "/recruits") : nil
        ),
        "levels": words.count(agent["levels"]),
        "headcount": words.count(agent["headcount"]),
        "directRecruits": words.count(recruits),
        "isOver": isOver,
        "overName": words["reachesBoth"],
        "bar": Bar.svg(
          (agent["headcount"]?.double ?? 0) / max(greatest, 1),
          isOver ? "over" : "plain"
        ),
      ]
    }
  }

  /// From where on a hierarchy is pointed out; a policy on record, never a judgement.
  struct Threshold {
    var levels: Int64
    var headcount: Int64

    init(_ answer: JSONValue?) {
      levels = answer?["levels"]?.integer ?? 0
      headcount = answer?["headcount"]?.integer ?? 0
    }

    func isReached(by agent: JSONValue) -> Bool {
      (agent["levels"]?.integer ?? 0) >= levels && (agent["headcount"]?.integer ?? 0) >= headcount
    }

    func said(_ words: Words) -> String {
      words.say("thresholds", words.count(levels), words.count(headcount))
    }
  }
}
