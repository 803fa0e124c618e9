package import Marketplace

/// One snapshot of a view's rows, in the order of their keys' bytes.
///
/// Keys and values are lent to the body and not beyond it.
package protocol RowReader {
  /// Lends the value of a key, if there is one.
  func lend(_ key: RawSpan, to body: (RawSpan) throws -> Void) throws

  /// Visits rows from `first` on, in ascending order, until `body` returns false.
  func scan(from first: [UInt8], _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool) throws
}

extension RowReader {
  /// What the body makes of a key's value; nil when there is none.
  package func row<Found>(_ key: [UInt8], _ body: (RawSpan) throws -> Found) throws -> Found? {
    var found: Found?
    try lend(key.span.bytes) { found = try body($0) }
    return found
  }

  /// Copies the value of a key.
  package func row(_ key: [UInt8]) throws -> [UInt8]? {
    try row(key) { $0.copy }
  }

  /// Visits the rows whose keys start with `prefix`, until `body` returns false.
  package func scan(
    prefix: [UInt8],
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
  ) throws {
    try scan(from: prefix) { key, value in
      try key.starts(with: prefix) && body(key, value)
    }
  }
}

extension RawSpan {
  package func starts(with prefix: [UInt8]) -> Bool {
    byteCount >= prefix.count && extracting(first: prefix.count).isEqual(to: prefix.span.bytes)
  }
}

/// A view's rows while a batch is written.
///
/// Keys are 1 to 511 bytes; writing them sorted is fastest.
package protocol RowWriter: RowReader {
  mutating func put(_ key: RawSpan, _ value: RawSpan) throws
  mutating func remove(_ key: RawSpan) throws
}

extension RowWriter {
  package mutating func put(_ key: [UInt8], _ value: [UInt8]) throws {
    try put(key.span.bytes, value.span.bytes)
  }

  package mutating func remove(_ key: [UInt8]) throws {
    try remove(key.span.bytes)
  }
}

/// A view's fold: pure, so that the same events give the same rows however they are batched.
///
/// The runner folds the events after the checkpoint one by one, then writes all rows that they
/// changed together with the new checkpoint. It stops a batch only behind a command's last event.
package protocol Projector: Sendable {
  /// The folder's name, and the name in `/v1/views/{view}`.
  static var name: String { get }
  /// Raised whenever the same events would give other rows.
  static var version: UInt32 { get }

  init()

  /// Folds one event into the changes kept in memory, reading rows where it must.
  ///
  /// - Throws: only what `rows` and the record's fields throw, or a `FoldError`.
  mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws

  /// Writes the changes since the last flush and forgets them.
  mutating func flush(into rows: inout some RowWriter) throws
}

/// What stops a fold, and with it one view: the rows contradict the log, or the log is newer.
package struct FoldError: Error, Sendable {
  package var position: Position
  package var detail: String

  package init(position: Position, detail: String) {
    self.position = position
    self.detail = detail
  }
}

/// The log as answers read it: names for numbers, events for positions.
package protocol LogReader {
  /// The person's name; `forgotten:NUMBER` when it was deleted on demand.
  func name(of person: Person) throws -> String
  /// The event at a position that a row refers to.
  func record(at position: Position) throws -> Record
  /// The private text of the event at this position; nil when it has none or it was deleted.
  func text(at position: Position) throws -> String?
}
