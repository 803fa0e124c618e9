import CLMDB

/// One named B-tree of an environment: byte keys in byte order, each with one value.
///
/// It may be used in the transactions of its own environment only, which each use checks.
package struct Table: Sendable {
  let index: MDB_dbi
  let owner: ObjectIdentifier
}

/// The size of one table, as of a transaction.
///
/// The corresponding C type is `MDB_stat`.
package struct TableStatistics: Hashable, Sendable {
  package var entries: Int
  package var depth: Int
  /// Branch, leaf and overflow pages.
  package var pages: Int
}

extension Environment {
  /// Opens a table that is there.
  ///
  /// Open every table before the environment is shared: LMDB forbids two transactions that open
  /// tables at a time. The corresponding C function is `mdb_dbi_open`.
  package func openTable(_ name: String) throws(LMDBError) -> Table {
    var transaction: OpaquePointer?
    let code = unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction)
    try LMDBError.check(code)
    var index: MDB_dbi = 0
    let opened = unsafe mdb_dbi_open(transaction, name, 0, &index)
    guard opened == MDB_SUCCESS else {
      unsafe mdb_txn_abort(transaction)
      if opened == MDB_NOTFOUND { throw .missingTable(path: dataFile, name: name) }
      throw LMDBError(code: opened)
    }
    // Committed, not aborted: an abort would close the handle again.
    try LMDBError.check(unsafe mdb_txn_commit(transaction))
    return Table(index: index, owner: ObjectIdentifier(self))
  }

  /// Opens a table, new when it is not there, in a commit of its own.
  package func createTable(_ name: String) throws(LMDBError) -> Table {
    var transaction = try beginWrite()
    let table = try transaction.createTable(name)
    try transaction.commit()
    return table
  }
}
