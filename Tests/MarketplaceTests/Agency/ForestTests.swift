import TestSupport
import Testing

@testable import Marketplace

@Suite struct ForestTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `every figure of every agent is as counted anew after every command`(seed: UInt64) throws {
    var history = AgencyHistory(seed: seed)
    var rows = MemoryAgents()
    var folded = 0
    for _ in 0..<250 {
      history.advance()
      for record in history.records[folded...] { try rows.apply(record) }
      folded = history.records.count
      for (brand, model) in history.models {
        for person in history.people {
          let found = try Picture(of: person, in: brand, &rows)
          try #require(found == Picture(of: person, model), "at \(folded)")
        }
      }
    }
  }

  @Test func `three in a row are three levels and three people`() throws {
    var rows = try MemoryAgents(chain: 3)
    #expect(
      try Forest.facts(of: Person(1), in: 1, &rows)
        == AgentFacts(sponsor: nil, active: true, level: 1, height: 3)
    )
    #expect(
      try Forest.facts(of: Person(3), in: 1, &rows)
        == AgentFacts(sponsor: Person(2), active: true, level: 3, height: 1)
    )
    #expect(try rows.node(1).headcount == 3)
    #expect(try Forest.facts(of: Person(4), in: 1, &rows) == nil)
  }

  @Test func `one who left keeps the peak, and takes it along when signing up again`() throws {
    var rows = try MemoryAgents(chain: 3)
    try Forest.apply(.left(2, sponsor: 1), at: 4, to: &rows)
    try Forest.apply(.moved(3, from: 2, to: 1, level: 2), at: 5, to: &rows)
    try Forest.apply(.signedUp(2, level: 1, fee: 7), at: 6, to: &rows)

    var expected = AgentNode(joined: 6)
    expected.members = [1]
    expected.ownFees = 10 + 7
    expected.peak = AgentNode.Peak(levels: 2, levelsAt: 3, headcount: 2, headcountAt: 3)
    #expect(try rows.node(2) == expected)
    #expect(try rows.node(1).members == [1, 1])
    #expect(try rows.node(1).feesBelow == 10)
  }

  @Test func `a brand's forest knows nothing of another brand's`() throws {
    var rows = try MemoryAgents(chain: 2)
    try Forest.apply(.signedUp(2, level: 1, brand: 9), at: 3, to: &rows)
    #expect(try Forest.level(of: Person(2), in: 1, &rows) == 2)
    #expect(try Forest.level(of: Person(2), in: 9, &rows) == 1)
  }

  @Test func `fees add up beyond 64 bits`() throws {
    var rows = MemoryAgents()
    try Forest.apply(.signedUp(1, level: 1), at: 1, to: &rows)
    for agent in 2...4 as ClosedRange<UInt64> {
      let event = AgentSignedUp.signedUp(agent, sponsor: 1, level: 2, fee: .max)
      try Forest.apply(event, at: agent, to: &rows)
    }
    #expect(try rows.node(1).feesBelow == 3 * Int128(Int64.max))
  }

  @Test func `recruits come in order of their latest joining, wherever they were before`() throws {
    var rows = MemoryAgents()
    try Forest.apply(.signedUp(1, level: 1), at: 1, to: &rows)
    try Forest.apply(.signedUp(2, level: 1), at: 2, to: &rows)
    try Forest.apply(.signedUp(3, sponsor: 1, level: 2), at: 3, to: &rows)
    try Forest.apply(.signedUp(4, sponsor: 1, level: 2), at: 4, to: &rows)
    try Forest.apply(.moved(2, from: nil, to: 1, level: 2), at: 5, to: &rows)
    try Forest.apply(.left(3, sponsor: 1), at: 6, to: &rows)
    try Forest.apply(.signedUp(3, sponsor: 1, level: 2), at: 7, to: &rows)
    #expect(try Forest.recruits(of: Person(1), in: 1, &rows).map(\.number) == [2, 4, 3])
  }

  @Test func `255 levels hold, one more is corrupt`() throws {
    var rows = try MemoryAgents(chain: 255)
    #expect(try Forest.level(of: Person(255), in: 1, &rows) == 255)
    #expect(try rows.node(1).levels == 255)
    #expect(throws: ForestError.self) {
      try Forest.apply(.signedUp(256, sponsor: 255, level: 256), at: 256, to: &rows)
    }
  }

  @Test func `an event that contradicts the forest is an error`() throws {
    let rows = try MemoryAgents(chain: 3)
    func refuses(_ apply: (inout MemoryAgents) throws -> Void) {
      var copy = rows
      #expect(throws: ForestError.self) { try apply(&copy) }
    }
    refuses { try Forest.apply(.signedUp(2, level: 1), at: 4, to: &$0) }
    refuses { try Forest.apply(.signedUp(4, sponsor: 5, level: 2), at: 4, to: &$0) }
    refuses { try Forest.apply(.moved(3, from: 1, to: nil, level: 1), at: 4, to: &$0) }
    refuses { try Forest.apply(.moved(4, from: nil, to: 1, level: 2), at: 4, to: &$0) }
    refuses { try Forest.apply(.left(2, sponsor: nil), at: 4, to: &$0) }
    refuses {
      try Forest.apply(.left(3, sponsor: 2), at: 4, to: &$0)
      try Forest.apply(.signedUp(4, sponsor: 3, level: 4), at: 5, to: &$0)
    }
  }
}

