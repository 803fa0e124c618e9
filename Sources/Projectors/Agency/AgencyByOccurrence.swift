package import Marketplace

/// Makes the events of one brand's agency fit the order in which they happened.
///
/// They were decided in the order of the log. Where some were recorded late, the order of the
/// business is another, and an event may find another forest than the one it was decided on: a
/// sponsor who has not joined yet, an agent who moves before signing up. Then it does what it can,
/// and is counted as a contradiction:
///
/// - a sign-up or move below somebody who is no agent then makes a root;
/// - the sign-up of an agent is a move, whose fee is not counted;
/// - the move or leaving of somebody who is no agent, a move below oneself and one that would make
///   more levels than there can be, is left out.
///
/// Whoever leaves hands the recruits of that time to the sponsor of that time. Events that are in
/// order come out as they went in, but for the moves that a leaving brings, which come with it.
package struct AgencyByOccurrence {
  /// How many events did not fit.
  package private(set) var contradictions: UInt64 = 0
  private let brand: Reference
  /// Of active agents; nil inside for a root.
  private var sponsors: [Person: Person?] = [:]
  private var recruits: [Person: [Person]] = [:]

  package init(brand: Reference) {
    self.brand = brand
  }

  /// What the next event, in the order of occurrence, amounts to.
  package mutating func events(for event: Event) -> [Event] {
    switch event {
    case .agentSignedUp(let event): signUp(event)
    case .agentReparented(let event): move(event)
    case .agentLeft(let event): leave(event)
    default: [event]
    }
  }

  private mutating func signUp(_ event: AgentSignedUp) -> [Event] {
    let sponsor = known(event.sponsor)
    guard sponsors[event.agent] == nil else {
      contradictions += 1
      return move(event.agent, to: sponsor, reasonHash: [])
    }
    guard sponsor.map({ level(of: $0) < Forest.greatestLevel }) ?? true else {
      contradictions += 1
      return []
    }
    attach(event.agent, to: sponsor)
    var event = event
    event.sponsor = sponsor
    event.level = UInt32(level(of: event.agent))
    return [.agentSignedUp(event)]
  }

  private mutating func move(_ event: AgentReparented) -> [Event] {
    guard let sponsor = sponsors[event.agent] else {
      contradictions += 1
      return []
    }
    if event.cause == .sponsorLeft {
      // It came with the leaving, if the agent was a recruit then.
      if sponsor != event.to { contradictions += 1 }
      return []
    }
    return move(event.agent, to: known(event.to), reasonHash: event.reasonHash)
  }

  private mutating func move(
    _ agent: Person,
    to sponsor: Person?,
    reasonHash: [UInt8]
  ) -> [Event] {
    guard let from = sponsors[agent], from != sponsor else { return [] }
    let above = sponsor.map { chain(from: $0) } ?? []
    guard !above.contains(agent), above.count + height(of: agent) <= Forest.greatestLevel else {
      contradictions += 1
      return []
    }
    detach(agent)
    attach(agent, to: sponsor)
    let event = AgentReparented(
      brand: brand,
      agent: agent,
      from: from,
      to: sponsor,
      level: UInt32(above.count + 1),
      cause: .requested,
      reasonHash: reasonHash
    )
    return [.agentReparented(event)]
  }

  private mutating func leave(_ event: AgentLeft) -> [Event] {
    guard let sponsor = sponsors[event.agent] else {
      contradictions += 1
      return []
    }
    let level = level(of: event.agent)
    let orphans = recruits[event.agent] ?? []
    detach(event.agent)
    sponsors[event.agent] = nil
    recruits[event.agent] = nil
    var left = event
    left.sponsor = sponsor
    return [.agentLeft(left)]
      + orphans.map { orphan in
        attach(orphan, to: sponsor)
        let moved = AgentReparented(
          brand: brand,
          agent: orphan,
          from: event.agent,
          to: sponsor,
          level: UInt32(level),
          cause: .sponsorLeft,
          reasonHash: []
        )
        return .agentReparented(moved)
      }
  }

  // MARK: The forest

  /// The sponsor, if an agent then.
  private mutating func known(_ sponsor: Person?) -> Person? {
    guard let sponsor else { return nil }
    if sponsors[sponsor] != nil { return sponsor }
    contradictions += 1
    return nil
  }

  private mutating func attach(_ agent: Person, to sponsor: Person?) {
    sponsors[agent] = .some(sponsor)
    if let sponsor { recruits[sponsor, default: []].append(agent) }
  }

  private mutating func detach(_ agent: Person) {
    guard case .some(.some(let sponsor)) = sponsors[agent] else { return }
    recruits[sponsor]?.removeAll { $0 == agent }
  }

  private func level(of agent: Person) -> Int { chain(from: agent).count }

  /// The agent and everybody above.
  private func chain(from agent: Person) -> [Person] {
    var chain = [agent]
    while let last = chain.last, case .some(.some(let sponsor)) = sponsors[last] {
      chain.append(sponsor)
    }
    return chain
  }

  private func height(of agent: Person) -> Int {
    var height = 0
    var level = [agent]
    while !level.isEmpty {
      height += 1
      level = level.flatMap { recruits[$0] ?? [] }
    }
    return height
  }
}
