internal import EventLog
internal import JSON
internal import Logging
internal import Marketplace
internal import Projections
internal import Projectors

/// How answers are put together: the state finds a thing by its name, a view's snapshot tells its
/// figures, and the log gives names for numbers.
extension Ledger {
  /// What an answer is put together from: a view's rows, the position that they reflect, the log.
  typealias Answering =
    @Sendable (any RowReader, Position, LedgerLog, inout JSONWriter) throws -> Void

  /// Asks one view, once it is as fresh as wanted; or, of the past, the rows that `events` give.
  func ask(
    _ projector: any Projector.Type,
    _ when: Freshness,
    _ events: PastEvents,
    _ body: @escaping Answering
  ) async throws -> [UInt8] {
    if let asOf = when.asOf {
      return try await askPast(projector, events, asOf, wait: when.wait, body)
    }
    let view = try view(named: projector.name)
    let asked = ContinuousClock.now
    if when.after > 0 {
      let reached = await view.wait(for: when.after, seconds: Double(when.wait))
      guard reached >= when.after else {
        throw QueryError.notReached(view: view.name, wanted: when.after, reached: reached)
      }
    }
    let waited = ContinuousClock.now - asked
    var json = JSONWriter()
    try read(view) { rows, position in try body(rows, position, LedgerLog(log: log), &json) }
    noteIfSlow(of: view.name, waited: waited, took: ContinuousClock.now - asked)
    return json.bytes
  }

  /// Tells in the log of a question that took long, and whether the view was late or had much to read.
  func noteIfSlow(of view: String, waited: Duration, took: Duration) {
    guard took > configuration.slow else { return }
    let read = took - waited
    var metadata: Logger.Metadata = [
      "view": "\(view)", "waitedMs": "\(Int(waited.milliseconds))",
      "readMs": "\(Int(read.milliseconds))",
    ]
    // The name that the request has in the other lines.
    metadata["request"] = Logger.current[metadataKey: "hb.request.id"]
    logger.notice(
      waited > read
        ? "slow query: most of it waited for the view to get there"
        : "slow query: most of it read the view's rows",
      metadata: metadata
    )
  }

  /// Lends a snapshot of one view's rows.
  ///
  /// - Throws: `QueryError.unavailable` when there are none to show; what `body` throws.
  func read<Found>(
    _ view: View,
    _ body: (SnapshotRows, Position) throws -> Found
  ) throws -> Found {
    do {
      return try view.read(body)
    } catch ViewError.building(let progress) {
      var detail = "it is being built, \(progress.position) of \(progress.target) events are folded"
      if let seconds = progress.secondsLeft { detail += ", about \(Int(seconds) + 1) s are left" }
      throw QueryError.unavailable(view: view.name, detail: detail)
    } catch ViewError.stopped(let detail) {
      throw QueryError.unavailable(view: view.name, detail: detail)
    }
  }

  func view(named name: String) throws -> View {
    guard let view = openedViews.first(where: { $0.name == name }) else {
      let names = openedViews.map(\.name).joined(separator: ", ")
      throw QueryError.notFound("no view \(name): there are \(names)")
    }
    return view
  }

  /// Where a thing was created.
  ///
  /// - Throws: `QueryError.notFound`, which names it.
  func position(of kind: IdKind, _ id: String, called word: String) throws -> Position {
    let found = try state.withDurable { try $0.position(of: kind, id) }
    guard let found else { throw QueryError.notFound("no \(word) \(id)") }
    return found
  }

  func person(named name: String, called word: String) throws -> Person {
    let found = try state.withDurable { try $0.existingPerson(name) }
    guard let found else { throw QueryError.notFound("no \(word) \(name)") }
    return found
  }
}

extension QueryError {
  /// A thing that the state knows and a view does not yet: it lags, or is asked about the past.
  static func notYet(
    _ word: String,
    _ id: String,
    at position: Position,
    in view: Position,
    _ when: Freshness
  ) -> QueryError {
    .notFound(
      "no \(word) \(id) at position \(view); "
        + (when.asOf == nil
          ? "ask with after=\(position) to wait for it" : "it begins with event \(position)")
    )
  }
}

/// The log as answers read it.
struct LedgerLog: LogReader {
  let log: EventLog
  /// How many people are known, where the past is asked about; nil: everybody.
  var people: UInt64?

  init(log: EventLog, people: UInt64? = nil) {
    self.log = log
    self.people = people
  }

  func name(of person: Person) throws -> String {
    if let people, person.number > people {
      throw QueryError.notFound("the person asked for had not appeared yet")
    }
    return try log.person(person.number)?.name ?? "forgotten:\(person.number)"
  }

  func record(at position: Position) throws -> Record {
    guard let record = try log.record(at: position, { try Record(decoding: $0) }) else {
      throw QueryError.notFound("no event \(position): the log ends at \(log.head)")
    }
    return record
  }

  func text(at position: Position) throws -> String? {
    try log.text(at: position)?.text
  }
}
