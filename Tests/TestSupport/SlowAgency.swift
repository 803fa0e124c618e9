@testable package import Marketplace

/// A brand's agency as nothing but sponsors; every figure is counted anew from them.
package struct SlowAgency: Sendable {
  package struct Agent: Sendable {
    package var sponsor: Person?
    package var joined: Position = 0
    package var left: Position = 0
    package var fees: Int128 = 0
    package var peak = AgentNode.Peak()
  }

  package private(set) var agents: [Person: Agent] = [:]

  package init() {}

  package mutating func apply(_ event: Event, at position: Position) {
    switch event {
    case .agentSignedUp(let event):
      var agent = agents[event.agent] ?? Agent()
      agent.sponsor = event.sponsor
      agent.joined = position
      agent.left = 0
      agent.fees += Int128(event.entryFee)
      agents[event.agent] = agent
    case .agentReparented(let event):
      agents[event.agent]?.sponsor = event.to
    case .agentLeft(let event):
      agents[event.agent]?.sponsor = nil
      agents[event.agent]?.left = position
    default:
      break
    }
  }

  /// Called behind a command's last event: nothing between counts.
  package mutating func notePeaks(at position: Position) {
    for person in active {
      let members = members(of: person)
      let headcount = UInt64(members.reduce(0, +))
      guard var peak = agents[person]?.peak else { continue }
      if members.count > peak.levels {
        peak.levels = UInt32(members.count)
        peak.levelsAt = position
      }
      if headcount > peak.headcount {
        peak.headcount = headcount
        peak.headcountAt = position
      }
      agents[person]?.peak = peak
    }
  }

  package var active: [Person] {
    agents.filter { $0.value.left == 0 }.keys.sorted()
  }

  package var roots: [Person] {
    active.filter { agents[$0]?.sponsor == nil }
  }

  /// From the agent's sponsor to the root.
  package func sponsors(of person: Person) -> [Person] {
    guard let sponsor = agents[person]?.sponsor else { return [] }
    return [sponsor] + sponsors(of: sponsor)
  }

  package func chain(from person: Person) -> [Person] {
    [person] + sponsors(of: person)
  }

  package func level(of person: Person) -> UInt32 {
    guard let agent = agents[person], agent.left == 0 else { return 0 }
    return UInt32(chain(from: person).count)
  }

  package func recruits(of person: Person) -> [Person] {
    agents.filter { $0.value.sponsor == person }
      .sorted { $0.value.joined < $1.value.joined }
      .map(\.key)
  }

  /// Active members by distance, the agent at 0.
  package func members(of person: Person) -> [UInt32] {
    guard agents[person]?.left == 0 else { return [] }
    var counts: [UInt32] = []
    var generation = [person]
    while !generation.isEmpty {
      counts.append(UInt32(generation.count))
      generation = generation.flatMap { recruits(of: $0) }
    }
    return counts
  }

  package func headcount(of person: Person) -> UInt64 {
    UInt64(members(of: person).reduce(0, +))
  }

  package func feesBelow(_ person: Person) -> Int128 {
    recruits(of: person).reduce(0) { $0 + (agents[$1]?.fees ?? 0) + feesBelow($1) }
  }

  package var agentsByLevel: [UInt64] {
    let levels = active.map { level(of: $0) }
    return (0..<(levels.max() ?? 0)).map { level in UInt64(levels.count { $0 == level + 1 }) }
  }
}
