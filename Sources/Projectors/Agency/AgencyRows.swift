import Marketplace

/// The keys of the agency view; inverted numbers put the greatest first.
///
/// | row | key behind the first byte | value |
/// |---|---|---|
/// | policy | | `AgencyThreshold` |
/// | brand | brand | `BrandRow` |
/// | agent | brand, person | `AgentNode` |
/// | recruit | brand, sponsor, position of joining | the recruit, an active agent |
/// | root | brand, inverted headcount, person | nothing; one for each active root |
/// | size | brand, inverted levels, inverted headcount, person | nothing; one for each active agent |
/// | sizeCount | brand, inverted levels, inverted headcount | how many agents of this size |
enum AgencyKey: UInt8 {
  case policy = 0
  case brand = 1
  case agent = 2
  case recruit = 3
  case root = 4
  case size = 5
  case sizeCount = 6

  /// The key's first byte and the brand: the prefix of every row of the kind that the brand has.
  func prefix(_ brand: Position) -> ByteWriter {
    var writer = ByteWriter(capacity: 32)
    writer.put(rawValue)
    writer.put(brand)
    return writer
  }

  static let policyRow: [UInt8] = [AgencyKey.policy.rawValue]

  static func brandRow(_ brand: Position) -> [UInt8] {
    AgencyKey.brand.prefix(brand).bytes
  }

  static func agentRow(_ agent: AgentKey) -> [UInt8] {
    var writer = AgencyKey.agent.prefix(agent.brand)
    writer.put(agent.person)
    return writer.bytes
  }

  static func recruitRow(_ sponsor: AgentKey, joined: Position) -> [UInt8] {
    var writer = AgencyKey.recruit.prefix(sponsor.brand)
    writer.put(sponsor.person)
    writer.put(joined)
    return writer.bytes
  }

  static func rootRow(_ agent: AgentKey, headcount: UInt64) -> [UInt8] {
    var writer = AgencyKey.root.prefix(agent.brand)
    writer.put(~headcount)
    writer.put(agent.person)
    return writer.bytes
  }

  static func sizeRow(_ agent: AgentKey, levels: UInt32, headcount: UInt64) -> [UInt8] {
    var writer = AgencyKey.size.prefix(agent.brand)
    writer.put(~levels)
    writer.put(~headcount)
    writer.put(agent.person)
    return writer.bytes
  }

  static func sizeCountRow(_ brand: Position, levels: UInt32, headcount: UInt64) -> [UInt8] {
    var writer = AgencyKey.sizeCount.prefix(brand)
    writer.put(~levels)
    writer.put(~headcount)
    return writer.bytes
  }
}

/// An agent of one brand; agents of two brands are two, even when one person is both.
struct AgentKey: Hashable, Sendable {
  var brand: Position
  var person: Person
}

/// What the policy in force marks: trees that reach both numbers.
package struct AgencyThreshold: Hashable, Sendable {
  package var levels: Int32
  package var headcount: Int32

  init(_ policy: Policy) {
    levels = policy.thresholdLevels
    headcount = policy.thresholdHeadcount
  }

  init(in rows: some RowReader) throws {
    self.init(.initial)
    guard let row = try rows.row(AgencyKey.policyRow) else { return }
    var reader = ByteReader(row)
    levels = reader.get()
    headcount = reader.get()
  }

  var row: [UInt8] {
    var writer = ByteWriter(capacity: 8)
    writer.put(levels)
    writer.put(headcount)
    return writer.bytes
  }
}

/// The totals of a brand's agency.
struct BrandRow: Hashable, Sendable {
  /// Everybody who ever was an agent, counted once.
  var agents: UInt64 = 0
  var active: UInt64 = 0
  var roots: UInt64 = 0
  /// Active agents by level from the root, the roots at 0; the last element is never 0.
  var agentsByLevel: [UInt64] = []

  init() {}

  init?(of brand: Position, in rows: some RowReader) throws {
    guard let row = try rows.row(AgencyKey.brandRow(brand)) else { return nil }
    self.init(row: row)
  }

  init(row: [UInt8]) {
    var reader = ByteReader(row)
    agents = reader.get()
    active = reader.get()
    roots = reader.get()
    while !reader.isAtEnd { agentsByLevel.append(reader.get()) }
  }

  var row: [UInt8] {
    var writer = ByteWriter(capacity: 24 + 8 * agentsByLevel.count)
    writer.put(agents)
    writer.put(active)
    writer.put(roots)
    for count in agentsByLevel { writer.put(count) }
    return writer.bytes
  }

  /// Counts a tree whose top stands at `level`, the root's being 1.
  mutating func add(_ members: [UInt32], at level: UInt32) {
    let top = Int(level) - 1
    while agentsByLevel.count < top + members.count { agentsByLevel.append(0) }
    for (step, count) in members.enumerated() { agentsByLevel[top + step] += UInt64(count) }
  }

  mutating func subtract(_ members: [UInt32], at level: UInt32) {
    let top = Int(level) - 1
    for (step, count) in members.enumerated() { agentsByLevel[top + step] -= UInt64(count) }
    while agentsByLevel.last == 0 { agentsByLevel.removeLast() }
  }
}

/// The nodes as the rows of one snapshot hold them, for answers.
struct StoredAgents<Rows: RowReader>: AgentRows {
  let rows: Rows

  func agent(_ person: Person, of brand: Position) throws -> AgentNode? {
    try rows.row(AgencyKey.agentRow(AgentKey(brand: brand, person: person)))
      .map { AgentNode(row: $0) }
  }

  func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    preconditionFailure("answers change nothing")
  }
}
