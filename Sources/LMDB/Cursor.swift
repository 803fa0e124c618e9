import CLMDB

/// A place in a table, within one transaction.
@safe struct Cursor: ~Copyable {
  /// Of the entry that the last move found.
  private(set) var key = unsafe MDB_val()
  private(set) var value = unsafe MDB_val()
  private let handle: OpaquePointer

  init(_ reads: TransactionReads, _ table: Table) throws(LMDBError) {
    reads.check(table)
    var opened: OpaquePointer?
    let code = unsafe mdb_cursor_open(reads.handle, table.index, &opened)
    guard code == MDB_SUCCESS, let handle = unsafe opened else { throw LMDBError(code: code) }
    unsafe self.handle = unsafe handle
  }

  deinit {
    unsafe mdb_cursor_close(handle)
  }

  mutating func seek(_ start: [UInt8], _ order: ScanOrder) throws(LMDBError) -> Bool {
    if start.isEmpty { return try move(order == .ascending ? MDB_FIRST : MDB_LAST) }
    let span = unsafe start.span.bytes
    var isExact = false
    let code = unsafe span.withValue { wanted in
      unsafe key = unsafe wanted
      let code = unsafe mdb_cursor_get(handle, &key, &value, MDB_SET_RANGE)
      if code == MDB_SUCCESS {
        isExact = unsafe key.bytes.elementsEqual(wanted.bytes)
      }
      return code
    }
    let isFound = try LMDBError.found(code)
    if order == .ascending || isExact { return isFound }
    return try move(isFound ? MDB_PREV : MDB_LAST)
  }

  mutating func step(_ order: ScanOrder) throws(LMDBError) -> Bool {
    let isFound = try move(order == .ascending ? MDB_NEXT : MDB_PREV)
    if isFound, order == .ascending { prefetch() }
    return isFound
  }

  /// Has the processor fetch entries a few steps ahead, where it would not foresee them.
  ///
  /// Entries that were appended fill a page from its end down, each to be read upwards, and the next
  /// page lies above: an order in which a scan waits for memory at every record of the log. Nothing
  /// is read here, so a table that was filled otherwise costs four idle instructions a step.
  private func prefetch() {
    let pageSize: UInt = 4_096
    let here = unsafe UInt(bitPattern: value.mv_data)
    let page = here & ~(pageSize - 1)
    for line: UInt in 0..<4 {
      let below = here &- 512 &- 64 &* line
      let ahead = below < page ? below &+ 2 &* pageSize : below
      unsafe clmdb_prefetch(UnsafeRawPointer(bitPattern: ahead))
    }
  }

  private mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    try LMDBError.found(unsafe mdb_cursor_get(handle, &key, &value, operation))
  }
}

extension MDB_val {
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: mv_data, count: mv_size)
  }
}

extension RawSpan {
  /// LMDB takes keys and values by `MDB_val`, and does not write through those that it is given.
  func withValue<Result>(_ body: (inout MDB_val) -> Result) -> Result {
    unsafe withUnsafeBytes { bytes in
      var value = unsafe MDB_val(
        mv_size: bytes.count,
        mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress)
      )
      return unsafe body(&value)
    }
  }
}
