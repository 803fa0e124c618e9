@testable package import Marketplace

/// Valid agency commands of one seed, recorded one by one, with what they must amount to.
///
/// Two brands share forty people, and one brand has nobody; the policy changes now and then.
package struct AgencyHistory: Sendable {
  package private(set) var records: [Record] = []
  package private(set) var models: [Position: SlowAgency] = [:]
  package private(set) var policy = Policy.initial
  package let people = (1...40).map { Person($0) }
  private var random: SeededRandom

  package init(seed: UInt64) {
    random = SeededRandom(seed)
    for name in ["north", "south", "empty"] {
      let brand = BrandRegistered(
        brand: name,
        owner: Person(1),
        name: "The \(name)",
        levelLimit: 255,
        currency: "CNY",
        timeZone: "Asia/Shanghai"
      )
      record([.brandRegistered(brand)])
      models[UInt64(records.count)] = SlowAgency()
    }
  }

  package init(seed: UInt64, commands: Int) {
    self.init(seed: seed)
    for _ in 0..<commands { advance() }
  }

  /// Records one more command.
  package mutating func advance() {
    let brand =
      Bool.random(using: &random)
      ? Reference(id: "north", position: 1) : Reference(id: "south", position: 2)
    var model = models[brand.position] ?? SlowAgency()
    let active = people.filter { model.agents[$0]?.left == 0 }
    let events =
      switch Int.random(in: 0..<20, using: &random) {
      case 0: adoptPolicy()
      case 1...4: reparent(active, brand, model)
      case 5...8: leave(active, brand, model)
      default: signUp(people.filter { !active.contains($0) }, active, brand, model)
      }
    guard !events.isEmpty else { return }
    let first = Position(records.count) + 1
    record(events)
    for (step, event) in events.enumerated() { model.apply(event, at: first + UInt64(step)) }
    model.notePeaks(at: UInt64(records.count))
    models[brand.position] = model
  }

  private mutating func adoptPolicy() -> [Event] {
    policy.thresholdLevels = .random(in: 1...5, using: &random)
    policy.thresholdHeadcount = .random(in: 1...8, using: &random)
    return [.policyAdopted(PolicyAdopted(policy: policy))]
  }

  private mutating func signUp(
    _ newcomers: [Person],
    _ active: [Person],
    _ brand: Reference,
    _ model: SlowAgency
  ) -> [Event] {
    guard let agent = newcomers.randomElement(using: &random) else { return [] }
    let sponsor = isOne(in: 6) ? nil : active.randomElement(using: &random)
    let event = AgentSignedUp(
      brand: brand,
      agent: agent,
      sponsor: sponsor,
      level: sponsor.map { model.level(of: $0) + 1 } ?? 1,
      entryFee: isOne(in: 3) ? .max : .random(in: 0..<1_000, using: &random),
      currency: "CNY"
    )
    return [.agentSignedUp(event)]
  }

  private mutating func reparent(
    _ active: [Person],
    _ brand: Reference,
    _ model: SlowAgency
  ) -> [Event] {
    guard let agent = active.randomElement(using: &random) else { return [] }
    let from = model.agents[agent]?.sponsor
    let goals = active.filter { !model.chain(from: $0).contains(agent) && $0 != from }
    let to = isOne(in: 5) ? nil : goals.randomElement(using: &random)
    guard to != from else { return [] }
    let event = AgentReparented(
      brand: brand,
      agent: agent,
      from: from,
      to: to,
      level: to.map { model.level(of: $0) + 1 } ?? 1,
      cause: .requested,
      reasonHash: []
    )
    return [.agentReparented(event)]
  }

  private mutating func leave(
    _ active: [Person],
    _ brand: Reference,
    _ model: SlowAgency
  ) -> [Event] {
    guard let agent = active.randomElement(using: &random) else { return [] }
    let sponsor = model.agents[agent]?.sponsor
    let left = AgentLeft(
      brand: brand,
      agent: agent,
      sponsor: sponsor,
      cause: .left,
      reasonHash: []
    )
    let moved = model.recruits(of: agent).map { recruit in
      Event.agentReparented(
        AgentReparented(
          brand: brand,
          agent: recruit,
          from: agent,
          to: sponsor,
          level: model.level(of: agent),
          cause: .sponsorLeft,
          reasonHash: []
        )
      )
    }
    return [.agentLeft(left)] + moved
  }

  private mutating func isOne(in count: Int) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  private mutating func record(_ events: [Event]) {
    let first = Position(records.count) + 1
    for (step, event) in events.enumerated() {
      let position = first + UInt64(step)
      let envelope = Envelope(
        position: position,
        recordedAt: Int64(position) * 1_000_000,
        occurredAt: Int64(position) * 60_000_000,
        occurredOffsetMinutes: 480,
        localDay: 0,
        commandID: "c\(first)",
        commandDigest: .zero,
        commandEvent: UInt32(step),
        commandEvents: UInt32(events.count)
      )
      records.append(Record(envelope: envelope, event: event))
    }
  }
}
