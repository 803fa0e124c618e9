/// An agent's place in a brand's forest of sponsors: one row per brand and person.
///
/// The tree below is kept as a histogram by distance, never as absolute levels, so that moving a
/// tree changes the rows above it and none inside it. The recruits are a list through the rows.
package struct AgentNode: Hashable, Sendable {
  package var sponsor: Person?
  /// Position of the latest AgentSignedUp.
  package var joined: Position
  /// Position of the AgentLeft; 0 while active.
  package var left: Position = 0
  /// Active members by distance below, the agent alone at 0; empty for one who left.
  ///
  /// The last element is never 0, so the count is the levels of the tree, the own level included.
  package var members: [UInt32] = []
  /// What the agent paid to enter, every time added up, in minor units of the brand's currency.
  package var ownFees: Int128 = 0
  /// What the active members below paid to enter, the agent not counted.
  package var feesBelow: Int128 = 0
  package var peak = Peak()
  var firstRecruit: Person?
  var lastRecruit: Person?
  var nextSibling: Person?
  var previousSibling: Person?

  /// The greatest tree that an agent ever had, each measure with the position that first reached it.
  package struct Peak: Hashable, Sendable {
    package var levels: UInt32 = 0
    package var levelsAt: Position = 0
    package var headcount: UInt64 = 0
    package var headcountAt: Position = 0
  }

  package init(joined: Position) {
    self.joined = joined
  }

  package var isActive: Bool { left == 0 }

  /// The levels of the agent's tree, the own level counted; 0 for one who left.
  package var levels: UInt32 { UInt32(members.count) }

  /// The active members of the agent's tree, the agent counted; 0 for one who left.
  package var headcount: UInt64 { members.reduce(0) { $0 + UInt64($1) } }

  package var directRecruits: UInt32 { members.count > 1 ? members[1] : 0 }
}

// MARK: Changing a tree

extension AgentNode {
  /// Counts the members of `tree`, whose top stands `distance` below, and what they paid.
  mutating func add(_ tree: AgentNode, at distance: Int) {
    while members.count < distance + tree.members.count { members.append(0) }
    for (step, count) in tree.members.enumerated() { members[distance + step] += count }
    feesBelow += tree.ownFees + tree.feesBelow
  }

  /// Takes back what `add` counted; traps when it was never counted.
  mutating func subtract(_ tree: AgentNode, at distance: Int) {
    for (step, count) in tree.members.enumerated() { members[distance + step] -= count }
    while members.last == 0 { members.removeLast() }
    feesBelow -= tree.ownFees + tree.feesBelow
  }

  /// Puts a recruit behind the others; the one before, if any, is to be told.
  mutating func link(_ recruit: Person, _ node: inout AgentNode) {
    node.previousSibling = lastRecruit
    if lastRecruit == nil { firstRecruit = recruit }
    lastRecruit = recruit
  }

  /// Takes a recruit out from between the others, which are to be told.
  mutating func unlink(_ recruit: AgentNode) {
    if recruit.previousSibling == nil { firstRecruit = recruit.nextSibling }
    if recruit.nextSibling == nil { lastRecruit = recruit.previousSibling }
  }

  mutating func raisePeak(at position: Position) {
    if levels > peak.levels {
      peak.levels = levels
      peak.levelsAt = position
    }
    let headcount = headcount
    if headcount > peak.headcount {
      peak.headcount = headcount
      peak.headcountAt = position
    }
  }
}

// MARK: Row

extension AgentNode {
  /// Reads what `write(to:)` wrote.
  package init(row: RawSpan) {
    var offset = 0
    func person() -> Person? {
      let number = row.varint(at: &offset)
      return number == 0 ? nil : Person(number)
    }
    self.init(joined: row.varint(at: &offset))
    left = row.varint(at: &offset)
    sponsor = person()
    firstRecruit = person()
    lastRecruit = person()
    nextSibling = person()
    previousSibling = person()
    ownFees = row.wideVarint(at: &offset)
    feesBelow = row.wideVarint(at: &offset)
    peak.levels = UInt32(row.varint(at: &offset))
    peak.levelsAt = row.varint(at: &offset)
    peak.headcount = row.varint(at: &offset)
    peak.headcountAt = row.varint(at: &offset)
    let levels = Int(row.varint(at: &offset))
    members.reserveCapacity(levels)
    for _ in 0..<levels { members.append(UInt32(row.varint(at: &offset))) }
  }

  /// About 20 bytes for most agents; people are numbered from 1, so 0 is nobody.
  package func write(to row: inout ByteWriter) {
    row.put(varint: joined)
    row.put(varint: left)
    for person in [sponsor, firstRecruit, lastRecruit, nextSibling, previousSibling] {
      row.put(varint: person?.number ?? 0)
    }
    row.put(varint: ownFees)
    row.put(varint: feesBelow)
    row.put(varint: UInt64(peak.levels))
    row.put(varint: peak.levelsAt)
    row.put(varint: peak.headcount)
    row.put(varint: peak.headcountAt)
    row.put(varint: UInt64(members.count))
    for count in members { row.put(varint: UInt64(count)) }
  }
}
