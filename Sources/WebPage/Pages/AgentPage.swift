internal import JSON
internal import Ledger

/// One agent: the chain up to the root, and the tree below, unfolded as far as one likes.
extension WebPage {
  /// How many recruits are shown at once, of however many there are.
  private static let recruitsShown = 50

  func agent(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let (brand, id) = (try visit.part("brand"), try visit.part("agent"))
    let when = try visit.freshness()
    let answer = try JSONValue(parsing: try await ledger.agent(id, of: brand, when))
    let threshold = try await threshold(of: brand, when)
    let head = try JSONValue(parsing: try await ledger.status())["position"]?.integer ?? 0
    let registered = try await registration(of: brand)
    let currency = registered["currency"]?.string ?? ""
    let peak = answer["peak"]
    let chain = (answer["chain"]?.array ?? []).compactMap(\.string)
    var fields: Fields = [
      "id": id,
      "brand": brand,
      "brandName": registered["name"]?.string ?? brand,
      "brandLink": Link.brand(brand),
      "joinedAt": words.time(answer["joinedAt"]?.string),
      "leftAt": shown(answer["leftAt"]?.string.map { words.time($0) }),
      "isOver": threshold.isReached(by: answer),
      "threshold": threshold.said(words),
      "path": Link.agent(id, of: brand),
      "head": head,
      "asOf": answer["position"]?.integer ?? head,
      "past": shown(visit["asOf"] == nil ? nil : words.time(answer["asOf"]?["recordedAt"]?.string)),
      "logLink": Link.log(["agent": id]),
      "chain": chain.reversed().map { sponsor in
        ["agent": sponsor, "link": visit.sameTime(Link.agent(sponsor, of: brand))] as Fields
      },
      "facts": [
        ["level", words.count(answer["level"])], ["levels", words.count(answer["levels"])],
        ["headcount", words.count(answer["headcount"])],
        ["directRecruits", words.count(answer["directRecruits"])],
        ["entryFees", words.money(answer["entryFees"], currency), currency],
      ].map { fact in
        [
          "key": fact[0], "name": words[fact[0]], "figure": fact[1],
          "unit": shown(fact.count > 2 ? fact[2] : nil),
        ] as Fields
      },
      "peaks": [("levels", "levelsAt"), ("headcount", "headcountAt")].map { key, at in
        [
          "key": "peak" + key.capitalizedFirst,
          "name": words["peak" + key.capitalizedFirst],
          "figure": words.count(peak?[key]),
          "position": words.count(peak?[at]),
          "link": Link.event(peak?[at]?.integer ?? 0),
        ] as Fields
      },
      "levelRows": Self.levels(answer["membersByLevel"], threshold, words),
    ]
    fields.merge(try await recruits(of: id, in: brand, threshold, visit)) { mine, _ in mine }
    return Page(
      template: "agent",
      title: id + " · " + brand,
      section: .brands,
      position: answer["position"]?.integer,
      fields: fields
    )
  }

  /// The recruits of an agent alone, for a tree that is unfolded where it stands.
  func recruits(_ visit: Visit) async throws -> Page {
    let (brand, id) = (try visit.part("brand"), try visit.part("agent"))
    var page = Page(template: "recruits", title: id, fields: [:])
    page.isFragment = true
    page.fields = try await recruits(
      of: id,
      in: brand,
      try await threshold(of: brand, try visit.freshness()),
      visit
    )
    return page
  }

  private func recruits(
    of agent: String,
    in brand: String,
    _ threshold: Threshold,
    _ visit: Visit
  ) async throws -> Fields {
    let answer = try JSONValue(
      parsing: try await ledger.recruits(
        of: agent,
        in: brand,
        cursor: visit["cursor"],
        limit: Self.recruitsShown,
        try visit.freshness()
      )
    )
    let path = Link.agent(agent, of: brand)
    let next = answer["next"]?.string
    return [
      "recruits": Self.agents(answer["recruits"]?.array ?? [], of: brand, threshold, visit),
      "more": shown(next.map { visit.sameTime(path, [("cursor", $0)]) }),
      "moreFragment": shown(next.map { visit.sameTime(path + "/recruits", [("cursor", $0)]) }),
    ]
  }

  private func threshold(of brand: String, _ when: Freshness) async throws -> Threshold {
    let agency = try await ledger.agency(of: brand, limit: 1, when)
    return Threshold(try JSONValue(parsing: agency)["threshold"])
  }
}