/// All that the forest tells about one agent.
private struct Picture: Hashable {
  var facts: AgentFacts
  var joined: Position
  var left: Position
  var members: [UInt32]
  var headcount: UInt64
  var ownFees: Int128
  var feesBelow: Int128
  var peak: AgentNode.Peak
  var sponsors: [Person]
  var recruits: [Person]

  init?(of person: Person, in brand: Position, _ rows: inout MemoryAgents) throws {
    guard
      let node = rows.agent(person, of: brand),
      let facts = try Forest.facts(of: person, in: brand, &rows)
    else { return nil }
    self.facts = facts
    joined = node.joined
    left = node.left
    members = node.members
    headcount = node.headcount
    ownFees = node.ownFees
    feesBelow = node.feesBelow
    peak = node.peak
    sponsors = try Forest.sponsors(of: node, in: brand, &rows)
    recruits = try Forest.recruits(of: person, in: brand, &rows)
  }

  init?(of person: Person, _ model: SlowAgency) {
    guard let agent = model.agents[person] else { return nil }
    members = model.members(of: person)
    facts = AgentFacts(
      sponsor: agent.sponsor,
      active: agent.left == 0,
      level: model.level(of: person),
      height: UInt32(members.count)
    )
    joined = agent.joined
    left = agent.left
    headcount = model.headcount(of: person)
    ownFees = agent.fees
    feesBelow = model.feesBelow(person)
    peak = agent.peak
    sponsors = model.sponsors(of: person)
    recruits = model.recruits(of: person)
  }
}

/// Nodes as rows, so that each is written and read back at every step.
private struct MemoryAgents: AgentRows {
  private struct Key: Hashable {
    var brand: Position
    var person: Person
  }

  private var rows: [Key: [UInt8]] = [:]

  init() {}

  /// Person 1 recruited person 2, who recruited person 3, and so on; each paid 10.
  init(chain length: UInt64) throws {
    for agent in 1...length {
      let event = AgentSignedUp.signedUp(
        agent,
        sponsor: agent == 1 ? nil : agent - 1,
        level: UInt32(agent),
        fee: 10
      )
      try Forest.apply(event, at: agent, to: &self)
    }
  }

  func agent(_ person: Person, of brand: Position) -> AgentNode? {
    rows[Key(brand: brand, person: person)].map { AgentNode(row: $0.span.bytes) }
  }

  mutating func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    var row = ByteWriter(capacity: 64)
    node.write(to: &row)
    rows[Key(brand: brand, person: person)] = row.bytes
  }

  mutating func changeAgent<Result>(
    _ person: Person,
    of brand: Position,
    _ body: (inout AgentNode) throws -> Result
  ) rethrows -> Result? {
    guard var node = agent(person, of: brand) else { return nil }
    let result = try body(&node)
    setAgent(person, of: brand, node)
    return result
  }

  func node(_ person: UInt64) throws -> AgentNode {
    try #require(agent(Person(person), of: 1))
  }

  mutating func apply(_ record: Record) throws {
    switch record.event {
    case .agentSignedUp(let event): try Forest.apply(event, at: record.position, to: &self)
    case .agentReparented(let event): try Forest.apply(event, at: record.position, to: &self)
    case .agentLeft(let event): try Forest.apply(event, at: record.position, to: &self)
    default: break
    }
  }
}

extension AgentSignedUp {
  fileprivate static func signedUp(
    _ agent: UInt64,
    sponsor: UInt64? = nil,
    level: UInt32,
    fee: Int64 = 0,
    brand: Position = 1
  ) -> AgentSignedUp {
    AgentSignedUp(
      brand: Reference(id: "b", position: brand),
      agent: Person(agent),
      sponsor: sponsor.map { Person($0) },
      level: level,
      entryFee: fee,
      currency: "CNY"
    )
  }
}

extension AgentReparented {
  fileprivate static func moved(
    _ agent: UInt64,
    from: UInt64?,
    to: UInt64?,
    level: UInt32
  ) -> AgentReparented {
    AgentReparented(
      brand: Reference(id: "b", position: 1),
      agent: Person(agent),
      from: from.map { Person($0) },
      to: to.map { Person($0) },
      level: level,
      cause: .requested,
      reasonHash: []
    )
  }
}

extension AgentLeft {
  fileprivate static func left(_ agent: UInt64, sponsor: UInt64?) -> AgentLeft {
    AgentLeft(
      brand: Reference(id: "b", position: 1),
      agent: Person(agent),
      sponsor: sponsor.map { Person($0) },
      cause: .left,
      reasonHash: []
    )
  }
}
