import CLMDB
import Glibc
import Synchronization

/// The `data.mdb` files that this process has open.
///
/// LMDB's locks are POSIX record locks, which belong to the process: closing any second
/// descriptor of the lock file silently drops those of the first. So a file is opened once,
/// whatever path it is reached by.
enum OpenFiles {
  static let shared = Mutex<Set<FileIdentity>>([])
}

/// An environment's file, found sound and opened.
@safe struct OpenFile {
  let handle: OpaquePointer
  let identity: FileIdentity
  let pageSize: Int

  static func path(in directory: String) -> String { directory + "/data.mdb" }

  init(
    directory: String,
    mapSize: Int,
    maxTables: Int,
    maxReaders: Int,
    flags: UInt32,
    create: Bool,
    alreadyOpen: Set<FileIdentity>
  ) throws(LMDBError) {
    let path = OpenFile.path(in: directory)
    let systemPageSize = sysconf(Int32(_SC_PAGESIZE))
    let existing = try FileStatus(path: path)
    if let existing {
      if alreadyOpen.contains(existing.identity) { throw .alreadyOpen(path: path) }
      if existing.size == 0 { throw .empty(path: path) }
      // Two meta pages come first.
      if existing.size < 2 * systemPageSize {
        throw .truncated(
          path: path,
          expectedBytes: 2 * systemPageSize,
          actualBytes: existing.size
        )
      }
    } else if create {
      try makeDirectories(directory)
    } else {
      throw .missing(path: path)
    }

    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < mapSize {
      throw .mapAboveLimit(path: path, mapSize: mapSize, limit: Int(limit.rlim_cur))
    }
    var opening: OpaquePointer?
    try LMDBError.check(unsafe mdb_env_create(&opening))
    guard let handle = unsafe opening else { throw .system(ENOMEM) }
    do throws(LMDBError) {
      let mapSize = (mapSize + systemPageSize - 1) / systemPageSize * systemPageSize
      try LMDBError.check(unsafe mdb_env_set_mapsize(handle, mapSize))
      try LMDBError.check(unsafe mdb_env_set_maxdbs(handle, UInt32(maxTables)))
      try LMDBError.check(unsafe mdb_env_set_maxreaders(handle, UInt32(maxReaders)))
      try LMDBError.check(unsafe mdb_env_open(handle, directory, flags, 0o600))
      guard let status = try FileStatus(path: path) else { throw .missing(path: path) }
      let usage = unsafe PageUsage(handle)
      if status.size < usage.bytes {
        throw .truncated(path: path, expectedBytes: usage.bytes, actualBytes: status.size)
      }
      if create && flags & UInt32(MDB_NOSYNC) == 0 {
        // A commit makes the file's content durable, not its name.
        try synchronizeDirectory(directory)
        try synchronizeDirectory(directory + "/..")
      }
      // Slots of readers that died with their process would keep old pages for ever.
      try LMDBError.check(unsafe mdb_reader_check(handle, nil))
      unsafe self.handle = unsafe handle
      identity = status.identity
      pageSize = usage.pageSize
    } catch {
      unsafe mdb_env_close(handle)
      throw error
    }
  }
}

/// What a file is, whatever its path.
struct FileIdentity: Hashable, Sendable {
  var device: UInt
  var inode: UInt
}

struct FileStatus {
  var identity: FileIdentity
  /// In bytes.
  var size: Int

  /// Nil when there is no such file.
  init?(path: String) throws(LMDBError) {
    var status = stat()
    if unsafe stat(path, &status) != 0 {
      if errno == ENOENT { return nil }
      throw .system(errno)
    }
    identity = FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    size = Int(status.st_size)
  }
}

/// How much of its file an environment needs, from the newest meta page.
struct PageUsage {
  /// Up to the end of the last page.
  var bytes: Int
  var pageSize: Int
  var mapSize: Int
  var lastTransaction: Int

  init(_ handle: OpaquePointer) {
    var info = unsafe MDB_envinfo()
    var statistics = MDB_stat()
    // Neither fails on an open environment.
    unsafe mdb_env_info(handle, &info)
    unsafe mdb_env_stat(handle, &statistics)
    pageSize = Int(statistics.ms_psize)
    bytes = unsafe (Int(info.me_last_pgno) + 1) * pageSize
    mapSize = unsafe Int(info.me_mapsize)
    lastTransaction = unsafe Int(info.me_last_txnid)
  }
}

/// Makes a directory and those above it, open to nobody else.
func makeDirectories(_ path: String) throws(LMDBError) {
  if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
  guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
    throw .system(errno)
  }
  try makeDirectories(String(path[..<slash]))
  if unsafe mkdir(path, 0o700) != 0 && errno != EEXIST { throw .system(errno) }
}

/// Makes the names in a directory durable.
func synchronizeDirectory(_ path: String) throws(LMDBError) {
  let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  if descriptor < 0 { throw .system(errno) }
  defer { close(descriptor) }
  if fsync(descriptor) != 0 { throw .system(errno) }
}
