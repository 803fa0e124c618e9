internal import Marketplace

/// The brands' forests of agents, within the state.
extension StateContents {
  mutating func agentFacts(_ person: Person, of brand: Position) throws -> AgentFacts? {
    try Forest.facts(of: person, in: brand, &self)
  }

  mutating func recruits(of person: Person, in brand: Position) throws -> [Person] {
    try Forest.recruits(of: person, in: brand, &self)
  }

  mutating func applyToForest(_ record: Record) throws {
    switch record.event {
    case .agentSignedUp(let event):
      try Forest.apply(event, at: record.position, to: &self)
    case .agentReparented(let event):
      try Forest.apply(event, at: record.position, to: &self)
    case .agentLeft(let event):
      try Forest.apply(event, at: record.position, to: &self)
    default:
      preconditionFailure("\(record.event.type) is no event of an agency")
    }
  }
}

extension StateContents: AgentRows {
  func agent(_ person: Person, of brand: Position) throws -> AgentNode? {
    try node(of: AgentKey(brand: brand, person: person))
  }

  mutating func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    recent.agents.set(AgentKey(brand: brand, person: person), node)
  }

  mutating func changeAgent<Result>(
    _ person: Person,
    of brand: Position,
    _ body: (inout AgentNode) throws -> Result
  ) throws -> Result? {
    let key = AgentKey(brand: brand, person: person)
    if let index = recent.agents.index(of: key) {
      return try recent.agents.update(at: index, body)
    }
    guard var node = try node(of: key) else { return nil }
    let result = try body(&node)
    recent.agents.insert(key, node)
    return result
  }
}
