import CLMDB
import Glibc
import Synchronization

/// One LMDB environment: a directory with `data.mdb`, mapped into memory, and `lock.mdb`.
///
/// Many threads may read it at once, each over a snapshot of the last commit, and one may write.
/// Readers never wait for the writer, nor it for them, but an open read transaction keeps every
/// page that was freed since from being used again: keep them short.
///
/// `@unchecked Sendable`: the handle is set once; LMDB locks what it shares (transactions are
/// begun with `MDB_NOTLS`, so a reader is bound to its transaction and not to a thread), and the
/// rest is behind `state`.
@safe package final class Environment: @unchecked Sendable {
  package let directory: String
  /// In bytes; a multiple of the page size.
  package let pageSize: Int
  let handle: OpaquePointer
  private let file: FileIdentity
  private let state = Mutex(State())

  private struct State {
    /// Ended read transactions that keep their reader slot: to renew one takes neither LMDB's
    /// mutex nor an allocation.
    var idle: [Reader] = []
    var reading = 0
    var writer: pthread_t?
    var isClosed = false
  }

  /// A read transaction's handle, used by one thread at a time, so it may be handed around.
  @safe private struct Reader: @unchecked Sendable {
    let handle: OpaquePointer
  }

  var dataFile: String { OpenFile.path(in: directory) }

  /// Opens the environment in a directory, for the only time in this process.
  ///
  /// What is on disk is checked before LMDB reads it: a file that is missing, empty or shorter
  /// than its last page is refused, where LMDB would make a new one or die of SIGBUS.
  ///
  /// `mapSize` is how far the file may grow, in bytes: address space, not disk; one smaller than
  /// what is there is raised to that. `create` makes the directory (0700) and the file (0600)
  /// where they are not. With `durable` each commit waits for the disk; go without only for what
  /// can be rebuilt, since a crash of the machine may damage such a file.
  package init(
    directory: String,
    mapSize: Int,
    maxTables: Int = 16,
    maxReaders: Int = 126,
    create: Bool = false,
    durable: Bool = true,
    readOnly: Bool = false
  ) throws(LMDBError) {
    precondition(!(create && readOnly), "a new environment is written to")
    var flags = UInt32(MDB_NOTLS)
    if !durable { flags |= UInt32(MDB_NOSYNC) }
    if readOnly { flags |= UInt32(MDB_RDONLY) }
    let opened = try OpenFiles.shared.withLock { (files) throws(LMDBError) in
      let file = try OpenFile(
        directory: directory,
        mapSize: mapSize,
        maxTables: maxTables,
        maxReaders: maxReaders,
        flags: flags,
        create: create,
        alreadyOpen: files
      )
      files.insert(file.identity)
      return file
    }
    unsafe handle = unsafe opened.handle
    file = opened.identity
    pageSize = opened.pageSize
    self.directory = directory
  }

  deinit {
    close()
  }

  /// Closes the environment; every transaction must have ended, and none may begin any more.
  package func close() {
    let idle = state.withLock { (state) -> [Reader]? in
      if state.isClosed { return nil }
      precondition(state.reading == 0 && state.writer == nil, "closed with open transactions")
      state.isClosed = true
      defer { state.idle = [] }
      return state.idle
    }
    guard let idle else { return }
    for reader in idle { unsafe mdb_txn_abort(reader.handle) }
    OpenFiles.shared.withLock { open in
      unsafe mdb_env_close(handle)
      open.remove(file)
    }
  }

  /// Makes durable what was committed without waiting.
  ///
  /// The corresponding C function is `mdb_env_sync`.
  package func sync() throws(LMDBError) {
    try LMDBError.check(unsafe mdb_env_sync(handle, 1))
  }
}

// MARK: - Transactions

extension Environment {
  /// Reads one snapshot.
  ///
  /// - Throws: `LMDBError`, and whatever the body throws.
  package func read<Result>(
    _ body: (borrowing ReadTransaction) throws -> Result
  ) throws -> Result {
    try body(try beginRead())
  }

  /// Writes, and commits when the body returns; when it throws, nothing of it remains.
  ///
  /// - Throws: `LMDBError`, and whatever the body throws.
  package func write<Result>(
    _ body: (inout WriteTransaction) throws -> Result
  ) throws -> Result {
    var transaction = try beginWrite()
    let result = try body(&transaction)
    try transaction.commit()
    return result
  }

  /// A snapshot of the last commit, for as long as the value lives.
  package func beginRead() throws(LMDBError) -> ReadTransaction {
    let idle = state.withLock { state in
      precondition(!state.isClosed, "the environment is closed")
      state.reading += 1
      return state.idle.popLast()
    }
    if let idle {
      let code = unsafe mdb_txn_renew(idle.handle)
      if code == MDB_SUCCESS {
        return unsafe ReadTransaction(environment: self, handle: idle.handle)
      }
      unsafe mdb_txn_abort(idle.handle)
      state.withLock { $0.reading -= 1 }
      throw LMDBError(code: code)
    }
    var opened: OpaquePointer?
    var code = unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &opened)
    if code == MDB_READERS_FULL, (try? readerCheck()) ?? 0 > 0 {
      // Some were of processes that have died.
      code = unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &opened)
    }
    guard code == MDB_SUCCESS, let transaction = unsafe opened else {
      state.withLock { $0.reading -= 1 }
      throw LMDBError(code: code)
    }
    return unsafe ReadTransaction(environment: self, handle: transaction)
  }

  func endRead(_ transaction: OpaquePointer) {
    unsafe mdb_txn_reset(transaction)
    let reader = unsafe Reader(handle: transaction)
    state.withLock { state in
      state.reading -= 1
      state.idle.append(reader)
    }
  }

  /// The one write transaction; waits while another thread has it.
  package func beginWrite() throws(LMDBError) -> WriteTransaction {
    let thread = pthread_self()
    state.withLock { state in
      precondition(!state.isClosed, "the environment is closed")
      // LMDB would wait for this very thread, for ever.
      precondition(state.writer != thread, "a write transaction within a write transaction")
    }
    var opened: OpaquePointer?
    let code = unsafe mdb_txn_begin(handle, nil, 0, &opened)
    guard code == MDB_SUCCESS, let transaction = unsafe opened else {
      throw LMDBError(code: code)
    }
    state.withLock { $0.writer = thread }
    return unsafe WriteTransaction(environment: self, handle: transaction, thread: thread)
  }

  /// LMDB may have let the next thread in by now, whose mark stays.
  func endWrite(by thread: pthread_t) {
    state.withLock { state in
      if state.writer == thread { state.writer = nil }
    }
  }
}
