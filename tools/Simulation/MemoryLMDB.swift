import CLMDB
import Foundation

/// LMDB's functions, over memory: the second to keep its contract.
///
/// The program that is linked with these has them in place of the library's, so that all above, and
/// the code that calls LMDB itself, is what runs in the ledger. Of the contract it keeps: snapshots,
/// one writer, commits that are there as a whole or not at all, addresses that hold until the
/// transaction ends or writes, and the errors that the program deals with.
private final class MemoryEnvironment {
  var path = ""
  var inode: UInt64 = 0
  var isDurable = true
  var mapSize = 0
  var hasWriter = false
  var isBroken = false

  var image: Disk.Image {
    get { Disk.shared.images[inode] ?? Disk.Image() }
    set { Disk.shared.images[inode] = newValue }
  }
}

private final class MemoryTransaction {
  let environment: MemoryEnvironment
  let isReadOnly: Bool
  var version: Disk.Version
  var isChanged = false
  var isFailed = false

  init(_ environment: MemoryEnvironment, isReadOnly: Bool) {
    self.environment = environment
    self.isReadOnly = isReadOnly
    version = environment.image.committed
  }
}

private final class MemoryCursor {
  let transaction: MemoryTransaction
  let table: Int
  var node: OrderedStore.Node?

  init(_ transaction: MemoryTransaction, _ table: Int) {
    self.transaction = transaction
    self.table = table
  }
}

private func object<Object: AnyObject>(_ handle: OpaquePointer?, as _: Object.Type) -> Object {
  guard let handle else { preconditionFailure("no handle") }
  return Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
}

private func handle(_ object: AnyObject) -> OpaquePointer {
  OpaquePointer(Unmanaged.passRetained(object).toOpaque())
}

private func release<Object: AnyObject>(_ handle: OpaquePointer?, _: Object.Type) {
  guard let handle else { return }
  Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release()
}

// MARK: Environments

@_cdecl("mdb_env_create")
func memoryCreate(_ result: UnsafeMutablePointer<OpaquePointer?>) -> CInt {
  result.pointee = handle(MemoryEnvironment())
  return MDB_SUCCESS
}

@_cdecl("mdb_env_open")
func memoryOpen(
  _ environment: OpaquePointer?,
  _ path: UnsafePointer<CChar>,
  _ flags: CUnsignedInt,
  _ mode: mode_t
) -> CInt {
  let environment = object(environment, as: MemoryEnvironment.self)
  environment.path = String(cString: path)
  environment.isDurable = flags & CUnsignedInt(MDB_NOSYNC) == 0
  let file = environment.path + "/data.mdb"
  if let inode = Disk.inode(of: file) {
    // One that died before its first commit: no meta page is there yet.
    guard Disk.shared.images[inode] != nil else { return MDB_INVALID }
    environment.inode = inode
    return MDB_SUCCESS
  }
  let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, mode)
  guard descriptor >= 0, ftruncate(descriptor, 16_384) == 0 else { return errno }
  close(descriptor)
  guard let inode = Disk.inode(of: file) else { return errno }
  environment.inode = inode
  environment.image = Disk.Image()
  return MDB_SUCCESS
}

@_cdecl("mdb_env_close")
func memoryClose(_ environment: OpaquePointer?) {
  release(environment, MemoryEnvironment.self)
}

@_cdecl("mdb_env_set_mapsize")
func memorySetMapSize(_ environment: OpaquePointer?, _ size: Int) -> CInt {
  object(environment, as: MemoryEnvironment.self).mapSize = size
  return MDB_SUCCESS
}

@_cdecl("mdb_env_set_maxdbs")
func memorySetMaxTables(_: OpaquePointer?, _: CUnsignedInt) -> CInt { MDB_SUCCESS }

@_cdecl("mdb_env_set_maxreaders")
func memorySetMaxReaders(_: OpaquePointer?, _: CUnsignedInt) -> CInt { MDB_SUCCESS }

@_cdecl("mdb_env_info")
func memoryInfo(_ environment: OpaquePointer?, _ info: UnsafeMutablePointer<MDB_envinfo>) -> CInt {
  let environment = object(environment, as: MemoryEnvironment.self)
  info.pointee = MDB_envinfo()
  info.pointee.me_mapsize = environment.mapSize
  info.pointee.me_last_pgno = 3
  info.pointee.me_last_txnid = environment.image.committed.number
  return MDB_SUCCESS
}

@_cdecl("mdb_env_stat")
func memoryStatistics(
  _: OpaquePointer?,
  _ statistics: UnsafeMutablePointer<MDB_stat>
) -> CInt {
  statistics.pointee = MDB_stat()
  statistics.pointee.ms_psize = 4_096
  return MDB_SUCCESS
}

