internal import EventLog
internal import JSON
internal import Marketplace
internal import Projections
internal import Projectors

/// The rows of a view as they stood in the past, and what it cost to fold them anew.
struct PastRows: Sendable {
  var rows: MemoryRows
  var eventsRead: UInt64
  /// How many people the log had named by then; nil where not all of it was read.
  var people: UInt64?

  /// Flushed as often as a view does that is far behind, which bounds the memory of the changes.
  private static let flushEvents: UInt64 = 65_536

  /// Folds events up to a position.
  ///
  /// - Throws: `FoldError` at an event that cannot be folded; what the log throws.
  init<Fold: Projector>(
    _: Fold.Type,
    _ events: PastEvents,
    _ positions: [Position]?,
    through last: Position,
    _ log: LedgerLog
  ) throws {
    var rows = if case .all(let keeps) = events { MemoryRows(keeping: keeps) } else { MemoryRows() }
    var projector = Fold()
    var unflushed: UInt64 = 0
    var people: UInt64 = 0
    eventsRead = try log.read(positions, through: last) { record in
      try projector.fold(record, rows)
      people = max(people, record.lastNewPerson)
      unflushed += 1
      guard unflushed >= Self.flushEvents else { return }
      try projector.flush(into: &rows)
      unflushed = 0
    }
    try projector.flush(into: &rows)
    rows.sort()
    self.rows = rows
    self.people = positions == nil ? people : nil
  }
}

extension Ledger {
  /// Finds the events that an answer about the past needs, waiting until the index has them, and
  /// does with them what takes long.
  func withPast<Answer: Sendable>(
    _ events: PastEvents,
    _ asOf: AsOf,
    wait: Int,
    _ body: @escaping @Sendable (_ positions: [Position]?, _ last: Position) throws -> Answer
  ) async throws -> Answer {
    let last = try resolve(asOf)
    guard events.share == .chosen else {
      return try await history.run(.whole) { try body(nil, last) }
    }
    let view = try view(named: IndexProjector.name)
    let reached = await view.wait(for: last, seconds: Double(wait))
    return try await history.run(.chosen) { [self] in
      let positions = try read(view) { rows, position in
        guard position >= last else {
          throw QueryError.notReached(view: view.name, wanted: last, reached: reached)
        }
        return try events.positions(through: last, rows, LedgerLog(log: log))
      }
      return try body(positions, last)
    }
  }

  /// Answers from a view's rows as they stood.
  func askPast(
    _ projector: any Projector.Type,
    _ events: PastEvents,
    _ asOf: AsOf,
    wait: Int,
    _ body: @escaping Answering
  ) async throws -> [UInt8] {
    try await withPast(events, asOf, wait: wait) { [log] positions, last in
      let log = LedgerLog(log: log)
      let past = try PastRows(projector, events, positions, through: last, log)
      var json = JSONWriter()
      try body(past.rows, last, LedgerLog(log: log.log, people: past.people), &json)
      try json.extend { try log.write(asOf, through: last, past.eventsRead, to: &$0) }
      return json.bytes
    }
  }
}
