package import Marketplace

/// The agency hierarchy of every brand: who recruited whom, how deep and how many.
///
/// An event changes the nodes along one chain of sponsors, in memory. What orders agents by size is
/// brought up to date at the flush, once for each agent of the batch, from how the agent stood
/// before it and stands after it.
package struct AgencyProjector: Projector {
  package static let name = "agency"
  package static let version: UInt32 = 2

  private var threshold: AgencyThreshold?
  private var brands: [Position: BrandRow] = [:]
  private var agents = AgentTable()

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    do {
      switch try record.event() {
      case .brandRegistered: brands[record.position] = BrandRow()
      case .policyAdopted(let event): threshold = AgencyThreshold(try event.whole.policy)
      case .agentSignedUp(let event): try fold(event.whole, at: record.position, rows)
      case .agentReparented(let event): try fold(event.whole, at: record.position, rows)
      case .agentLeft(let event): try fold(event.whole, at: record.position, rows)
      default: break
      }
    } catch let error as ForestError {
      throw FoldError(position: record.position, detail: error.detail)
    }
  }

  private mutating func fold(
    _ event: AgentSignedUp,
    at position: Position,
    _ rows: some RowReader
  ) throws {
    try change(event.brand, at: position, rows) { brand, agents in
      let known = agents.created
      try Forest.apply(event, at: position, to: &agents)
      brand.agents += agents.created - known
      brand.active += 1
      brand.roots += event.sponsor == nil ? 1 : 0
      brand.add([1], at: event.level)
    }
  }

  private mutating func fold(
    _ event: AgentReparented,
    at position: Position,
    _ rows: some RowReader
  ) throws {
    try change(event.brand, at: position, rows) { brand, agents in
      // The sponsor who has left no longer leads to the root, but stood exactly between.
      let levelBefore =
        switch event.cause {
        case .requested: try Forest.level(of: event.agent, in: event.brand.position, &agents)
        case .sponsorLeft: event.level + 1
        }
      try Forest.apply(event, at: position, to: &agents)
      let moved = try agents.agent(event.agent, of: event.brand.position)?.members ?? []
      brand.subtract(moved, at: levelBefore)
      brand.add(moved, at: event.level)
      brand.roots -= event.from == nil ? 1 : 0
      brand.roots += event.to == nil ? 1 : 0
    }
  }

  private mutating func fold(
    _ event: AgentLeft,
    at position: Position,
    _ rows: some RowReader
  ) throws {
    try change(event.brand, at: position, rows) { brand, agents in
      let level = try Forest.level(of: event.agent, in: event.brand.position, &agents)
      try Forest.apply(event, at: position, to: &agents)
      brand.active -= 1
      brand.roots -= event.sponsor == nil ? 1 : 0
      brand.subtract([1], at: level)
    }
  }

  /// Lends the brand's totals and the batch's agents to `body`, without a copy of either.
  private mutating func change(
    _ brand: Reference,
    at position: Position,
    _ rows: some RowReader,
    _ body: (inout BrandRow, inout BatchAgents) throws -> Void
  ) throws {
    if brands[brand.position] == nil {
      guard let row = try BrandRow(of: brand.position, in: rows) else {
        throw FoldError(position: position, detail: "no brand stands at position \(brand.position)")
      }
      brands[brand.position] = row
    }
    var lent = BatchAgents(agents: agents, rows: rows)
    agents = AgentTable()
    defer { agents = lent.agents }
    try body(&brands[brand.position, default: BrandRow()], &lent)
  }
}

// MARK: Flush

extension AgencyProjector {
  package mutating func flush(into rows: inout some RowWriter) throws {
    if let threshold { try rows.put(AgencyKey.policyRow, threshold.row) }
    for (brand, row) in brands.sorted(by: { $0.key < $1.key }) {
      try rows.put(AgencyKey.brandRow(brand), row.row)
    }
    var order = agents.slots.keys.indices.map { UInt32($0) }
    order.radixSort { agents.slots.keys[Int($0)].brand }
    order.radixSort { agents.slots.keys[Int($0)].person.number }
    try flushAgents(order, &rows)
    try flushPlaces(order, &rows)
    self = AgencyProjector()
  }

  /// Writes the nodes, in order.
  private func flushAgents(_ order: [UInt32], _ rows: inout some RowWriter) throws {
    var writer = PackedWriter(AgencyKey.agents)
    var node = ByteWriter()
    var index = 0
    while index < order.count {
      let person = agents.slots.keys[Int(order[index])].person
      try writer.update(person.number, in: &rows) { old, new in
        /// Puts the person's nodes of the brands before one.
        func putNodes(before brand: Position) {
          while index < order.count {
            let slot = Int(order[index])
            let key = agents.slots.keys[slot]
            guard key.person == person, key.brand < brand else { return }
            node.removeAll()
            agents.nodes.span[slot].write(to: &node)
            AgentNodes.put(node.bytes.span.bytes, of: key.brand, into: &new)
            index += 1
          }
        }
        AgentNodes.visit(old) { brand, range in
          putNodes(before: brand)
          let next = index < order.count ? agents.slots.keys[Int(order[index])] : nil
          if next != AgentKey(brand: brand, person: person) {
            AgentNodes.put(old.extracting(range), of: brand, into: &new)
          }
          return true
        }
        putNodes(before: .max)
      }
    }
    try writer.finish(&rows)
  }

