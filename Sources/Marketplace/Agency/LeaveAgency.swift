/// Ends an agent's membership; those recruited move up to the agent's sponsor, or become roots.
package struct LeaveAgency: CommandData, Hashable {
  package static let type = "LeaveAgency"

  let agent: String
  let brand: String
  let cause: LeaveCause
  let reason: String?

  package init(
    agent: String,
    brand: String,
    cause: LeaveCause = .notSaid,
    reason: String? = nil
  ) {
    self.agent = agent
    self.brand = brand
    self.cause = cause
    self.reason = reason
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    agent = try fields.identifier("agent")
    brand = try fields.identifier("brand")
    let causes = [LeaveCause.left, .revoked].map { (name: $0.name, choice: $0) }
    cause = try fields.optionalChoice("cause", causes) ?? .notSaid
    reason = try fields.optionalText("reason")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let brand = try state.knownBrand(self.brand)
    let (person, facts) = try state.knownAgent(agent, of: brand)
    guard facts.active else {
      throw Rejection(.alreadyLeft, "\(agent) has left \(self.brand) already")
    }
    let left = AgentLeft(
      brand: brand.brand,
      agent: person,
      sponsor: facts.sponsor,
      cause: cause,
      reasonHash: []
    )
    let moves = try state.recruits(of: person, in: brand.brand.position).map { recruit in
      Event.agentReparented(
        AgentReparented(
          brand: brand.brand,
          agent: recruit,
          from: person,
          to: facts.sponsor,
          level: facts.level,  // They take the place that is left.
          cause: .sponsorLeft,
          reasonHash: []
        )
      )
    }
    return Decision([.agentLeft(left)] + moves, text: reason)
  }
}
