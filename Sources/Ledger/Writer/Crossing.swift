internal import Marketplace

/// An agent whose tree would newly reach both thresholds of the policy in force.
struct Crossing: Sendable {
  var brand: String
  var agent: Person
  var before: AgentNode?
  var after: AgentNode

  /// Everybody whom the events would bring there, by person; only an agency's events bring anybody.
  ///
  /// Costs what applying the events costs: the depth of the trees that come and go.
  static func all(of records: [Record], over state: StateContents) throws -> [Crossing] {
    var forest = ForestRows(over: state)
    var brands: [Position: String] = [:]
    for record in records {
      switch record.event {
      case .agentSignedUp(let event):
        brands[event.brand.position] = event.brand.id
        try Forest.apply(event, at: record.position, to: &forest)
      case .agentReparented(let event):
        brands[event.brand.position] = event.brand.id
        try Forest.apply(event, at: record.position, to: &forest)
      case .agentLeft(let event):
        brands[event.brand.position] = event.brand.id
        try Forest.apply(event, at: record.position, to: &forest)
      default: break
      }
    }
    let policy = state.mark.policy.policy
    return try forest.changed.compactMap { key, after -> Crossing? in
      let before = try state.node(of: key)
      guard after.reaches(policy), before?.reaches(policy) != true else { return nil }
      return Crossing(
        brand: brands[key.brand] ?? "",
        agent: key.person,
        before: before,
        after: after
      )
    }
    .sorted { $0.agent < $1.agent }
  }
}

extension AgentNode {
  /// Whether the agent's tree has as many levels and people as the policy marks.
  func reaches(_ policy: Policy) -> Bool {
    levels >= policy.thresholdLevels && headcount >= policy.thresholdHeadcount
  }
}

/// The forests as some events would leave them: changed rows over those of the state, or over none.
///
/// Holds a copy of the state, so it has to be gone before the state is changed.
struct ForestRows: AgentRows {
  private let state: StateContents?
  private(set) var changed: [AgentKey: AgentNode] = [:]

  init(over state: StateContents? = nil) {
    self.state = state
  }

  func agent(_ person: Person, of brand: Position) throws -> AgentNode? {
    let key = AgentKey(brand: brand, person: person)
    return try changed[key] ?? state?.node(of: key)
  }

  mutating func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    changed[AgentKey(brand: brand, person: person)] = node
  }

  mutating func changeAgent<Result>(
    _ person: Person,
    of brand: Position,
    _ body: (inout AgentNode) throws -> Result
  ) throws -> Result? {
    guard var node = try agent(person, of: brand) else { return nil }
    let result = try body(&node)
    setAgent(person, of: brand, node)
    return result
  }
}
