package import Marketplace

/// The agency hierarchy of every brand: who recruited whom, how deep and how many.
///
/// An event changes the nodes along one chain of sponsors, in memory. What orders agents by size is
/// brought up to date at the flush, once for each agent of the batch, from how the agent stood
/// before it and stands after it.
package struct AgencyProjector: Projector {
  package static let name = "agency"
  package static let version: UInt32 = 1

  private var threshold: AgencyThreshold?
  private var brands: [Position: BrandRow] = [:]
  private var agents: [AgentKey: BatchAgent] = [:]

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    do {
      switch try record.event() {
      case .brandRegistered: brands[record.position] = BrandRow()
      case .policyAdopted(let event): threshold = AgencyThreshold(try event.whole.policy)
      case .agentSignedUp(let event): try fold(event.whole, at: record.position, rows)
      case .agentReparented(let event): try fold(event.whole, at: record.position, rows)
      case .agentLeft(let event): try fold(event.whole, at: record.position, rows)
      default: break
      }
    } catch let error as ForestError {
      throw FoldError(position: record.position, detail: error.detail)
    }
  }

  private mutating func fold(
    _ event: AgentSignedUp,
    at position: Position,
    _ rows: some RowReader
  ) throws {
    try change(event.brand, at: position, rows) { brand, agents in
      let isNew = try agents.agent(event.agent, of: event.brand.position) == nil
      try Forest.apply(event, at: position, to: &agents)
      brand.agents += isNew ? 1 : 0
      brand.active += 1
      brand.roots += event.sponsor == nil ? 1 : 0
      brand.add([1], at: event.level)
    }
  }

  private mutating func fold(
    _ event: AgentReparented,
    at position: Position,
    _ rows: some RowReader
  ) throws {
    try change(event.brand, at: position, rows) { brand, agents in
      // The sponsor who has left no longer leads to the root, but stood exactly between.
      let levelBefore =
        switch event.cause {
        case .requested: try Forest.level(of: event.agent, in: event.brand.position, &agents)
        case .sponsorLeft: event.level + 1
        }
      try Forest.apply(event, at: position, to: &agents)
      let moved = try agents.agent(event.agent, of: event.brand.position)?.members ?? []
      brand.subtract(moved, at: levelBefore)
      brand.add(moved, at: event.level)
      brand.roots -= event.from == nil ? 1 : 0
      brand.roots += event.to == nil ? 1 : 0
    }
  }

  private mutating func fold(
    _ event: AgentLeft,
    at position: Position,
    _ rows: some RowReader
  ) throws {
    try change(event.brand, at: position, rows) { brand, agents in
      let level = try Forest.level(of: event.agent, in: event.brand.position, &agents)
      try Forest.apply(event, at: position, to: &agents)
      brand.active -= 1
      brand.roots -= event.sponsor == nil ? 1 : 0
      brand.subtract([1], at: level)
    }
  }

  /// Lends the brand's totals and the batch's agents to `body`, without a copy of either.
  private mutating func change<Rows: RowReader>(
    _ brand: Reference,
    at position: Position,
    _ rows: Rows,
    _ body: (inout BrandRow, inout BatchAgents<Rows>) throws -> Void
  ) throws {
    let known = brands.removeValue(forKey: brand.position)
    guard var row = try known ?? BrandRow(of: brand.position, in: rows) else {
      throw FoldError(position: position, detail: "no brand stands at position \(brand.position)")
    }
    var lent = BatchAgents(agents: agents, rows: rows)
    agents = [:]
    defer {
      agents = lent.agents
      brands[brand.position] = row
    }
    try body(&row, &lent)
  }
}

// MARK: Flush