  /// Moves the agents that changed in what orders them: by size, below a sponsor, among the roots.
  private func flushPlaces(_ order: [UInt32], _ rows: inout some RowWriter) throws {
    var sets = PersonSetChanges()
    var recruits: [RecruitChange] = []
    for slot in order {
      let key = agents.slots.keys[Int(slot)]
      let before = agents.before[Int(slot)]
      let after = AgentPlace(agents.nodes.span[Int(slot)])
      // Whoever left, or never was one.
      if before == nil { sets.insert(key.person, into: AgencyKey.everybody(of: key.brand)) }
      if before?.size != after?.size {
        if let before { sets.remove(key.person, from: before.sizeSet(of: key.brand)) }
        if let after { sets.insert(key.person, into: after.sizeSet(of: key.brand)) }
      }
      if before?.rootSet(of: key.brand) != after?.rootSet(of: key.brand) {
        if let set = before?.rootSet(of: key.brand) { sets.remove(key.person, from: set) }
        if let set = after?.rootSet(of: key.brand) { sets.insert(key.person, into: set) }
      }
      if before?.sponsor != after?.sponsor || before?.joined != after?.joined {
        if let change = before?.change(nil, of: key.brand) { recruits.append(change) }
        if let change = after?.change(key.person, of: key.brand) { recruits.append(change) }
      }
    }
    recruits.radixSort { $0.joined }
    recruits.radixSort { $0.sponsor.person.number }
    recruits.radixSort { $0.sponsor.brand }
    var value = ByteWriter(capacity: 8)
    for change in recruits {
      let key = AgencyKey.recruitRow(change.sponsor, joined: change.joined)
      if let recruit = change.recruit {
        value.removeAll()
        value.put(recruit)
        try rows.put(key.span.bytes, value.bytes.span.bytes)
      } else {
        try rows.remove(key.span.bytes)
      }
    }
    try sets.flush(into: &rows)
  }
}

/// The agents whom the batch has touched, each under the slot of its key.
private struct AgentTable: Sendable {
  private(set) var slots = SlotTable<AgentKey>()
  /// As the rows have it; nil for one who was no agent when the batch began.
  private(set) var before: [AgentPlace?] = []
  /// Apart, and read by `span`, since a node is large and its copy is counted.
  var nodes: [AgentNode] = []

  /// Adds an agent who has no slot yet.
  mutating func add(_ key: AgentKey, before place: AgentPlace?, _ node: AgentNode) -> Int {
    before.append(place)
    nodes.append(node)
    return slots.slot(of: key).number
  }
}

/// The batch's agents over the rows that it began with.
private struct BatchAgents: AgentRows {
  var agents: AgentTable
  let rows: any RowReader
  /// How many were no agents before.
  private(set) var created: UInt64 = 0

  init(agents: AgentTable, rows: any RowReader) {
    self.agents = agents
    self.rows = rows
  }

  mutating func agent(_ person: Person, of brand: Position) throws -> AgentNode? {
    try slot(of: AgentKey(brand: brand, person: person)).map { agents.nodes[$0] }
  }

  mutating func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) {
    let key = AgentKey(brand: brand, person: person)
    if let slot = agents.slots.number(of: key) {
      agents.nodes[slot] = node
    } else {
      _ = agents.add(key, before: nil, node)
      created += 1
    }
  }

  mutating func changeAgent<Result>(
    _ person: Person,
    of brand: Position,
    _ body: (inout AgentNode) throws -> Result
  ) throws -> Result? {
    guard let slot = try slot(of: AgentKey(brand: brand, person: person)) else { return nil }
    return try body(&agents.nodes[slot])
  }

  /// Keeps what it reads: an event changes nearly every node that it looks at.
  private mutating func slot(of key: AgentKey) throws -> Int? {
    if let slot = agents.slots.number(of: key) { return slot }
    guard let node = try AgentNodes.node(of: key.person, in: key.brand, rows) else { return nil }
    return agents.add(key, before: AgentPlace(node), node)
  }
}

/// What puts an active agent into order.
private struct AgentPlace: Hashable, Sendable {
  var sponsor: Person?
  var joined: Position
  var size: AgencySize

  /// Nil for one who left.
  init?(_ node: AgentNode) {
    guard node.isActive else { return nil }
    sponsor = node.sponsor
    joined = node.joined
    size = AgencySize(levels: node.levels, headcount: node.headcount)
  }

  func sizeSet(of brand: Position) -> SetKey {
    AgencyKey.agents(of: brand, size: size)
  }

  /// Nil below a sponsor.
  func rootSet(of brand: Position) -> SetKey? {
    sponsor == nil ? AgencyKey.roots(of: brand, headcount: size.headcount) : nil
  }

  /// What its place below the sponsor is to hold; nil for a root.
  func change(_ recruit: Person?, of brand: Position) -> RecruitChange? {
    sponsor.map {
      RecruitChange(sponsor: AgentKey(brand: brand, person: $0), joined: joined, recruit: recruit)
    }
  }
}

/// What becomes of a place among a sponsor's recruits.
private struct RecruitChange {
  var sponsor: AgentKey
  var joined: Position
  /// Nil for one who goes.
  var recruit: Person?
}

// MARK: A fold that is never flushed

extension AgencyProjector {
  /// An agent as folded so far; nil for one who never joined.
  func unflushedNode(of agent: AgentKey) -> AgentNode? {
    agents.slots.number(of: agent).map { agents.nodes[$0] }
  }

  /// A brand's totals as folded so far.
  func unflushedTotals(of brand: Position) -> BrandRow? { brands[brand] }

  /// Everybody folded so far, in no order.
  var unflushedAgents: [AgentKey] { agents.slots.keys }

  var unflushedThreshold: AgencyThreshold { threshold ?? AgencyThreshold(.initial) }
}
