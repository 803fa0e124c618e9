package import JSON
package import Marketplace

/// A brand's agency in all: how many, how deep, and the largest trees.
package struct AgencyAnswer: Hashable, Sendable {
  package var brand: String
  package var position: Position
  /// Everybody who ever was an agent, counted once.
  package var agents: UInt64
  package var active: UInt64
  package var roots: UInt64
  /// Active agents by level from the root, the roots at 0.
  package var agentsByLevel: [UInt64]
  package var agentsOverThreshold: UInt64
  package var threshold: AgencyThreshold
  package var largest: [AgentSummary]
}

extension AgencyAnswer {
  /// Nil when the view knows no such brand.
  ///
  /// Reads the sets of agents of each size over the threshold, and the roots until the `limit`
  /// largest are known: those who share the last place are told apart by name.
  package init?(
    of brand: Position,
    at position: Position,
    limit: Int = 5,
    rows: some RowReader,
    log: some LogReader
  ) throws {
    guard let row = try BrandRow(of: brand, in: rows) else { return nil }
    self.brand = try log.brand(at: brand).brand
    self.position = position
    agents = row.agents
    active = row.active
    roots = row.roots
    agentsByLevel = row.agentsByLevel
    let threshold = try AgencyThreshold(in: rows)
    var over: UInt64 = 0
    try AgencySize.visit(of: brand, over: threshold, rows) { _, _, agents in
      over += UInt64(agents.count)
      return true
    }
    agentsOverThreshold = over
    self.threshold = threshold
    largest = try Self.largest(limit, of: brand, rows, log)
  }

  private static func largest(
    _ limit: Int,
    of brand: Position,
    _ rows: some RowReader,
    _ log: some LogReader
  ) throws -> [AgentSummary] {
    precondition(limit > 0, "a list of the largest has a place")
    var found: [(headcount: UInt64, name: String, person: Person)] = []
    let all = AgencyKey.roots(of: brand, headcount: .max)...AgencyKey.roots(of: brand, headcount: 0)
    try PersonSet.scanContainers(all, rows) { key, number, roots in
      let headcount = ~key.number
      if found.count == limit, let last = found.last, last.headcount > headcount { return false }
      for person in roots.people(inContainer: number) {
        let name = try log.name(of: person)
        let index = found.firstIndex { $0.headcount == headcount && name < $0.name } ?? found.count
        found.insert((headcount, name, person), at: index)
        if found.count > limit { found.removeLast() }
      }
      return true
    }
    var agents = StoredAgents(rows: rows)
    return try found.map { try AgentSummary($0.person, named: $0.name, of: brand, &agents) }
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("brand", brand)
      json.member("position", position)
      json.member("agents", agents)
      json.member("active", active)
      json.member("roots", roots)
      json.member("maxLevels", agentsByLevel.count)
      json.object("agentsByLevel") { json in
        for (level, count) in agentsByLevel.enumerated() { json.member("\(level + 1)", count) }
      }
      json.member("agentsOverThreshold", agentsOverThreshold)
      json.object("threshold") { json in
        json.member("levels", threshold.levels)
        json.member("headcount", threshold.headcount)
      }
      json.array("largest") { json in
        for agent in largest { agent.write(to: &json) }
      }
    }
  }
}

/// An agent in a list: the size of the tree, 0 for one who left.
package struct AgentSummary: Hashable, Sendable {
  package var agent: String
  package var levels: UInt32
  package var headcount: UInt64
  package var directRecruits: UInt32

  init(_ name: String, _ node: AgentNode) {
    agent = name
    levels = node.levels
    headcount = node.headcount
    directRecruits = node.directRecruits
  }

  init(
    _ person: Person,
    named name: String,
    of brand: Position,
    _ agents: inout StoredAgents<some RowReader>
  ) throws {
    guard let node = try agents.agent(person, of: brand) else {
      preconditionFailure("an entry of person \(person.number) without the agent")
    }
    self.init(name, node)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("agent", agent)
      json.member("levels", levels)
      json.member("headcount", headcount)
      json.member("directRecruits", directRecruits)
    }
  }
}

extension AgencySize {
  /// Visits the agents whose trees reach both thresholds, most levels first, then most people, from
  /// those of `first` on, a container of people at a time, until `body` says false.
  ///
  /// Those of one number of levels lead with the large trees, so it leaps once a level.
  static func visit(
    of brand: Position,
    from first: AgencySize? = nil,
    over threshold: AgencyThreshold,
    _ rows: some RowReader,
    _ body: (AgencySize, _ container: UInt32, PersonContainer) throws -> Bool
  ) throws {
    let last = SetKey(kind: AgencyKey.size.rawValue, scope: brand, number: .max)
    var start = first?.number ?? .max
    var isDone = false
    while !isDone {
      isDone = true
      let keys = SetKey(kind: AgencyKey.size.rawValue, scope: brand, number: ~start)...last
      try PersonSet.scanContainers(keys, rows) { key, container, agents in
        let size = AgencySize(number: ~key.number)
        guard size.levels >= threshold.levels else { return false }
        guard size.headcount >= threshold.headcount else {
          start = UInt64(size.levels) << 56 - 1
          isDone = false
          return false
        }
        return try body(size, container, agents)
      }
    }
  }
}

extension LogReader {
  /// - Throws: `FoldError` when another event stands there, which contradicts the rows.
  func brand(at position: Position) throws -> BrandRegistered {
    guard case .brandRegistered(let brand) = try record(at: position).event else {
      throw FoldError(position: position, detail: "no brand was registered here")
    }
    return brand
  }
}
