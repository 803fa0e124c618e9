internal import EventLog
internal import JSON
package import Marketplace

/// As of when a question is asked: what the ledger knew then, not what had happened by then.
package enum AsOf: Hashable, Sendable {
  case position(Position)
  /// By recordedAt.
  case time(Microseconds)

  /// As it was asked, in one of the two forms.
  var text: String {
    switch self {
    case .position(let position): "\(position)"
    case .time(let time): Timestamp.text(time)
    }
  }
}

extension Ledger {
  /// The last event that the ledger knew then, and those of the same command: a fold never shows half
  /// a command.
  ///
  /// A time costs a look at some twenty records.
  ///
  /// - Throws: `QueryError.badRequest` for what is still to come, which names the head.
  func resolve(_ asOf: AsOf) throws -> Position {
    let head = log.head
    let position: Position
    switch asOf {
    case .position(let asked):
      guard asked <= head else {
        throw QueryError.badRequest("asOf=\(asked): the log ends at event \(head); ask up to there")
      }
      position = asked
    case .time(let time):
      // The last event may bear a later time than the clock tells, if it was set back.
      let known = head == 0 ? 0 : try LedgerLog(log: log).lent(head) { $0.recordedAt }
      let now = max(clock(), known)
      guard time <= now else {
        throw QueryError.badRequest(
          "asOf=\(asOf.text) is still to come: it is \(Timestamp.text(now)), and the log ends at "
            + "event \(head)"
        )
      }
      position = try lastRecorded(by: time, upTo: head)
    }
    guard position > 0 else { return 0 }
    return try LedgerLog(log: log).lent(position) { $0.lastOfCommand }
  }

  /// The last event recorded at or before a time; 0 when none was.
  func lastRecorded(by time: Microseconds, upTo head: Position) throws -> Position {
    let log = LedgerLog(log: log)
    var (known, unknown) = (0 as Position, head + 1)
    while known + 1 < unknown {
      let middle = known + (unknown - known) / 2
      let recordedAt = try log.lent(middle) { $0.recordedAt }
      if recordedAt <= time { known = middle } else { unknown = middle }
    }
    return known
  }
}

extension LedgerLog {
  /// Writes of an answer about the past what was asked, and what it cost.
  func write(
    _ asOf: AsOf,
    through last: Position,
    _ eventsRead: UInt64,
    to json: inout JSONWriter
  ) throws {
    let recordedAt = last == 0 ? nil : try lent(last) { Timestamp.text($0.recordedAt) }
    json.object("asOf") { json in
      json.member("asked", asOf.text)
      json.member("recordedAt", ifPresent: recordedAt)
      json.member("eventsRead", eventsRead)
    }
  }
}
