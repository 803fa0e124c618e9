/// Makes a person an agent of a brand, for the first time or again after leaving.
package struct SignUpAgent: CommandData, Hashable {
  package static let type = "SignUpAgent"

  let agent: String
  let brand: String
  let sponsor: String?
  let entryFee: Int64

  /// - Precondition: the entry fee is not negative.
  package init(agent: String, brand: String, sponsor: String? = nil, entryFee: Int64 = 0) {
    precondition(entryFee >= 0, "a negative entry fee is malformed")
    self.agent = agent
    self.brand = brand
    self.sponsor = sponsor
    self.entryFee = entryFee
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    agent = try fields.identifier("agent")
    brand = try fields.identifier("brand")
    sponsor = try fields.optionalIdentifier("sponsor")
    entryFee = try fields.optionalInteger("entryFee") ?? 0
    guard entryFee >= 0 else {
      throw MalformedCommand(detail: "entryFee is \(entryFee); it must be 0 or more")
    }
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let brand = try state.knownBrand(self.brand)
    guard agent != sponsor else { throw Rejection.selfSponsored(agent) }
    let person = try state.person(agent)
    if try state.agent(person, of: brand.brand.position)?.active == true {
      throw Rejection(
        .agentExists,
        "\(agent) is an agent of \(self.brand) already; reparent the agent to change the sponsor"
      )
    }
    let sponsor = try self.sponsor.map { try state.activeSponsor($0, of: brand) }
    let level = sponsor.map { $0.facts.level + 1 } ?? 1
    try brand.checkLevels(lowest: level)
    let event = AgentSignedUp(
      brand: brand.brand,
      agent: person,
      sponsor: sponsor?.person,
      level: level,
      entryFee: entryFee,
      currency: brand.currency
    )
    return Decision([.agentSignedUp(event)])
  }
}
