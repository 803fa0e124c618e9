import JSON

/// Everything that a report about a brand's agency says, gathered from the server as of one event.
struct AgencyAudit {
  /// An agent as the brand's events leave them.
  struct Agent {
    var name: String
    /// Nil for a root, and for one who left.
    var sponsor: String?
    var joinedAt: String
    var leftAt: String?
    /// Paid by the agent, every time added up, in minor units.
    var entryFees: Int64 = 0
    /// From the root, which is 1; 0 for one who left.
    var level: Int64 = 0
    var levels: Int64 = 0
    var headcount: Int64 = 0
    /// Asked of the server, for those over both thresholds.
    var peak: JSONValue?
  }

  /// A person's trees of every brand together.
  struct Summed {
    var agent: String
    var brands: [String]
    var levels: Int64
    var headcount: Int64
  }

  var brand: JSONValue
  var summary: JSONValue
  /// By name, in order.
  var agents: [Agent] = []
  /// How many events the agents were reckoned from.
  var agencyEvents = 0
  var modes: JSONValue
  var status: JSONValue
  /// The signed checkpoint as the server gave it; nil when it signs none.
  var checkpoint: String?
  var summed: [Summed] = []

  var position: String { Figure.text(summary["position"]) }
  var active: [Agent] { agents.filter { $0.leftAt == nil } }
  var former: [Agent] { agents.filter { $0.leftAt != nil } }

  /// Those over both thresholds, the largest trees first.
  var marked: [Agent] {
    active.filter { $0.levels >= threshold.levels && $0.headcount >= threshold.headcount }
      .sorted { ($1.headcount, $0.name) < ($0.headcount, $1.name) }
  }

  var threshold: (levels: Int64, headcount: Int64) {
    (
      summary["threshold"]?["levels"]?.integer ?? 0,
      summary["threshold"]?["headcount"]?.integer ?? 0
    )
  }

  /// The hierarchy with the brand's owner above every root: one level more, and one person unless
  /// the owner is an agent.
  var withOwner: (levels: Int64, headcount: Int64) {
    let owner = brand["owner"]?.string
    let isAgent = active.contains { $0.name == owner }
    let levels = (summary["maxLevels"]?.integer ?? 0) + 1
    return (levels, Int64(active.count) + (isAgent ? 0 : 1))
  }

  /// Asks everything as of one event: the one that the first answer is of, unless one is named.
  init(of brand: String, asOf: String?, _ client: LedgerClient) async throws {
    let summary = try await client.get(["agency", brand], [("asOf", asOf)]).checked().parsed()
    let position = String(summary["position"]?.integer ?? 0)
    let past: [URLQuery.Item] = [("asOf", position)]
    self.summary = summary
    modes = try await client.get(["shopping-modes"], [("brand", brand)] + past).checked().parsed()
    status = try await client.get(["status"]).checked().parsed()
    let registered = try await client.get(
      ["events"],
      [("brand", brand), ("type", "BrandRegistered"), ("limit", "1")]
    )
    self.brand = try registered.checked().parsed()["events"]?[0]?["data"] ?? .object([])
    let note = try await client.get(["tlog", "checkpoint"])
    if note.failureStatus == nil { checkpoint = String(decoding: note.body, as: UTF8.self) }
    agents = try await reckonAgents(brand, through: summary["position"]?.integer ?? 0, client)
    try compare()
    for index in agents.indices where marked.contains(where: { $0.name == agents[index].name }) {
      let path = ["agency", brand, "agents", agents[index].name]
      agents[index].peak = try await client.get(path, past).checked().parsed()["peak"]
    }
    for agent in marked { summed.append(try await Self.sum(agent, brand, past, client)) }
  }

  /// Folds the brand's events anew, by plain rules: who is whose sponsor, and who has left.
  private mutating func reckonAgents(
    _ brand: String,
    through position: Int64,
    _ client: LedgerClient
  ) async throws -> [Agent] {
    var events: [JSONValue] = []
    for type in ["AgentSignedUp", "AgentReparented", "AgentLeft"] {
      var after: Int64? = 0
      while let from = after, from < position {
        let page = try await client.get(
          ["events"],
          [("brand", brand), ("type", type), ("after", String(from)), ("limit", "1000")]
        ).checked().parsed()
        events += (page["events"]?.array ?? []).filter { $0["position"]?.integer ?? 0 <= position }
        after = page["next"]?.integer
      }
    }
    events.sort { ($0["position"]?.integer ?? 0) < ($1["position"]?.integer ?? 0) }
    agencyEvents = events.count
    var agents: [String: Agent] = [:]
    for event in events {
      let data = event["data"]
      let (name, time) = (Figure.text(data?["agent"]), Figure.text(event["occurredAt"]))
      var agent = agents[name] ?? Agent(name: name, joinedAt: time)
      switch event["type"]?.string {
      case "AgentSignedUp":
        agent.sponsor = data?["sponsor"]?.string
        (agent.joinedAt, agent.leftAt) = (time, nil)
        agent.entryFees += data?["entryFee"]?.integer ?? 0
      case "AgentReparented": agent.sponsor = data?["to"]?.string
      default: (agent.sponsor, agent.leftAt) = (nil, time)
      }
      agents[name] = agent
    }
    return Self.counted(agents)
  }

