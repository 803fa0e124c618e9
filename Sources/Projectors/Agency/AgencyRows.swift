import Marketplace

/// The keys of the agency view; inverted numbers put the greatest first.
///
/// | row | key behind the first byte | value |
/// |---|---|---|
/// | policy | | `AgencyThreshold` |
/// | brand | brand | `BrandRow` |
/// | agent | packed by person | `AgentNodes`: the person's node in each brand |
/// | recruit | brand, sponsor, position of joining | the recruit, an active agent |
/// | root | a `SetKey`'s rest: brand, inverted headcount | the active roots of this headcount |
/// | size | a `SetKey`'s rest: brand, inverted `AgencySize` | the active agents of this size |
/// | everybody | a `SetKey`'s rest: brand | who ever was an agent |
///
/// Nodes stand by person and not by brand, since the people of one brand may be far apart.
enum AgencyKey: UInt8 {
  case policy = 0
  case brand = 1
  case agent = 2
  case recruit = 3
  case root = 4
  case size = 5
  case everybody = 6

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

  static let agents = PackedRows([AgencyKey.agent.rawValue], shift: 4)

  static func everybody(of brand: Position) -> SetKey {
    SetKey(kind: AgencyKey.everybody.rawValue, scope: brand, number: 0)
  }

  static func recruitRow(_ sponsor: AgentKey, joined: Position) -> [UInt8] {
    var writer = AgencyKey.recruit.prefix(sponsor.brand)
    writer.put(sponsor.person)
    writer.put(joined)
    return writer.bytes
  }

  static func roots(of brand: Position, headcount: UInt64) -> SetKey {
    SetKey(kind: AgencyKey.root.rawValue, scope: brand, number: ~headcount)
  }

  static func agents(of brand: Position, size: AgencySize) -> SetKey {
    SetKey(kind: AgencyKey.size.rawValue, scope: brand, number: ~size.number)
  }
}

/// How large an agent's tree is; the order is that of levels, then of people.
struct AgencySize: Hashable, Sendable {
  var levels: UInt32
  var headcount: UInt64

  init(levels: UInt32, headcount: UInt64) {
    precondition(levels <= Forest.greatestLevel && headcount >> 56 == 0, "a tree too large")
    self.levels = levels
    self.headcount = headcount
  }

  /// Nil for what no tree can have.
  init?(_ levels: UInt64, _ headcount: UInt64) {
    guard levels <= UInt64(Forest.greatestLevel), headcount >> 56 == 0 else { return nil }
    self.init(levels: UInt32(levels), headcount: headcount)
  }

  init(number: UInt64) {
    levels = UInt32(number >> 56)
    headcount = number & (1 << 56 - 1)
  }

  var number: UInt64 { UInt64(levels) << 56 | headcount }
}

/// An agent of one brand; agents of two brands are two, even when one person is both.
struct AgentKey: SlotKey {
  var brand: Position
  var person: Person

  var slotHash: UInt64 { Projectors.slotHash(brand, person.number) }
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
    try AgentNodes.node(of: person, in: brand, rows)
  }

  func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    preconditionFailure("answers change nothing")
  }

  func changeAgent<Result>(
    _ person: Person,
    of brand: Position,
    _ body: (inout AgentNode) throws -> Result
  ) -> Result? {
    preconditionFailure("answers change nothing")
  }
}

/// The nodes of one person: for each brand, ascending, its position, the node's length (varints)
/// and the node.
enum AgentNodes {
  static func node(
    of person: Person,
    in brand: Position,
    _ rows: some RowReader
  ) throws -> AgentNode? {
    var node: AgentNode?
    try AgencyKey.agents.lend(person.number, in: rows) { value in
      visit(value) { found, range in
        if found == brand { node = AgentNode(row: value.extracting(range)) }
        return found < brand
      }
    }
    return node
  }

  /// Visits where the nodes lie, until the body answers false.
  static func visit(_ value: RawSpan, _ body: (Position, Range<Int>) -> Bool) {
    var offset = 0
    while offset < value.byteCount {
      let brand = value.varint(at: &offset)
      let length = Int(value.varint(at: &offset))
      guard body(brand, offset..<offset + length) else { return }
      offset += length
    }
  }

  static func put(_ node: RawSpan, of brand: Position, into value: inout ByteWriter) {
    value.put(varint: brand)
    value.put(varint: UInt64(node.byteCount))
    value.put(node)
  }
}