extension AgencyProjector {
  package mutating func flush(into rows: inout some RowWriter) throws {
    var changes: [(key: [UInt8], value: [UInt8]?)] = []
    var sizeCounts: [[UInt8]: Int64] = [:]
    if let threshold { changes.append((AgencyKey.policyRow, threshold.row)) }
    for (brand, row) in brands { changes.append((AgencyKey.brandRow(brand), row.row)) }
    for (key, agent) in agents {
      changes.append((AgencyKey.agentRow(key), agent.node.row))
      let after = AgentPlace(agent.node)
      guard agent.before != after else { continue }
      let old = agent.before?.entries(of: key) ?? []
      let new = after?.entries(of: key) ?? []
      for entry in old where !new.contains(entry) { changes.append((entry.key, nil)) }
      for entry in new where !old.contains(entry) { changes.append((entry.key, entry.value)) }
      if let before = agent.before { sizeCounts[before.sizeCountRow(key.brand), default: 0] -= 1 }
      if let after { sizeCounts[after.sizeCountRow(key.brand), default: 0] += 1 }
    }
    for (key, change) in sizeCounts where change != 0 {
      let before = try rows.row(key).map { row in
        var reader = ByteReader(row)
        return reader.get(Int64.self)
      }
      let after = (before ?? 0) + change
      precondition(after >= 0, "fewer than no agents of a size")
      var writer = ByteWriter(capacity: 8)
      writer.put(after)
      changes.append((key, after == 0 ? nil : writer.bytes))
    }
    changes.sort { $0.key.lexicographicallyPrecedes($1.key) }
    for change in changes {
      if let value = change.value {
        try rows.put(change.key, value)
      } else {
        try rows.remove(change.key)
      }
    }
    self = AgencyProjector()
  }
}

/// An agent whom the batch has touched.
private struct BatchAgent: Sendable {
  /// As the rows have it; nil for one who was no agent when the batch began.
  let before: AgentPlace?
  var node: AgentNode
}

/// The batch's agents over the rows that it began with.
private struct BatchAgents<Rows: RowReader>: AgentRows {
  var agents: [AgentKey: BatchAgent]
  let rows: Rows

  /// Keeps what it reads: an event changes nearly every node that it looks at.
  mutating func agent(_ person: Person, of brand: Position) throws -> AgentNode? {
    let key = AgentKey(brand: brand, person: person)
    if let known = agents[key] { return known.node }
    guard let row = try rows.row(AgencyKey.agentRow(key)) else { return nil }
    let node = AgentNode(row: row)
    agents[key] = BatchAgent(before: AgentPlace(node), node: node)
    return node
  }

  mutating func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    agents[AgentKey(brand: brand, person: person), default: BatchAgent(before: nil, node: node)]
      .node = node
  }
}

/// What an active agent's entries in the ordered rows are made of.
private struct AgentPlace: Hashable, Sendable {
  var sponsor: Person?
  var joined: Position
  var levels: UInt32
  var headcount: UInt64

  /// Nil for one who left.
  init?(_ node: AgentNode) {
    guard node.isActive else { return nil }
    sponsor = node.sponsor
    joined = node.joined
    levels = node.levels
    headcount = node.headcount
  }

  func sizeCountRow(_ brand: Position) -> [UInt8] {
    AgencyKey.sizeCountRow(brand, levels: levels, headcount: headcount)
  }

  struct Entry: Hashable {
    var key: [UInt8]
    var value: [UInt8]
  }

  /// The agent's place by size, and below the sponsor or among the roots.
  func entries(of agent: AgentKey) -> [Entry] {
    let size = AgencyKey.sizeRow(agent, levels: levels, headcount: headcount)
    guard let sponsor else {
      let root = AgencyKey.rootRow(agent, headcount: headcount)
      return [Entry(key: size, value: []), Entry(key: root, value: [])]
    }
    let above = AgentKey(brand: agent.brand, person: sponsor)
    var recruit = ByteWriter(capacity: 8)
    recruit.put(agent.person)
    return [
      Entry(key: size, value: []),
      Entry(key: AgencyKey.recruitRow(above, joined: joined), value: recruit.bytes),
    ]
  }
}