@_cdecl("mdb_env_sync")
func memorySync(_ environment: OpaquePointer?, _: CInt) -> CInt {
  let environment = object(environment, as: MemoryEnvironment.self)
  Disk.shared.willChange()
  environment.image.synced = environment.image.committed
  return MDB_SUCCESS
}

@_cdecl("mdb_reader_check")
func memoryReaderCheck(_: OpaquePointer?, _ dead: UnsafeMutablePointer<CInt>?) -> CInt {
  dead?.pointee = 0
  return MDB_SUCCESS
}

@_cdecl("mdb_reader_list")
func memoryReaderList(
  _: OpaquePointer?,
  _: UnsafeMutableRawPointer?,
  _: UnsafeMutableRawPointer?
) -> CInt { 0 }

@_cdecl("mdb_strerror")
func memoryErrorText(_ code: CInt) -> UnsafeMutablePointer<CChar>? {
  strerror(code)
}

// MARK: Transactions

@_cdecl("mdb_txn_begin")
func memoryBegin(
  _ environment: OpaquePointer?,
  _: OpaquePointer?,
  _ flags: CUnsignedInt,
  _ result: UnsafeMutablePointer<OpaquePointer?>
) -> CInt {
  let environment = object(environment, as: MemoryEnvironment.self)
  let isReadOnly = flags & CUnsignedInt(MDB_RDONLY) != 0
  if !isReadOnly {
    if environment.isBroken { return MDB_PANIC }
    precondition(!environment.hasWriter, "LMDB would wait for ever for the other writer")
    environment.hasWriter = true
  }
  result.pointee = handle(MemoryTransaction(environment, isReadOnly: isReadOnly))
  return MDB_SUCCESS
}

@_cdecl("mdb_txn_commit")
func memoryCommit(_ transaction: OpaquePointer?) -> CInt {
  defer { release(transaction, MemoryTransaction.self) }
  let transaction = object(transaction, as: MemoryTransaction.self)
  guard !transaction.isReadOnly else { return MDB_SUCCESS }
  let environment = transaction.environment
  guard !transaction.isFailed else {
    environment.hasWriter = false
    return MDB_BAD_TXN
  }
  guard transaction.isChanged else {
    environment.hasWriter = false
    return MDB_SUCCESS
  }
  Disk.shared.willChange()
  environment.hasWriter = false
  transaction.version.number += 1
  if let fault = Disk.shared.takeFault(isDurable: environment.isDurable) {
    if fault == .unknown {
      environment.image.uncertain = transaction.version
      environment.isBroken = true
    }
    return fault.code
  }
  environment.image.committed = transaction.version
  if environment.isDurable { environment.image.synced = transaction.version }
  return MDB_SUCCESS
}

extension Disk {
  fileprivate func takeFault(isDurable: Bool) -> Fault? {
    if isDurable {
      defer { faultOfLog = nil }
      return faultOfLog
    }
    defer { faultOfFolds = nil }
    return faultOfFolds
  }
}

extension Disk.Fault {
  fileprivate var code: CInt {
    switch self {
    case .diskFull: ENOSPC
    case .mapFull: MDB_MAP_FULL
    case .transactionFull: MDB_TXN_FULL
    case .inputOutput, .unknown: EIO
    }
  }
}

@_cdecl("mdb_txn_abort")
func memoryAbort(_ transaction: OpaquePointer?) {
  let ended = object(transaction, as: MemoryTransaction.self)
  if !ended.isReadOnly { ended.environment.hasWriter = false }
  release(transaction, MemoryTransaction.self)
}

@_cdecl("mdb_txn_reset")
func memoryReset(_ transaction: OpaquePointer?) {
  // What it lent is gone from now on.
  object(transaction, as: MemoryTransaction.self).version = Disk.Version()
}

@_cdecl("mdb_txn_renew")
func memoryRenew(_ transaction: OpaquePointer?) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  transaction.version = transaction.environment.image.committed
  return MDB_SUCCESS
}

// MARK: Tables

@_cdecl("mdb_dbi_open")
func memoryOpenTable(
  _ transaction: OpaquePointer?,
  _ name: UnsafePointer<CChar>?,
  _ flags: CUnsignedInt,
  _ table: UnsafeMutablePointer<MDB_dbi>
) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  let name = name.map { String(cString: $0) } ?? ""
  if let index = transaction.version.names.firstIndex(of: name) {
    table.pointee = MDB_dbi(index)
    return MDB_SUCCESS
  }
  guard flags & CUnsignedInt(MDB_CREATE) != 0 else { return MDB_NOTFOUND }
  transaction.version.names.append(name)
  transaction.version.tables.append(OrderedStore())
  transaction.isChanged = true
  table.pointee = MDB_dbi(transaction.version.names.count - 1)
  return MDB_SUCCESS
}

