import CLMDB
import Glibc

/// The one write transaction of an environment: all of it is committed, or nothing.
///
/// It belongs to the thread that began it: LMDB 0.9 committed from another reports success, and
/// the next begin hangs for ever. Begin, write and commit in one synchronous function; this is
/// checked. Writes are `mutating`, so bytes lent by a read cannot be held across one, which would
/// make them invalid.
@safe package struct WriteTransaction: ~Copyable, Transaction {
  private let environment: Environment
  package let reads: TransactionReads
  private let thread: pthread_t
  /// LMDB has freed the handle.
  private var isOver = false

  init(environment: Environment, handle: OpaquePointer, thread: pthread_t) {
    self.environment = environment
    reads = unsafe TransactionReads(handle: handle, owner: ObjectIdentifier(environment))
    self.thread = thread
  }

  /// Makes every write visible and, in a durable environment, waits until it is on the disk.
  ///
  /// After an error nothing of it is visible, and the transaction is over too.
  /// The corresponding C function is `mdb_txn_commit`.
  package consuming func commit() throws(LMDBError) {
    precondition(pthread_self() == thread, "committed by another thread than began it")
    isOver = true
    let code = unsafe mdb_txn_commit(reads.handle)
    environment.endWrite(by: thread)
    try LMDBError.check(code)
  }

  deinit {
    if isOver { return }
    precondition(pthread_self() == thread, "aborted by another thread than began it")
    unsafe mdb_txn_abort(reads.handle)
    environment.endWrite(by: thread)
  }
}

extension WriteTransaction {
  /// Opens a table, new when it is not there; usable elsewhere once this is committed.
  package mutating func createTable(_ name: String) throws(LMDBError) -> Table {
    var index: MDB_dbi = 0
    try LMDBError.check(unsafe mdb_dbi_open(reads.handle, name, UInt32(MDB_CREATE), &index))
    return Table(index: index, owner: reads.owner)
  }

  /// Sets the value of a key, in place of an older one.
  package mutating func put(
    _ table: Table,
    key: RawSpan,
    value: RawSpan
  ) throws(LMDBError) {
    try store(table, key, value, flags: 0)
  }

  package mutating func put(
    _ table: Table,
    key: [UInt8],
    value: [UInt8]
  ) throws(LMDBError) {
    try store(table, unsafe key.span.bytes, unsafe value.span.bytes, flags: 0)
  }

  /// Adds a key past the last one, without a search, and fills pages to the brim.
  ///
  /// - Throws: `.keyExists` when it is not past the last one.
  package mutating func append(
    _ table: Table,
    key: RawSpan,
    value: RawSpan
  ) throws(LMDBError) {
    try store(table, key, value, flags: UInt32(MDB_APPEND))
  }

  package mutating func append(
    _ table: Table,
    key: [UInt8],
    value: [UInt8]
  ) throws(LMDBError) {
    try store(table, unsafe key.span.bytes, unsafe value.span.bytes, flags: UInt32(MDB_APPEND))
  }

  /// Sets the value of a key to `byteCount` bytes written straight into the page.
  ///
  /// The body must write them all.
  package mutating func put(
    _ table: Table,
    key: RawSpan,
    byteCount: Int,
    _ fill: (inout OutputRawSpan) -> Void
  ) throws(LMDBError) {
    try reserve(table, key, byteCount, flags: UInt32(MDB_RESERVE), fill)
  }

  /// Adds a key past the last one with `byteCount` bytes written straight into the page.
  ///
  /// The body must write them all.
  package mutating func append(
    _ table: Table,
    key: RawSpan,
    byteCount: Int,
    _ fill: (inout OutputRawSpan) -> Void
  ) throws(LMDBError) {
    try reserve(table, key, byteCount, flags: UInt32(MDB_RESERVE | MDB_APPEND), fill)
  }

  /// Removes a key; answers whether it was there.
  @discardableResult
  package mutating func delete(_ table: Table, key: RawSpan) throws(LMDBError) -> Bool {
    reads.check(table)
    let code = unsafe key.withValue { key in
      unsafe mdb_del(reads.handle, table.index, &key, nil)
    }
    return try LMDBError.found(code)
  }

  @discardableResult
  package mutating func delete(_ table: Table, key: [UInt8]) throws(LMDBError) -> Bool {
    try delete(table, key: unsafe key.span.bytes)
  }

  /// Removes every key of a table, and keeps the table.
  ///
  /// The corresponding C function is `mdb_drop`.
  package mutating func clear(_ table: Table) throws(LMDBError) {
    reads.check(table)
    try LMDBError.check(unsafe mdb_drop(reads.handle, table.index, 0))
  }

  private mutating func store(
    _ table: Table,
    _ key: RawSpan,
    _ value: RawSpan,
    flags: UInt32
  ) throws(LMDBError) {
    reads.check(table)
    let code = unsafe key.withValue { key in
      unsafe value.withValue { value in
        unsafe mdb_put(reads.handle, table.index, &key, &value, flags)
      }
    }
    try LMDBError.check(code)
  }

  private mutating func reserve(
    _ table: Table,
    _ key: RawSpan,
    _ byteCount: Int,
    flags: UInt32,
    _ fill: (inout OutputRawSpan) -> Void
  ) throws(LMDBError) {
    reads.check(table)
    var reserved = unsafe MDB_val(mv_size: byteCount, mv_data: nil)
    let code = unsafe key.withValue { key in
      unsafe mdb_put(reads.handle, table.index, &key, &reserved, flags)
    }
    try LMDBError.check(code)
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: reserved.mv_data, count: byteCount)
    var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
    fill(&output)
    let written = unsafe output.finalize(for: buffer)
    // The rest would be whatever the page held before.
    precondition(written == byteCount, "a reserved value was filled in part")
  }
}
