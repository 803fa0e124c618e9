/// Moves an agent, with everybody below, to another sponsor, or makes the agent a root.
package struct ReparentAgent: CommandData, Hashable {
  package static let type = "ReparentAgent"

  let agent: String
  let brand: String
  let sponsor: String?
  let reason: String?

  package init(agent: String, brand: String, sponsor: String? = nil, reason: String? = nil) {
    self.agent = agent
    self.brand = brand
    self.sponsor = sponsor
    self.reason = reason
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    agent = try fields.identifier("agent")
    brand = try fields.identifier("brand")
    sponsor = try fields.optionalIdentifier("sponsor")
    reason = try fields.optionalText("reason")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let brand = try state.knownBrand(self.brand)
    let (person, facts) = try state.knownAgent(agent, of: brand)
    guard facts.active else {
      throw Rejection(.agentHasLeft, "\(agent) has left \(self.brand); sign the agent up again")
    }
    guard agent != sponsor else { throw Rejection.selfSponsored(agent) }
    let sponsor = try self.sponsor.map { try state.activeSponsor($0, of: brand) }
    guard sponsor?.person != facts.sponsor else {
      throw Rejection(.noChange, "\(agent) stands there already; nothing is to be done")
    }
    if let sponsor {
      try refuseCycle(of: person, from: sponsor.person, in: brand, &state)
    }
    let level = sponsor.map { $0.facts.level + 1 } ?? 1
    try brand.checkLevels(lowest: level + facts.height - 1)
    let event = AgentReparented(
      brand: brand.brand,
      agent: person,
      from: facts.sponsor,
      to: sponsor?.person,
      level: level,
      cause: .requested,
      reasonHash: []
    )
    return Decision([.agentReparented(event)], text: reason)
  }

  /// Walks the whole chain from the new sponsor to the root: at most as many as the brand's levels.
  private func refuseCycle(
    of agent: Person,
    from sponsor: Person,
    in brand: BrandFacts,
    _ state: inout some MarketplaceState
  ) throws {
    var ancestor: Person? = sponsor
    while let person = ancestor {
      guard person != agent else {
        throw Rejection(
          .wouldCycle,
          "\(self.sponsor ?? "") stands below \(self.agent) in \(self.brand); "
            + "move the sponsor out first, or name another one"
        )
      }
      ancestor = try state.agent(person, of: brand.brand.position)?.sponsor
    }
  }
}
