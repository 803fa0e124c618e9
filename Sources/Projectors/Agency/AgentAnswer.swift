package import JSON
package import Marketplace

/// One agent of a brand: the place in the tree, the tree below, and how large it ever was.
package struct AgentAnswer: Hashable, Sendable {
  package var agent: String
  package var brand: String
  package var position: Position
  /// From the root, the root 1; 0 for one who left.
  package var level: UInt32
  /// Active members by distance, the agent alone at 0; empty for one who left.
  package var members: [UInt32]
  package var headcount: UInt64
  package var directRecruits: UInt32
  /// RFC 3339, with the offset as claimed.
  package var joinedAt: String
  package var leftAt: String?
  /// What the people below paid, in minor units of the brand's currency.
  package var entryFees: Int128
  /// From the sponsor up to the root; empty for a root and for one who left.
  package var chain: [String]
  package var peak: AgentNode.Peak
}

extension AgentAnswer {
  /// Nil when the person never was an agent of the brand.
  package init?(
    of person: Person,
    in brand: Position,
    at position: Position,
    rows: some RowReader,
    log: some LogReader
  ) throws {
    var agents = StoredAgents(rows: rows)
    guard let node = try agents.agent(person, of: brand) else { return nil }
    let sponsors = try Forest.sponsors(of: node, in: brand, &agents)
    agent = try log.name(of: person)
    self.brand = try log.brand(at: brand).brand
    self.position = position
    level = node.isActive ? UInt32(sponsors.count) + 1 : 0
    members = node.members
    headcount = node.headcount
    directRecruits = node.directRecruits
    joinedAt = try log.occurredAt(node.joined)
    leftAt = node.isActive ? nil : try log.occurredAt(node.left)
    entryFees = node.feesBelow
    chain = try sponsors.map { try log.name(of: $0) }
    peak = node.peak
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("agent", agent)
      json.member("brand", brand)
      json.member("position", position)
      json.member("sponsor", ifPresent: chain.first)
      json.member("level", level)
      json.member("levels", members.count)
      json.member("headcount", headcount)
      json.object("membersByLevel") { json in
        for (distance, count) in members.enumerated() { json.member("\(distance + 1)", count) }
      }
      json.member("directRecruits", directRecruits)
      json.member("joinedAt", joinedAt)
      json.member("leftAt", ifPresent: leftAt)
      json.member("entryFees", entryFees)
      json.array("chain") { json in
        for name in chain { json.value(name) }
      }
      json.object("peak") { json in
        json.member("levels", peak.levels)
        json.member("levelsAt", peak.levelsAt)
        json.member("headcount", peak.headcount)
        json.member("headcountAt", peak.headcountAt)
      }
    }
  }
}

extension LogReader {
  fileprivate func occurredAt(_ position: Position) throws -> String {
    let envelope = try record(at: position).envelope
    return Timestamp.text(
      envelope.occurredAt,
      offsetMinutes: envelope.occurredOffsetMinutes ?? 0
    )
  }
}
