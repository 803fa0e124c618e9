/// Where the nodes of the brands' forests are kept.
package protocol AgentRows {
  /// The node of an agent, also of one who left; nil for a person who never joined the brand.
  mutating func agent(_ person: Person, of brand: Position) throws -> AgentNode?
  mutating func setAgent(_ person: Person, of brand: Position, _ node: AgentNode) throws
  /// Changes the node of an agent where it is kept; nil, without a call, for a person who never
  /// joined the brand.
  mutating func changeAgent<Result>(
    _ person: Person,
    of brand: Position,
    _ body: (inout AgentNode) throws -> Result
  ) throws -> Result?
}

/// An agency event that contradicts the forest it is applied to.
package struct ForestError: Error, Hashable, Sendable {
  package var detail: String

  package init(_ detail: String) {
    self.detail = detail
  }
}

/// The sponsors of a brand's agents as a forest: how events change it, and what it tells.
///
/// An event walks the chain of sponsors up to the root and nothing else: its cost is the depth
/// times the levels of the tree that comes or goes, however many agents there are.
///
/// Between an AgentLeft and the AgentReparented of the last recruit, the recruits hang below
/// somebody who is no member any more, and nobody above counts them. Nobody reads the forest then:
/// the events are of one command. They can raise no peak above, as each tree comes back one step
/// nearer and one person smaller.
package enum Forest {
  /// The most levels that any brand's limit allows; a longer chain of sponsors is corrupt.
  package static let greatestLevel = 255

  package static func apply(
    _ event: AgentSignedUp,
    at position: Position,
    to rows: inout some AgentRows
  ) throws {
    let brand = event.brand.position
    let known = try rows.agent(event.agent, of: brand)
    guard known?.isActive != true else {
      throw ForestError("\(event.agent.text) signs up for brand \(brand), of which it is an agent")
    }
    var node = known ?? AgentNode(joined: position)
    node.joined = position
    node.left = 0
    node.members = [1]
    node.ownFees += Int128(event.entryFee)
    node.raisePeak(at: position)
    try attach(event.agent, &node, to: event.sponsor, of: brand, at: position, &rows)
    try rows.setAgent(event.agent, of: brand, node)
  }

  package static func apply(
    _ event: AgentReparented,
    at position: Position,
    to rows: inout some AgentRows
  ) throws {
    let brand = event.brand.position
    var node = try activeAgent(event.agent, of: brand, &rows)
    try detach(event.agent, &node, from: event.from, of: brand, &rows)
    try attach(event.agent, &node, to: event.to, of: brand, at: position, &rows)
    try rows.setAgent(event.agent, of: brand, node)
  }

  package static func apply(
    _ event: AgentLeft,
    at position: Position,
    to rows: inout some AgentRows
  ) throws {
    let brand = event.brand.position
    var node = try activeAgent(event.agent, of: brand, &rows)
    try detach(event.agent, &node, from: event.sponsor, of: brand, &rows)
    node.left = position
    node.members = []
    node.feesBelow = 0
    try rows.setAgent(event.agent, of: brand, node)
  }

  /// The agent's level counted from the root, the root 1; 0 for one who left or never joined.
  package static func level(
    of person: Person,
    in brand: Position,
    _ rows: inout some AgentRows
  ) throws -> UInt32 {
    guard let node = try rows.agent(person, of: brand), node.isActive else { return 0 }
    return UInt32(try sponsors(of: node, in: brand, &rows).count) + 1
  }

  /// Everybody above an agent: the sponsor first, the root last.
  package static func sponsors(
    of node: AgentNode,
    in brand: Position,
    _ rows: inout some AgentRows
  ) throws -> [Person] {
    var chain: [Person] = []
    var next = node.sponsor
    while let person = next {
      chain.append(person)
      try checkLength(chain.count, below: person, of: brand)
      next = try activeAgent(person, of: brand, &rows).sponsor
    }
    return chain
  }

  /// Those whose sponsor the agent is, in order of their latest joining.
  package static func recruits(
    of person: Person,
    in brand: Position,
    _ rows: inout some AgentRows
  ) throws -> [Person] {
    var found: [(joined: Position, person: Person)] = []
    var next = try rows.agent(person, of: brand)?.firstRecruit
    while let recruit = next {
      let node = try activeAgent(recruit, of: brand, &rows)
      found.append((node.joined, recruit))
      next = node.nextSibling
    }
    return found.sorted { $0.joined < $1.joined }.map(\.person)
  }

  /// What decisions ask about an agent; nil for a person who never joined the brand.
  package static func facts(
    of person: Person,
    in brand: Position,
    _ rows: inout some AgentRows
  ) throws -> AgentFacts? {
    guard let node = try rows.agent(person, of: brand) else { return nil }
    return AgentFacts(
      sponsor: node.sponsor,
      active: node.isActive,
      level: try level(of: person, in: brand, &rows),
      height: node.levels
    )
  }
}