  /// Adds what the sponsors amount to: each active agent counts in the tree of everybody above.
  private static func counted(_ agents: [String: Agent]) -> [Agent] {
    var agents = agents
    for (name, agent) in agents where agent.leftAt == nil {
      var above: String? = name
      var distance: Int64 = 0
      while let person = above, let found = agents[person] {
        distance += 1
        agents[person]?.headcount = found.headcount + 1
        agents[person]?.levels = max(found.levels, distance)
        above = found.sponsor
      }
      agents[name]?.level = distance
    }
    return agents.values.sorted { $0.name < $1.name }
  }

  /// - Throws: a `Failure` when the server's view says otherwise than the events.
  private func compare() throws {
    let reckoned = [
      ("agents", agents.count), ("active", active.count),
      ("maxLevels", Int(active.map(\.level).max() ?? 0)), ("agentsOverThreshold", marked.count),
    ]
    for (figure, count) in reckoned where summary[figure]?.integer != Int64(count) {
      throw Failure(
        .refused,
        "the brand's \(agencyEvents) events give \(count) for \(figure), and the view says "
          + "\(Figure.text(summary[figure])); run shopledger rebuild agency, and then verify"
      )
    }
  }

  private static func sum(
    _ agent: Agent,
    _ brand: String,
    _ past: [URLQuery.Item],
    _ client: LedgerClient
  ) async throws -> Summed {
    var sum = Summed(
      agent: agent.name,
      brands: [brand],
      levels: agent.levels,
      headcount: agent.headcount
    )
    let person = try await client.get(["people", agent.name], past).checked().parsed()
    for agency in person["agencies"]?.array ?? [] where agency["active"]?.bool == true {
      guard let other = agency["brand"]?.string, other != brand else { continue }
      let tree = try await client.get(["agency", other, "agents", agent.name], past)
      let answer = try tree.checked().parsed()
      sum.brands.append(other)
      sum.levels = max(sum.levels, answer["levels"]?.integer ?? 0)
      // The person is one, however many trees there are.
      sum.headcount += (answer["headcount"]?.integer ?? 1) - 1
    }
    return sum
  }

  // MARK: As JSON

  var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("report", "agency")
      json.member("position", json: summary["position"])
      json.member("program", "shopledger " + Figure.text(status["version"]))
      json.member("rootHash", json: status["log"]?["rootHash"])
      json.member("checkpoint", ifPresent: checkpoint)
      json.member("brand", json: brand)
      json.member("summary", json: summary)
      json.object("withOwnerAsLevel1") { json in
        json.member("levels", withOwner.levels)
        json.member("headcount", withOwner.headcount)
      }
      json.array("overThreshold") { json in
        for sum in summed {
          json.object { json in
            json.member("agent", sum.agent)
            json.object("overAllBrands") { json in
              json.array("brands") { json in for brand in sum.brands { json.value(brand) } }
              json.member("levels", sum.levels)
              json.member("headcount", sum.headcount)
            }
          }
        }
      }
      json.member("agencyEvents", agencyEvents)
      json.array("agents") { json in for agent in agents { Self.write(agent, to: &json) } }
      json.member("shoppingModes", json: modes)
    }
    return json.bytes + [0x0A]
  }

  private static func write(_ agent: Agent, to json: inout JSONWriter) {
    json.object { json in
      json.member("agent", agent.name)
      json.member("sponsor", ifPresent: agent.sponsor)
      json.member("level", agent.level)
      json.member("levels", agent.levels)
      json.member("headcount", agent.headcount)
      json.member("entryFees", agent.entryFees)
      json.member("joinedAt", agent.joinedAt)
      json.member("leftAt", ifPresent: agent.leftAt)
      if let peak = agent.peak { json.member("peak", json: peak) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, json value: JSONValue?) {
    var inner = JSONWriter()
    inner.value(value ?? .null)
    member(name, json: inner.bytes)
  }

  fileprivate mutating func value(_ value: JSONValue) {
    switch value {
    case .object(let members):
      object { json in for member in members { json.member(member.name, json: member.value) } }
    case .array(let elements):
      array { json in for element in elements { json.value(element) } }
    case .string(let text): self.value(text)
    case .integer(let number): self.value(number)
    case .number(let text): self.value(Double(text))
    case .bool(let flag): self.value(flag)
    case .null: self.value(Double?.none)
    }
  }
}
