internal import Marketplace

/// The brands' forests of agents, within the state.
extension StateReader {
  func agentFacts(_ person: Person, of brand: Position) throws -> AgentFacts? {
    var rows = ForestRows(reader: self)
    return try Forest.facts(of: person, in: brand, &rows)
  }

  func recruits(of person: Person, in brand: Position) throws -> [Person] {
    var rows = ForestRows(reader: self)
    return try Forest.recruits(of: person, in: brand, &rows)
  }

  func applyToForest(_ record: Record) throws {
    var rows = ForestRows(reader: self)
    switch record.event {
    case .agentSignedUp(let event):
      try Forest.apply(event, at: record.position, to: &rows)
    case .agentReparented(let event):
      try Forest.apply(event, at: record.position, to: &rows)
    case .agentLeft(let event):
      try Forest.apply(event, at: record.position, to: &rows)
    default:
      preconditionFailure("\(record.event.type) is no event of an agency")
    }
    pending.agents.merge(rows.changed) { _, new in new }
  }
}

/// A forest's rows while one event is applied: a handful of changed nodes over the state.
private struct ForestRows: AgentRows {
  let reader: StateReader
  var changed: [AgentKey: AgentNode] = [:]

  func agent(_ person: Person, of brand: Position) throws -> AgentNode? {
    let key = AgentKey(brand: brand, person: person)
    if let node = changed[key] { return node }
    return try reader.node(of: key)
  }

  mutating func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    changed[AgentKey(brand: brand, person: person)] = node
  }
}
