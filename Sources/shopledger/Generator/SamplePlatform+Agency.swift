/// Agents: joining, moving, leaving and coming back.
extension SamplePlatform {
  /// The owner of a shop becomes a root agent of the brand that the shop sells, and stays one.
  mutating func signUpOwner(of shop: Int) {
    let brand = shops[shop].brand
    forests[brand].join(-Int32(shop + 1), under: nil)
    text.command("SignUpAgent") { data in
      data.member("agent", person: -Int32(shop + 1))
      data.member("brand", "b", brand + 1)
    }
  }

  /// One in thirty starts a tree; of the others, the more recruits an agent has, the more it gets.
  mutating func signUpAgent() {
    let brand = anyBrand()
    let sponsor = random.chance(33) ? nil : anySponsor(in: brand)
    // Unlike within a brand, and for the most part people who shop as well.
    let person = Int32(brand * 1009 + forests[brand].agents.count)
    forests[brand].join(person, under: sponsor)
    signUp(person, brand: brand, sponsor: sponsor, fee: random.chance(600))
  }

  mutating func rejoinAgency() {
    let brand = anyBrand()
    guard !forests[brand].leavers.isEmpty else { return signUpAgent() }
    let leaver = random.below(forests[brand].leavers.count)
    let agent = forests[brand].leavers[leaver]
    let sponsor = anySponsor(in: brand)
    forests[brand].rejoin(leaver: leaver, under: sponsor)
    signUp(forests[brand].agents[agent].person, brand: brand, sponsor: sponsor, fee: false)
  }

  private mutating func signUp(_ person: Int32, brand: Int, sponsor: Int?, fee: Bool) {
    let sponsor = sponsor.map { forests[brand].agents[$0].person }
    let fee = fee ? random.within(1...20) * 9900 : 0
    text.command("SignUpAgent") { data in
      data.member("agent", person: person)
      data.member("brand", "b", brand + 1)
      if let sponsor { data.member("sponsor", person: sponsor) }
      if fee > 0 { data.member("entryFee", number: fee) }
    }
  }

  mutating func reparentAgent() {
    let brand = anyBrand()
    guard let agent = anyAgent(in: brand) else { return signUpAgent() }
    let sponsor = random.chance(100) ? nil : anySponsor(in: brand)
    guard canMove(agent, in: brand, under: sponsor) else { return signUpAgent() }
    forests[brand].move(agent, under: sponsor)
    let person = forests[brand].agents[agent].person
    let above = sponsor.map { forests[brand].agents[$0].person }
    text.command("ReparentAgent") { data in
      data.member("agent", person: person)
      data.member("brand", "b", brand + 1)
      if let above { data.member("sponsor", person: above) }
    }
  }

  /// Where levels are few, only those without recruits move down: no height needs to be known.
  private func canMove(_ agent: Int, in brand: Int, under sponsor: Int?) -> Bool {
    guard let sponsor else { return forests[brand].agents[agent].sponsor >= 0 }
    return forests[brand].agents[agent].sponsor != Int32(sponsor)
      && !forests[brand].isAboveOrSame(agent, as: sponsor)
      && (forests[brand].agents[agent].firstRecruit < 0
        || forests[brand].levelLimit == 255 && forests[brand].level(of: sponsor) < 100)
  }

  mutating func leaveAgency() {
    let brand = anyBrand()
    guard let agent = anyAgent(in: brand), forests[brand].agents[agent].person >= 0 else {
      return signUpAgent()
    }
    forests[brand].leave(agent)
    let person = forests[brand].agents[agent].person
    let revoked = random.chance(150)
    text.command("LeaveAgency") { data in
      data.member("agent", person: person)
      data.member("brand", "b", brand + 1)
      if revoked { data.member("cause", "revoked") }
    }
  }

  /// An active agent, all alike; nil when eight draws find none.
  mutating func anyAgent(in brand: Int) -> Int? {
    let count = forests[brand].agents.count
    guard count > 0 else { return nil }
    for _ in 0..<8 {
      let agent = random.below(count)
      if forests[brand].agents[agent].active { return agent }
    }
    return nil
  }

  /// Half of the time the sponsor of any agent, so that recruits bring recruits (preferential
  /// attachment), else any agent; nil when it stands too deep for another level.
  private mutating func anySponsor(in brand: Int) -> Int? {
    guard var agent = anyAgent(in: brand) else { return nil }
    let above = Int(forests[brand].agents[agent].sponsor)
    if above >= 0, random.chance(500) { agent = above }
    return forests[brand].level(of: agent) < forests[brand].levelLimit ? agent : nil
  }
}
