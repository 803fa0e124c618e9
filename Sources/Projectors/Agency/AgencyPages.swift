package import JSON
package import Marketplace

/// A cursor that no page has given.
package struct AgencyCursorError: Error, Hashable, Sendable {
  package var cursor: String
}

/// Brands in order of registration, with the size of each agency.
package struct BrandsPage: Hashable, Sendable {
  package var brands: [Brand] = []
  package var position: Position
  package var next: String?

  package struct Brand: Hashable, Sendable {
    package var event: BrandRegistered
    package var agents: UInt64
    package var active: UInt64
  }

  /// - Throws: `AgencyCursorError`, or what rows and log throw.
  package init(
    after cursor: String?,
    at position: Position,
    limit: Int,
    rows: some RowReader,
    log: some LogReader
  ) throws {
    self.position = position
    var page = try NumberPage(after: cursor, numbers: 1, limit: limit)
    let start = AgencyKey.brandRow(page.start?[0] ?? 0)
    try rows.scan(from: start) { key, value in
      guard key.starts(with: [AgencyKey.brand.rawValue]) else { return false }
      var offset = 1
      let brand: Position = key.integer(at: &offset)
      guard page.take([brand]) else { return !page.isFull }
      let event = try log.brand(at: brand)
      let row = BrandRow(row: value.copy)
      brands.append(Brand(event: event, agents: row.agents, active: row.active))
      return true
    }
    next = page.next
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.array("brands") { json in
        for brand in brands {
          json.object { json in
            json.member("brand", brand.event.brand)
            json.member("name", brand.event.name)
            json.member("levelLimit", brand.event.levelLimit)
            json.member("currency", brand.event.currency)
            json.member("timeZone", brand.event.timeZone)
            json.member("agents", brand.agents)
            json.member("active", brand.active)
          }
        }
      }
      json.member("position", position)
      json.member("next", ifPresent: next)
    }
  }
}

/// Agents of a brand: all, those over the thresholds, or the recruits of one.
package struct AgentsPage: Hashable, Sendable {
  package enum Selection: Hashable, Sendable {
    /// Everybody who ever was an agent, in order of first appearance in the log.
    case everybody
    /// Active agents whose trees reach both thresholds: most levels first, then most people.
    ///
    /// An agent whose tree changes between two pages may be missed or met twice.
    case overThreshold
    /// Those whose sponsor the person is, in order of joining.
    case recruits(of: Person)
  }

  package var brand: String
  package var position: Position
  /// Whose recruits they are; nil for the other selections.
  package var sponsor: String?
  package var agents: [AgentSummary]
  package var next: String?

  /// Nil when the view knows no such brand, or no such agent to have recruits.
  ///
  /// - Throws: `AgencyCursorError`, or what rows and log throw.
  package init?(
    _ selection: Selection,
    of brand: Position,
    after cursor: String?,
    at position: Position,
    limit: Int,
    rows: some RowReader,
    log: some LogReader
  ) throws {
    guard try BrandRow(of: brand, in: rows) != nil else { return nil }
    var stored = StoredAgents(rows: rows)
    var people: [Person] = []
    switch selection {
    case .everybody:
      var page = try NumberPage(after: cursor, numbers: 1, limit: limit)
      let first = page.start?[0] ?? 0
      guard first >> 48 == 0 else { throw AgencyCursorError(cursor: cursor ?? "") }
      let everybody = AgencyKey.everybody(of: brand)
      let start = everybody.place(ofContainer: PersonContainer.number(of: first))
      try everybody.table.scan(from: start, in: rows) { place, value in
        let number = UInt32(truncatingIfNeeded: place >> 8)
        for person in PersonContainer(row: value).people(inContainer: number)
        where person.number > first {
          guard page.take([person.number]) else { return false }
        }
        return true
      }
      people = page.taken.map { Person($0[0]) }
      next = page.next
    case .overThreshold:
      var page = try NumberPage(after: cursor, numbers: 3, limit: limit)
      let first = try page.start.map { numbers in
        guard let size = AgencySize(numbers[0], numbers[1]) else {
          throw AgencyCursorError(cursor: cursor ?? "")
        }
        return size
      }
      try AgencySize.visit(of: brand, from: first, over: AgencyThreshold(in: rows), rows) {
        size,
        container,
        agents in
        for person in agents.people(inContainer: container) {
          // The set of the cursor's size begins with those of the page before.
          if let start = page.start, size == first, person.number <= start[2] { continue }
          guard page.take([UInt64(size.levels), size.headcount, person.number]) else {
            return false
          }
        }
        return true
      }
      people = page.taken.map { Person($0[2]) }
      next = page.next
    case .recruits(let sponsor):
      guard try stored.agent(sponsor, of: brand) != nil else { return nil }
      self.sponsor = try log.name(of: sponsor)
      var page = try NumberPage(after: cursor, numbers: 1, limit: limit)
      var prefix = AgencyKey.recruit.prefix(brand)
      prefix.put(sponsor)
      let above = AgentKey(brand: brand, person: sponsor)
      let start = AgencyKey.recruitRow(above, joined: page.start?[0] ?? 0)
      try rows.scan(from: start) { key, value in
        guard key.starts(with: prefix.bytes) else { return false }
        var offset = prefix.bytes.count
        guard page.take([key.integer(at: &offset)]) else { return !page.isFull }
        offset = 0
        people.append(Person(value.integer(at: &offset)))
        return true
      }
      next = page.next
    }
    self.brand = try log.brand(at: brand).brand
    self.position = position
    agents = try people.map {
      try AgentSummary($0, named: log.name(of: $0), of: brand, &stored)
    }
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("agent", ifPresent: sponsor)
      json.member("brand", brand)
      json.member("position", position)
      json.array(sponsor == nil ? "agents" : "recruits") { json in
        for agent in agents { agent.write(to: &json) }
      }
      json.member("next", ifPresent: next)
    }
  }
}

/// A page of things that numbers put into order; its cursor is the last one's numbers, with points.
private struct NumberPage {
  let limit: Int
  /// The numbers of the last thing on the page before; nil for the first page.
  let start: [UInt64]?
  private(set) var taken: [[UInt64]] = []
  private(set) var next: String?

  init(after cursor: String?, numbers: Int, limit: Int) throws {
    precondition(limit > 0, "a page has a row")
    self.limit = limit
    start = try cursor.map { cursor in
      let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        .map { UInt64($0) }
      guard parts.count == numbers, !parts.contains(nil) else {
        throw AgencyCursorError(cursor: cursor)
      }
      return parts.compactMap(\.self)
    }
  }

  /// Set when there is something behind the page.
  var isFull: Bool { next != nil }

  /// Takes a thing in, unless it stands before the page or behind it.
  ///
  mutating func take(_ numbers: [UInt64]) -> Bool {
    if numbers == start { return false }
    guard taken.count < limit else {
      next = taken.last?.map(String.init).joined(separator: ".")
      return false
    }
    taken.append(numbers)
    return true
  }
}
