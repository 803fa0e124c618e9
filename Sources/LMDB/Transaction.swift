import CLMDB

/// What both kinds of transaction can do: read.
///
/// Values are lent as spans over the mapped file, to a synchronous body and not beyond it.
package protocol Transaction: ~Copyable {
  var reads: TransactionReads { get }
}

/// The handle through which a transaction reads; of use within this module only.
@safe package struct TransactionReads {
  let handle: OpaquePointer
  let owner: ObjectIdentifier

  func check(_ table: Table) {
    precondition(table.owner == owner, "a table of another environment")
  }

  /// Valid until the transaction ends or writes.
  func find(_ table: Table, _ key: RawSpan) throws(LMDBError) -> UnsafeRawBufferPointer? {
    check(table)
    var value = unsafe MDB_val()
    let code = unsafe key.withValue { key in
      unsafe mdb_get(handle, table.index, &key, &value)
    }
    return try LMDBError.found(code) ? unsafe value.bytes : nil
  }
}

/// Which way a scan walks.
package enum ScanOrder: Sendable {
  case ascending
  case descending
}

extension Transaction where Self: ~Copyable {
  /// Lends the value of a key; nil, without a call, when there is none.
  ///
  /// - Throws: `LMDBError`, and whatever the body throws.
  package func get<Result>(
    _ table: Table,
    key: RawSpan,
    _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    guard let value = unsafe try reads.find(table, key) else { return nil }
    return try body(unsafe value.bytes)
  }

  /// Copies the value of a key.
  package func get(_ table: Table, key: RawSpan) throws(LMDBError) -> [UInt8]? {
    guard let value = unsafe try reads.find(table, key) else { return nil }
    return unsafe [UInt8](value)
  }

  /// Copies the value of a key.
  package func get(_ table: Table, key: [UInt8]) throws(LMDBError) -> [UInt8]? {
    try get(table, key: unsafe key.span.bytes)
  }

  /// Lends key and value of each entry in order, until the body answers false.
  ///
  /// - Parameters:
  ///   - table: of this environment.
  ///   - key: where to begin, if it is there, and else at the next one in the order; empty for
  ///     the very first.
  ///   - order: of the keys' bytes.
  ///   - body: answers whether to go on.
  /// - Throws: `LMDBError`, and whatever the body throws.
  package func scan(
    _ table: Table,
    from key: [UInt8] = [],
    _ order: ScanOrder = .ascending,
    _ body: (RawSpan, RawSpan) throws -> Bool
  ) throws {
    var cursor = try Cursor(reads, table)
    var isFound = try cursor.seek(key, order)
    while isFound, try body(unsafe cursor.key.bytes.bytes, unsafe cursor.value.bytes.bytes) {
      isFound = try cursor.step(order)
    }
  }

  /// Copies the entry with the smallest key.
  package func first(_ table: Table) throws(LMDBError) -> (key: [UInt8], value: [UInt8])? {
    try end(of: table, .ascending)
  }

  /// Copies the entry with the largest key.
  package func last(_ table: Table) throws(LMDBError) -> (key: [UInt8], value: [UInt8])? {
    try end(of: table, .descending)
  }

  private func end(
    of table: Table,
    _ order: ScanOrder
  ) throws(LMDBError) -> (key: [UInt8], value: [UInt8])? {
    var cursor = try Cursor(reads, table)
    guard try cursor.seek([], order) else { return nil }
    return unsafe ([UInt8](cursor.key.bytes), [UInt8](cursor.value.bytes))
  }

  /// The corresponding C function is `mdb_stat`.
  package func statistics(_ table: Table) throws(LMDBError) -> TableStatistics {
    let reads = reads
    reads.check(table)
    var statistics = MDB_stat()
    try LMDBError.check(unsafe mdb_stat(reads.handle, table.index, &statistics))
    return TableStatistics(
      entries: Int(statistics.ms_entries),
      depth: Int(statistics.ms_depth),
      pages: Int(
        statistics.ms_branch_pages + statistics.ms_leaf_pages + statistics.ms_overflow_pages
      )
    )
  }
}
