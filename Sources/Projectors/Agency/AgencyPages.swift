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
    let prefix = [AgencyKey.brand.rawValue]
    var page = try KeyPage(prefix: prefix, after: cursor, widths: [8], limit: limit)
    try rows.scan(from: page.start) { key, value in
      guard page.take(key) else { return false }
      var reader = ByteReader(key, at: prefix.count)
      let event = try log.brand(at: reader.get())
      let row = BrandRow(row: value)
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
      let prefix = AgencyKey.agent.prefix(brand).bytes
      var page = try KeyPage(prefix: prefix, after: cursor, widths: [8], limit: limit)
      try rows.scan(from: page.start) { key, _ in page.take(key) }
      people = page.keys.map { Person(lastNumberOf: $0) }
      next = page.next
    case .overThreshold:
      let prefix = AgencyKey.size.prefix(brand).bytes
      var page = try KeyPage(prefix: prefix, after: cursor, widths: [4, 8, 8], limit: limit)
      let order = SizeOrder(kind: .size, brand: brand)
      try order.visit(over: AgencyThreshold(in: rows), from: page.start, rows) { key, _ in
        page.take(key)
      }
      people = page.keys.map { Person(lastNumberOf: $0) }
      next = page.next
    case .recruits(let sponsor):
      guard try stored.agent(sponsor, of: brand) != nil else { return nil }
      self.sponsor = try log.name(of: sponsor)
      var writer = AgencyKey.recruit.prefix(brand)
      writer.put(sponsor)
      var page = try KeyPage(prefix: writer.bytes, after: cursor, widths: [8], limit: limit)
      try rows.scan(from: page.start) { key, value in
        guard page.take(key) else { return false }
        people.append(Person(lastNumberOf: value))
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

extension Person {
  fileprivate init(lastNumberOf bytes: [UInt8]) {
    var reader = ByteReader(bytes, at: bytes.count - 8)
    self = reader.getPerson()
  }
}

/// A page of rows that share a prefix; its cursor is the numbers behind the prefix, with points.
private struct KeyPage {
  let prefix: [UInt8]
  /// How many bytes each number behind the prefix has.
  let widths: [Int]
  let limit: Int
  /// The first key that the page may hold.
  let start: [UInt8]
  private(set) var keys: [[UInt8]] = []
  private(set) var next: String?

  init(prefix: [UInt8], after cursor: String?, widths: [Int], limit: Int) throws {
    precondition(limit > 0, "a page has a row")
    self.prefix = prefix
    self.widths = widths
    self.limit = limit
    guard let cursor else {
      start = prefix
      return
    }
    let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == widths.count else { throw AgencyCursorError(cursor: cursor) }
    var writer = ByteWriter()
    writer.bytes += prefix
    for (part, width) in zip(parts, widths) {
      if width == 4, let number = UInt32(part) {
        writer.put(number)
      } else if width == 8, let number = UInt64(part) {
        writer.put(number)
      } else {
        throw AgencyCursorError(cursor: cursor)
      }
    }
    // The least key that is greater.
    writer.put(UInt8(0))
    start = writer.bytes
  }

  /// Takes the key in; false when the page ends before it.
  mutating func take(_ key: [UInt8]) -> Bool {
    guard key.starts(with: prefix) else { return false }
    guard keys.count < limit else {
      next = keys.last.map(cursor)
      return false
    }
    keys.append(key)
    return true
  }

  private func cursor(at key: [UInt8]) -> String {
    var reader = ByteReader(key, at: prefix.count)
    return widths.map { $0 == 4 ? "\(reader.get(UInt32.self))" : "\(reader.get(UInt64.self))" }
      .joined(separator: ".")
  }
}
