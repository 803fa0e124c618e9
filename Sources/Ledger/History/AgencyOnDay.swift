internal import EventLog
internal import JSON
internal import Marketplace
internal import Projectors

/// A brand's agency as the business stood at the end of a local day: by the events that had occurred
/// by then, in the order of occurrence, whenever they were recorded.
///
/// Days are those of the brand's zone; of policies, which belong to no brand, UTC's.
struct AgencyOnDay: Sendable {
  private(set) var rows = MemoryRows()
  let day: Day
  /// How many of the events had occurred by then.
  private(set) var events: UInt64 = 0
  /// How many of those were recorded behind an event of a later day.
  private(set) var late: UInt64 = 0
  /// How often, among all events read, the clock's reading was earlier than one before it.
  private(set) var clockSteps: UInt64 = 0
  /// How many events found another forest than the one they were decided on.
  let contradictions: UInt64
  let eventsRead: UInt64

  /// Folds the events of an agency and the policies, given in the order of the log.
  init(_ brand: Reference, _ records: [Record], through day: Day) throws {
    self.day = day
    eventsRead = UInt64(records.count)
    var lastDay = Day.min
    var lastReading = Microseconds.min
    var occurred: [Record] = []
    for record in records {
      let envelope = record.envelope
      if envelope.occurredOffsetMinutes == nil {
        if envelope.occurredAt < lastReading { clockSteps += 1 }
        lastReading = envelope.occurredAt
      }
      // The brand has to be there, whenever it was registered.
      if case .brandRegistered = record.event {
        occurred.append(record)
        continue
      }
      if envelope.localDay <= day {
        occurred.append(record)
        events += 1
        if envelope.localDay < lastDay { late += 1 }
      }
      lastDay = max(lastDay, envelope.localDay)
    }
    occurred.sort { left, right in
      if left.position == brand.position || right.position == brand.position {
        return left.position == brand.position && right.position != brand.position
      }
      return (left.envelope.occurredAt, left.position)
        < (right.envelope.occurredAt, right.position)
    }
    var order = AgencyByOccurrence(brand: brand)
    var projector = AgencyProjector()
    for record in occurred {
      for event in order.events(for: record.event) {
        try projector.fold(Record(envelope: record.envelope, event: event), rows)
      }
    }
    try projector.flush(into: &rows)
    rows.sort()
    contradictions = order.contradictions
  }

  func write(to json: inout JSONWriter) {
    json.object("on") { json in
      json.member("day", Timestamp.dayText(day))
      json.member("events", events)
      json.member("late", late)
      json.member("clockSteps", clockSteps)
      json.member("contradictions", contradictions)
      json.member("eventsRead", eventsRead)
    }
  }
}

extension Ledger {
  /// Asks the agency view of a brand, as of a position or on a day where that is wanted.
  func askAgency(
    of brand: Reference,
    _ when: Freshness,
    _ body: @escaping Answering
  ) async throws -> [UInt8] {
    let events = PastEvents.agency(brand.position)
    guard let day = when.on else { return try await ask(AgencyProjector.self, when, events, body) }
    let asOf = when.asOf ?? .position(log.head)
    return try await withPast(events, asOf, wait: when.wait) { [log] positions, last in
      let log = LedgerLog(log: log)
      let records = try (positions ?? []).map { try log.record(at: $0) }
      let past = try AgencyOnDay(brand, records, through: day)
      var json = JSONWriter()
      try body(past.rows, last, log, &json)
      try json.extend { json in
        if when.asOf != nil { try log.write(asOf, through: last, past.eventsRead, to: &json) }
        past.write(to: &json)
      }
      return json.bytes
    }
  }
}
