/// What the commands of the agency refuse in the same words.
extension MarketplaceState {
  /// A person who can be a sponsor: an active agent of the brand.
  mutating func activeSponsor(
    _ name: String,
    of brand: BrandFacts
  ) throws -> (person: Person, facts: AgentFacts) {
    let person = try person(name)
    guard let facts = try agent(person, of: brand.brand.position) else {
      throw Rejection(
        .unknownSponsor,
        "\(name) never was an agent of \(brand.brand.id); sign the sponsor up first"
      )
    }
    guard facts.active else {
      throw Rejection(
        .sponsorHasLeft,
        "\(name) has left \(brand.brand.id); name an active sponsor, or none"
      )
    }
    return (person, facts)
  }

  /// An agent of the brand, perhaps one who left.
  mutating func knownAgent(
    _ name: String,
    of brand: BrandFacts
  ) throws -> (person: Person, facts: AgentFacts) {
    let person = try person(name)
    guard let facts = try agent(person, of: brand.brand.position) else {
      throw Rejection(
        .unknownAgent,
        "\(name) never was an agent of \(brand.brand.id); check the names, or sign the agent up"
      )
    }
    return (person, facts)
  }
}

extension BrandFacts {
  /// Refuses a tree whose lowest agent would stand below the brand's limit.
  func checkLevels(lowest: UInt32) throws {
    guard lowest <= levelLimit else {
      throw Rejection(
        .levelLimitExceeded,
        "the lowest agent would be at level \(lowest), and \(brand.id) allows \(levelLimit); "
          + "name a sponsor nearer to the root"
      )
    }
  }
}

extension Rejection {
  static func selfSponsored(_ agent: String) -> Rejection {
    Rejection(.selfSponsored, "\(agent) cannot sponsor themselves; name another sponsor, or none")
  }
}