// MARK: Moving trees

extension Forest {
  /// Puts the tree of `node` below a sponsor, as the last of the recruits, and counts it above.
  private static func attach(
    _ person: Person,
    _ node: inout AgentNode,
    to sponsor: Person?,
    of brand: Position,
    at position: Position,
    _ rows: inout some AgentRows
  ) throws {
    node.sponsor = sponsor
    var distance = 0
    var next = sponsor
    while let above = next {
      distance += 1
      try checkLength(distance, below: above, of: brand)
      next = try change(above, of: brand, &rows) { ancestor in
        try checkActive(ancestor, above, of: brand)
        if distance == 1 { ancestor.link(person, &node) }
        ancestor.add(node, at: distance)
        ancestor.raisePeak(at: position)
        return ancestor.sponsor
      }
    }
    if let last = node.previousSibling {
      try change(last, of: brand, &rows) { $0.nextSibling = person }
    }
  }

  /// Takes the tree of `node` from its sponsor and off the counts above.
  private static func detach(
    _ person: Person,
    _ node: inout AgentNode,
    from sponsor: Person?,
    of brand: Position,
    _ rows: inout some AgentRows
  ) throws {
    guard node.sponsor == sponsor else {
      throw ForestError("\(person.text) has another sponsor at brand \(brand) than the event says")
    }
    node.sponsor = nil
    var distance = 0
    var next = sponsor
    while let above = next {
      distance += 1
      try checkLength(distance, below: above, of: brand)
      next = try change(above, of: brand, &rows) { ancestor in
        if distance == 1 { ancestor.unlink(node) }
        // A sponsor who has just left counts nobody, and nobody above counts the tree.
        guard ancestor.isActive else { return nil }
        ancestor.subtract(node, at: distance)
        return ancestor.sponsor
      }
    }
    if let previous = node.previousSibling {
      try change(previous, of: brand, &rows) { $0.nextSibling = node.nextSibling }
    }
    if let next = node.nextSibling {
      try change(next, of: brand, &rows) { $0.previousSibling = node.previousSibling }
    }
    node.previousSibling = nil
    node.nextSibling = nil
  }

  private static func change<Result>(
    _ person: Person,
    of brand: Position,
    _ rows: inout some AgentRows,
    _ body: (inout AgentNode) throws -> Result
  ) throws -> Result {
    guard let result = try rows.changeAgent(person, of: brand, body) else {
      throw neverJoined(person, of: brand)
    }
    return result
  }

  private static func activeAgent(
    _ person: Person,
    of brand: Position,
    _ rows: inout some AgentRows
  ) throws -> AgentNode {
    guard let node = try rows.agent(person, of: brand) else {
      throw neverJoined(person, of: brand)
    }
    try checkActive(node, person, of: brand)
    return node
  }

  private static func checkActive(
    _ node: AgentNode,
    _ person: Person,
    of brand: Position
  ) throws {
    guard node.isActive else {
      throw ForestError("\(person.text) left brand \(brand) at position \(node.left)")
    }
  }

  private static func neverJoined(_ person: Person, of brand: Position) -> ForestError {
    ForestError("\(person.text) never was an agent of brand \(brand)")
  }

  private static func checkLength(_ length: Int, below person: Person, of brand: Position) throws {
    guard length < greatestLevel else {
      throw ForestError(
        "the chain of sponsors through \(person.text) at brand \(brand) exceeds 255 levels"
      )
    }
  }
}

extension Person {
  fileprivate var text: String { "person \(number)" }
}
