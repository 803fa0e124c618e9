import LMDB

/// The log as of one commit, for many look-ups in a row: to begin a read for each costs as much as
/// the look-up.
///
/// Keeps pages from being used again while it lives: some thousand look-ups at most.
///
/// `@unchecked`: a read transaction may move between threads, and whoever has the snapshot uses it
/// from one at a time.
package final class LogSnapshot: @unchecked Sendable {
  private let transaction: ReadTransaction
  private let tables: LogTables

  init(_ log: EventLog) throws(LMDBError) {
    transaction = try log.environment.beginRead()
    tables = log.tables
  }

  /// Lends one record; nil, without a call, past the head.
  package func record<Result>(
    at position: UInt64,
    _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    let key = LogFormat.key(position)
    return try transaction.get(tables.events, key: key.span.bytes, body)
  }

  /// Whether the person has this name; copies nothing.
  package func isPerson(_ number: UInt64, named name: String) throws -> Bool {
    let key = LogFormat.key(number)
    return try transaction.get(tables.people, key: key.span.bytes) { row in
      LogFormat.saltedText(row, is: name)
    } ?? false
  }
}

extension EventLog {
  /// The log as of its last commit.
  package func snapshot() throws(LogError) -> LogSnapshot {
    do {
      return try LogSnapshot(self)
    } catch {
      throw LogError(error)
    }
  }
}
