internal import EventLog
internal import JSON
package import Marketplace
internal import Projections
internal import Projectors

/// The log itself, a page at a time.
extension Ledger {
  /// How many events a page without an index looks at before it ends, perhaps empty.
  private static let scanLimit = 20_000

  package func event(at position: Position) async throws -> [UInt8] {
    let log = LedgerLog(log: log)
    let record = try log.record(at: position)
    var json = JSONWriter()
    try write(record, to: &json)
    return json.bytes
  }

  package func events(_ filter: EventFilter) async throws -> [UInt8] {
    let page = try await page(filter)
    var json = JSONWriter()
    try json.object { json in
      try json.array("events") { json in
        for record in page.records { try write(record, to: &json) }
      }
      if let next = page.next { json.member("next", next) }
    }
    return json.bytes
  }

  /// The same page, each event apart, for whoever goes on from where it ends.
  package func followedEvents(_ filter: EventFilter) async throws -> FollowedEvents {
    let page = try await page(filter)
    let events = try page.records.map { record in
      var json = JSONWriter()
      try write(record, to: &json)
      return (record.position, json.bytes)
    }
    return FollowedEvents(events: events, reached: page.reached, hasMore: page.next != nil)
  }

  private func page(_ filter: EventFilter) async throws -> EventPage {
    try check(type: filter.type)
    let filters = try indexFilters(filter)
    if let command = filter.command {
      return try await events(of: command, filters, filter)
    }
    return filters.isEmpty ? try scan(filter) : try await find(filters, filter)
  }

  private struct EventPage {
    var records: [Record] = []
    /// The position behind which the next page starts; nil at the end.
    var next: Position?
    /// Up to here no event is missing that meets the filters.
    var reached: Position
  }

  private func write(_ record: Record, to json: inout JSONWriter) throws {
    let log = LedgerLog(log: log)
    let text = record.event.textHash.isEmpty ? nil : try log.text(at: record.position)
    try record.write(to: &json, names: { try log.name(of: $0) }, text: text)
  }

  // MARK: Ways to find them

  /// Reads on in the log, from `after`.
  private func scan(_ filter: EventFilter) throws -> EventPage {
    var page = EventPage(reached: filter.after)
    _ = try log.read(after: filter.after, limit: Self.scanLimit) { position, bytes in
      let record = try Record(decoding: bytes)
      page.reached = position
      if filter.type == nil || record.event.type == filter.type { page.records.append(record) }
      return page.records.count < filter.limit
    }
    page.next = page.reached < log.head ? page.reached : nil
    return page
  }

  /// Asks the index, which first catches up with the log as it is now.
  private func find(
    _ filters: [EventIndex.Filter],
    _ filter: EventFilter
  ) async throws -> EventPage {
    let head = log.head
    guard filter.after < head else { return EventPage(reached: filter.after) }
    let view = try view(named: IndexProjector.name)
    let asked = ContinuousClock.now
    _ = await view.wait(for: head, seconds: 5)
    let waited = ContinuousClock.now - asked
    defer { noteIfSlow(of: view.name, waited: waited, took: ContinuousClock.now - asked) }
    let log = LedgerLog(log: log)
    return try read(view) { rows, position in
      let found = try EventIndex.matching(
        filters,
        after: filter.after,
        limit: filter.limit,
        rows: rows
      )
      let records = try found.positions.map { try log.record(at: $0) }
      return EventPage(
        records: records.filter { filter.type == nil || $0.event.type == filter.type },
        // What the index does not reflect yet is for the next page.
        next: found.next ?? (position < head ? max(position, filter.after) : nil),
        reached: found.next ?? max(position, filter.after)
      )
    }
  }

  /// The few events of one command, held against the other filters.
  private func events(
    of command: String,
    _ filters: [EventIndex.Filter],
    _ filter: EventFilter
  ) async throws -> EventPage {
    let head = log.head
    let outcome = try state.withDurable { try $0.outcome(of: command) }
    guard case .accepted(let first) = outcome else {
      throw QueryError.notFound("no accepted command \(command)")
    }
    var page = EventPage(reached: max(head, filter.after))
    for position in first.position...first.envelope.lastOfCommand
    where position > filter.after {
      let record = try LedgerLog(log: log).record(at: position)
      guard filter.type == nil || record.event.type == filter.type else { continue }
      let indexed =
        try log.record(at: position) {
          try LentRecord.read($0) { try EventIndex.filters(of: $0) }
        } ?? []
      guard filters.allSatisfy(indexed.contains) else { continue }
      guard page.records.count < filter.limit else {
        page.next = position - 1
        page.reached = position - 1
        break
      }
      page.records.append(record)
    }
    return page
  }

  /// - Throws: `QueryError.badRequest` when no event has the type.
  func check(type: String?) throws {
    guard let type, !Event.types.contains(type) else { return }
    throw QueryError.badRequest(
      "type=\(type): give one of \(Event.types.joined(separator: ", "))"
    )
  }

  /// What the index calls the things that a filter names.
  ///
  /// - Throws: `QueryError.notFound` when there is none of that name.
  func indexFilters(_ filter: EventFilter) throws -> [EventIndex.Filter] {
    var filters: [EventIndex.Filter] = []
    func add(_ kind: EventIndex.Kind, _ id: String?, _ find: (String) throws -> UInt64) throws {
      if let id { filters.append(EventIndex.Filter(kind, try find(id))) }
    }
    try add(.shop, filter.shop) { try position(of: .shop, $0, called: "shop") }
    try add(.product, filter.product) { try position(of: .product, $0, called: "product") }
    try add(.share, filter.share) { try position(of: .share, $0, called: "share") }
    try add(.order, filter.order) { try position(of: .order, $0, called: "order") }
    try add(.brand, filter.brand) { try position(of: .brand, $0, called: "brand") }
    try add(.buyer, filter.buyer) { try person(named: $0, called: "buyer").number }
    try add(.agent, filter.agent) { try person(named: $0, called: "agent").number }
    return filters
  }
}
