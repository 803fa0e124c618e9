import LMDB
import Marketplace
import Projectors

/// A view's rows as of one commit.
///
/// It is used by one thread at a time and only while the closure runs that it was lent to.
package final class SnapshotRows: RowReader {
  private let transaction: ReadTransaction
  private let tables: GenerationTables

  init(_ generation: Generation) throws {
    tables = generation.tables
    transaction = try generation.environment.beginRead()
  }

  package func lend(_ key: RawSpan, to body: (RawSpan) throws -> Void) throws {
    _ = try transaction.get(tables.rows, key: key, body)
  }

  package func scan(
    from first: [UInt8],
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
  ) throws {
    try transaction.scan(tables.rows, from: first, .ascending, body)
  }

  func checkpoint() throws -> Checkpoint {
    guard let row = try transaction.get(tables.meta, key: Checkpoint.key),
      let checkpoint = Checkpoint(row: row)
    else { throw Generation.Untrusted(reason: "it has no checkpoint") }
    return checkpoint
  }

  var count: UInt64 {
    get throws { try UInt64(transaction.statistics(tables.rows).entries) }
  }

  /// Visits rows without copying them.
  func scanLent(_ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool) throws {
    try transaction.scan(tables.rows) { key, value in try body(key, value) }
  }

  /// Whether the row is there, and whether its value is this.
  func holds(_ key: RawSpan, _ value: RawSpan) throws -> Bool? {
    try transaction.get(tables.rows, key: key) { $0.isEqual(to: value) }
  }
}

/// A view's rows while one batch is folded and written, in one write transaction.
///
/// Let go of uncommitted, it leaves nothing behind.
final class BatchRows: RowWriter {
  private var transaction: WriteTransaction?
  private let tables: GenerationTables

  init(_ generation: Generation) throws {
    tables = generation.tables
    transaction = try generation.environment.beginWrite()
  }

  func lend(_ key: RawSpan, to body: (RawSpan) throws -> Void) throws {
    _ = try transaction?.get(tables.rows, key: key, body)
  }

  func scan(from first: [UInt8], _ body: (RawSpan, RawSpan) throws -> Bool) throws {
    try transaction?.scan(tables.rows, from: first, .ascending, body)
  }

  func put(_ key: RawSpan, _ value: RawSpan) throws {
    try transaction?.put(tables.rows, key: key, value: value)
  }

  func remove(_ key: RawSpan) throws {
    try transaction?.delete(tables.rows, key: key)
  }

  /// Makes the rows visible together with the position that they reflect.
  func commit(_ checkpoint: Checkpoint) throws {
    try transaction?.put(tables.meta, key: Checkpoint.key, value: checkpoint.row)
    try transaction.take()?.commit()
  }
}

/// The tables of a generation: what projectors write, and the checkpoint apart from it.
struct GenerationTables {
  let rows: Table
  let meta: Table

  init(_ environment: Environment, create: Bool) throws {
    rows = try create ? environment.createTable("rows") : environment.openTable("rows")
    meta = try create ? environment.createTable("meta") : environment.openTable("meta")
  }
}

extension RawSpan {
  var hexadecimal: String {
    withUnsafeBytes { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
