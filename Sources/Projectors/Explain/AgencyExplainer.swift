package import Marketplace

/// Explains the figures of a brand's agency, or of one of its agents, from the agency's events and
/// the policies.
///
/// Folds them and looks at the figure after each command: what it has changed by is that command's
/// doing, told at its first event. Somebody who leaves hands the recruits on in the same command, so
/// half a command would tell of trees that never hung so.
package struct AgencyExplainer: Explaining {
  package static let knownOfBrand =
    "agents, active, roots, maxLevels, agentsByLevel.LEVEL and agentsOverThreshold"
  package static let knownOfAgent =
    "level, levels, headcount, membersByLevel.LEVEL, directRecruits, entryFees, peak.levels and "
    + "peak.headcount"

  private enum Count: Hashable, Sendable {
    case agents, active, roots, maxLevels
    case atLevel(Int)
    case overThreshold
    case level, levels, headcount
    case members(Int)
    case directRecruits, entryFees, peakLevels
    case peakHeadcount
  }

  private let brand: Position
  private let agent: AgentKey?
  private let count: Count
  private var part: Explanation.Part
  private var projector = AgencyProjector()
  private var value: Int128 = 0
  /// Where each agent got the present sponsor.
  private var placed: [Person: Position] = [:]
  private var over: Set<Person> = []
  /// At the greatest so far, for peaks: the witnesses, or how many moves led there.
  private var peak: (value: UInt64, witnesses: [Position], moves: Int) = (0, [], 0)

  /// - Throws: `UnknownFigure`.
  package init(
    figure: String,
    brand: Position,
    agent: Person?
  ) throws(UnknownFigure) {
    self.brand = brand
    self.agent = agent.map { AgentKey(brand: brand, person: $0) }
    part = Explanation.Part(name: figure)
    let words = figure.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let level = words.count == 2 ? Int(words[1]).flatMap { $0 > 0 ? $0 : nil } : nil
    let counts: [String: Count] =
      agent == nil
      ? [
        "agents": .agents, "active": .active, "roots": .roots, "maxLevels": .maxLevels,
        "agentsOverThreshold": .overThreshold,
      ]
      : [
        "level": .level, "levels": .levels, "headcount": .headcount,
        "directRecruits": .directRecruits, "entryFees": .entryFees, "peak.levels": .peakLevels,
        "peak.headcount": .peakHeadcount,
      ]
    if let count = counts[figure] {
      self.count = count
    } else if let level, agent == nil, words[0] == "agentsByLevel" {
      count = .atLevel(level)
    } else if let level, agent != nil, words[0] == "membersByLevel" {
      count = .members(level)
    } else {
      throw UnknownFigure(
        figure: figure,
        known: agent == nil ? Self.knownOfBrand : Self.knownOfAgent
      )
    }
  }

  package var explanation: Explanation {
    var part = part
    switch count {
    case .maxLevels: witness(deepest(), in: &part)
    case .level: witness(agent.map { chain(from: $0.person) } ?? [], in: &part)
    case .levels: witness(deepestBelowAgent(), in: &part)
    case .peakLevels: for position in peak.witnesses { part.move(1, at: position) }
    case .peakHeadcount: part.moves.removeLast(part.moves.count - peak.moves)
    default: break
    }
    return Explanation(kind: kind, parts: [part])
  }

  private var kind: Explanation.Kind {
    switch count {
    case .maxLevels, .level, .levels, .peakLevels: .maximum
    case .agents: .distinct
    default: .sum
    }
  }

  package mutating func take(_ record: borrowing LentRecord) throws {
    let touched = count == .overThreshold ? try touched(by: record) : []
    try projector.fold(record, MemoryRows())
    switch try record.event() {
    case .agentSignedUp(let event): placed[try event.agent] = record.position
    case .agentReparented(let event): placed[try event.agent] = record.position
    case .policyAdopted:
      guard count == .overThreshold else { break }
      let everybody = projector.unflushedAgents.map(\.person)
      over = Set(everybody.filter { isOver($0) })
    default: break
    }
    for person in touched {
      if isOver(person) { over.insert(person) } else { over.remove(person) }
    }
    guard record.commandEvent + 1 == record.commandEvents else { return }
    let now = current
    part.move(now - value, at: record.position - UInt64(record.commandEvent))
    value = now
    notePeak()
  }

  /// The figure as it stands; of witnesses, 0, since those are found at the end.
  private var current: Int128 {
    if let agent {
      guard let node = projector.unflushedNode(of: agent) else { return 0 }
      switch count {
      case .headcount, .peakHeadcount: return Int128(node.headcount)
      case .members(let level):
        return level <= node.members.count ? Int128(node.members[level - 1]) : 0
      case .directRecruits: return Int128(node.directRecruits)
      case .entryFees: return node.feesBelow
      default: return 0
      }
    }
    guard let totals = projector.unflushedTotals(of: brand) else { return 0 }
    switch count {
    case .agents: return Int128(totals.agents)
    case .active: return Int128(totals.active)
    case .roots: return Int128(totals.roots)
    case .atLevel(let level):
      return level <= totals.agentsByLevel.count ? Int128(totals.agentsByLevel[level - 1]) : 0
    case .overThreshold: return Int128(over.count)
    default: return 0
    }
  }

  private mutating func notePeak() {
    guard count == .peakLevels || count == .peakHeadcount, let agent,
      let node = projector.unflushedNode(of: agent)
    else { return }
    if count == .peakHeadcount {
      guard node.peak.headcount > peak.value else { return }
      peak = (node.peak.headcount, [], part.moves.count)
    } else {
      guard node.peak.levels > UInt32(peak.value) else { return }
      peak = (UInt64(node.peak.levels), deepestBelowAgent().compactMap { placed[$0] }, 0)
    }
  }

  // MARK: Over the threshold

  /// Everybody whose tree the event can change.
  private func touched(by record: borrowing LentRecord) throws -> Set<Person> {
    var people: [Person?] = []
    switch try record.event() {
    case .agentSignedUp(let event): people = [try event.agent, try event.sponsor]
    case .agentReparented(let event):
      people = [try event.agent, try event.from, try event.to]
    case .agentLeft(let event): people = [try event.agent, try event.sponsor]
    default: break
    }
    return Set(people.compactMap(\.self).flatMap { chain(from: $0) + [$0] })
  }

  private func isOver(_ person: Person) -> Bool {
    let node = projector.unflushedNode(of: AgentKey(brand: brand, person: person))
    let threshold = projector.unflushedThreshold
    guard let node, node.isActive else { return false }
    return node.levels >= threshold.levels && node.headcount >= threshold.headcount
  }

  // MARK: Witnesses

  private func witness(_ chain: [Person], in part: inout Explanation.Part) {
    for person in chain { if let position = placed[person] { part.move(1, at: position) } }
  }

  /// From the root down to the agent; nobody for one who is none now.
  private func chain(from person: Person) -> [Person] {
    var chain: [Person] = []
    var next: Person? = person
    while let person = next, chain.count < Int(Forest.greatestLevel) {
      let node = projector.unflushedNode(of: AgentKey(brand: brand, person: person))
      guard let node, node.isActive else { break }
      chain.append(person)
      next = node.sponsor
    }
    return chain.reversed()
  }

  /// The longest chain, the first to be there of several.
  private func deepest() -> [Person] {
    longest { _ in true }
  }

  /// The part of the longest chain through the agent that begins with them.
  private func deepestBelowAgent() -> [Person] {
    guard let agent = agent?.person else { return [] }
    let chain = longest { $0.contains(agent) }
    return Array(chain.drop { $0 != agent })
  }

  private func longest(_ isWanted: ([Person]) -> Bool) -> [Person] {
    var best: (chain: [Person], position: Position) = ([], 0)
    for key in projector.unflushedAgents {
      let chain = chain(from: key.person)
      guard chain.count >= best.chain.count, isWanted(chain) else { continue }
      let position = chain.reduce(0) { max($0, placed[$1] ?? 0) }
      if chain.count > best.chain.count || position < best.position { best = (chain, position) }
    }
    return best.chain
  }
}