@_cdecl("mdb_stat")
func memoryTableStatistics(
  _ transaction: OpaquePointer?,
  _ table: MDB_dbi,
  _ statistics: UnsafeMutablePointer<MDB_stat>
) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  statistics.pointee = MDB_stat()
  statistics.pointee.ms_psize = 4_096
  statistics.pointee.ms_entries = transaction.version.tables[Int(table)].count
  return MDB_SUCCESS
}

@_cdecl("mdb_drop")
func memoryDrop(_ transaction: OpaquePointer?, _ table: MDB_dbi, _: CInt) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  transaction.version.tables[Int(table)] = OrderedStore()
  transaction.isChanged = true
  return MDB_SUCCESS
}

@_cdecl("mdb_get")
func memoryGet(
  _ transaction: OpaquePointer?,
  _ table: MDB_dbi,
  _ key: UnsafeMutablePointer<MDB_val>,
  _ value: UnsafeMutablePointer<MDB_val>
) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  let found = transaction.version.tables[Int(table)].node(
    key.pointee.mv_data,
    key.pointee.mv_size
  )
  guard let found else { return MDB_NOTFOUND }
  value.pointee = MDB_val(found.value)
  return MDB_SUCCESS
}

@_cdecl("mdb_put")
func memoryPut(
  _ transaction: OpaquePointer?,
  _ table: MDB_dbi,
  _ key: UnsafeMutablePointer<MDB_val>,
  _ value: UnsafeMutablePointer<MDB_val>,
  _ flags: CUnsignedInt
) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  let flags = CInt(bitPattern: flags)
  let (address, count) = (key.pointee.mv_data, key.pointee.mv_size)
  guard (1...511).contains(count) else { return MDB_BAD_VALSIZE }
  let index = Int(table)
  if flags & MDB_APPEND != 0, let last = transaction.version.tables[index].last,
    last.key.compared(with: address, count: count) >= 0
  {
    transaction.isFailed = true
    return MDB_KEYEXIST
  }
  let isReserved = flags & MDB_RESERVE != 0
  let blob = Blob(
    copying: isReserved ? nil : value.pointee.mv_data,
    count: value.pointee.mv_size
  )
  transaction.version.tables[index].set(Blob(copying: address, count: count), blob)
  transaction.isChanged = true
  if isReserved { value.pointee = MDB_val(blob) }
  return MDB_SUCCESS
}

@_cdecl("mdb_del")
func memoryDelete(
  _ transaction: OpaquePointer?,
  _ table: MDB_dbi,
  _ key: UnsafeMutablePointer<MDB_val>,
  _: UnsafeMutablePointer<MDB_val>?
) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  let isFound = transaction.version.tables[Int(table)].remove(
    key.pointee.mv_data,
    key.pointee.mv_size
  )
  if isFound { transaction.isChanged = true }
  return isFound ? MDB_SUCCESS : MDB_NOTFOUND
}

extension MDB_val {
  fileprivate init(_ blob: Blob) {
    self.init(mv_size: blob.count, mv_data: blob.start)
  }
}

// MARK: Cursors

@_cdecl("mdb_cursor_open")
func memoryOpenCursor(
  _ transaction: OpaquePointer?,
  _ table: MDB_dbi,
  _ result: UnsafeMutablePointer<OpaquePointer?>
) -> CInt {
  let transaction = object(transaction, as: MemoryTransaction.self)
  result.pointee = handle(MemoryCursor(transaction, Int(table)))
  return MDB_SUCCESS
}

@_cdecl("mdb_cursor_close")
func memoryCloseCursor(_ cursor: OpaquePointer?) {
  release(cursor, MemoryCursor.self)
}

@_cdecl("mdb_cursor_get")
func memoryMove(
  _ cursor: OpaquePointer?,
  _ key: UnsafeMutablePointer<MDB_val>,
  _ value: UnsafeMutablePointer<MDB_val>,
  _ operation: MDB_cursor_op
) -> CInt {
  let cursor = object(cursor, as: MemoryCursor.self)
  let store = cursor.transaction.version.tables[cursor.table]
  let found: OrderedStore.Node? =
    switch operation {
    case MDB_FIRST: store.first
    case MDB_LAST: store.last
    case MDB_SET_RANGE: store.first(notBelow: key.pointee.mv_data, key.pointee.mv_size)
    case MDB_NEXT: cursor.node.map { store.first(past: $0.key) } ?? store.first
    case MDB_PREV: cursor.node.map { store.last(before: $0.key) } ?? store.last
    default: preconditionFailure("nobody moves a cursor so: \(operation)")
    }
  guard let found else { return MDB_NOTFOUND }
  cursor.node = found
  key.pointee = MDB_val(found.key)
  value.pointee = MDB_val(found.value)
  return MDB_SUCCESS
}
