import Glibc
import LMDB
import Synchronization

/// An append-only log of records, numbered from 1 without a gap, with a Merkle tree over them.
///
/// Bytes in, bytes out: what a record means is the caller's. Any thread may read; one appends.
/// What is on the disk is described in LogFormat.swift.
package final class EventLog: Sendable {
  package let directory: String
  /// 16 random bytes that say which log this is.
  package let identity: [UInt8]
  /// 32 random bytes for the caller's HMACs, as secret as the log itself.
  package let key: [UInt8]
  let environment: Environment
  let tables: LogTables
  let signal = CommitSignal()
  let writer: Mutex<Writer>
  /// The tree of the last durable commit, and the tiles of it that are still filling.
  private let committed: Mutex<Committed>
  private let lastPosition: Atomic<UInt64>

  /// What appending alone goes by.
  struct Writer {
    var tree: MerkleTree
    var refusalCount: UInt64
    /// Why nothing can be appended any more.
    var failure: LogError?
  }

  private struct Committed {
    var frontier: Frontier
    /// By level; none of a log that is opened to be verified.
    var openTiles: [[UInt8]]
  }

  /// How far the file may grow unless said otherwise; address space, not disk.
  package static let defaultMapSize = 1 << 40

  /// Makes a new, empty log, durably.
  ///
  /// In a directory where no log is yet, made when it is missing, with an identity of 16 and a key
  /// of 32 random bytes.
  package static func create(
    directory: String,
    identity: [UInt8],
    key: [UInt8],
    mapSize: Int = defaultMapSize
  ) throws(LogError) -> EventLog {
    precondition(identity.count == LogFormat.identityByteCount, "an identity has 16 bytes")
    precondition(key.count == LogFormat.keyByteCount, "a key has 32 bytes")
    do {
      let environment = try Environment(
        directory: directory,
        mapSize: mapSize,
        maxTables: 6,
        maxReaders: maxReaders,
        create: true
      )
      // One commit, so that a log cut short by a crash is seen to have nothing.
      var transaction = try environment.beginWrite()
      let tables = try LogTables { (name) throws(LMDBError) in
        try transaction.createTable(name)
      }
      let meta = tables.meta
      guard try transaction.first(meta) == nil else { throw LogError.exists(path: directory) }
      try transaction.put(meta, key: MetaKey.format, value: LogFormat.bytes(LogFormat.version))
      try transaction.put(meta, key: MetaKey.identity, value: identity)
      try transaction.put(meta, key: MetaKey.key, value: key)
      try transaction.put(meta, key: MetaKey.frontier, value: MerkleTree().frontier.bytes)
      try transaction.put(meta, key: MetaKey.refusals, value: LogFormat.bytes(0 as UInt64))
      try transaction.commit()
      return EventLog(
        directory: directory,
        identity: identity,
        key: key,
        environment: environment,
        tables: tables,
        tree: MerkleTree(),
        refusalCount: 0
      )
    } catch {
      throw LogError(error)
    }
  }

  /// Opens a log, and checks its end: some milliseconds, however long it is.
  package static func open(
    directory: String,
    mapSize: Int = defaultMapSize
  ) throws(LogError) -> EventLog {
    try open(directory, mapSize, isToBeVerified: false)
  }

  /// Opens a log that may be damaged, to read and to verify it; nothing can be appended.
  package static func openToVerify(
    directory: String,
    mapSize: Int = defaultMapSize
  ) throws(LogError) -> EventLog {
    try open(directory, mapSize, isToBeVerified: true)
  }

  private static func open(
    _ directory: String,
    _ mapSize: Int,
    isToBeVerified: Bool
  ) throws(LogError) -> EventLog {
    do {
      let environment = try Environment(
        directory: directory,
        mapSize: mapSize,
        maxTables: 6,
        maxReaders: maxReaders
      )
      let tables = try LogTables { (name) throws(LMDBError) in try environment.openTable(name) }
      let opening = LogOpening(directory: directory, tables: tables)
      return try environment.read { transaction in
        let meta = try opening.meta(transaction)
        let log = EventLog(
          directory: directory,
          identity: meta.identity,
          key: meta.key,
          environment: environment,
          tables: tables,
          tree: isToBeVerified ? MerkleTree() : try opening.tree(transaction, meta.frontier),
          refusalCount: meta.refusalCount
        )
        if isToBeVerified {
          log.writer.withLock { $0.failure = .broken(detail: "it was opened to be verified") }
          log.publish(meta.frontier, openTiles: [])
        }
        return log
      }
    } catch LMDBError.missingTable(_, let name) {
      throw .incomplete(path: directory, part: "table \"\(name)\"")
    } catch {
      throw LogError(error)
    }
  }

  /// As many threads and queries as may read at a time.
  private static let maxReaders = 510

  private init(
    directory: String,
    identity: [UInt8],
    key: [UInt8],
    environment: Environment,
    tables: LogTables,
    tree: MerkleTree,
    refusalCount: UInt64
  ) {
    self.directory = directory
    self.identity = identity
    self.key = key
    self.environment = environment
    self.tables = tables
    writer = Mutex(Writer(tree: tree, refusalCount: refusalCount))
    committed = Mutex(Committed(frontier: tree.frontier, openTiles: tree.openTiles))
    lastPosition = Atomic(tree.size)
  }

  /// Closes the file; nothing may read or append any more, and a waiting thread is let go.
  package func close() {
    wake()
    environment.close()
  }
}

// MARK: - The head

extension EventLog {
  /// The position of the last event that is durable; 0 when there is none.
  package var head: UInt64 { lastPosition.load(ordering: .acquiring) }

  /// The size and root of the tree, of one commit.
  package var treeHead: (size: UInt64, rootHash: [UInt8]) {
    let frontier = committed.withLock { $0.frontier }
    return (frontier.size, MerkleTree.root(ofFrontier: frontier.hashes))
  }

  /// The root of the tree over every durable event; of an empty log, the hash of nothing.
  package var rootHash: [UInt8] { treeHead.rootHash }

  /// The first hashes of a tile that is still filling; nil when that one is not, or has fewer.
  func openTile(level: Int, index: UInt64, width: Int) -> [UInt8]? {
    committed.withLock { committed in
      guard level < committed.openTiles.count,
        index == committed.frontier.size >> (8 * UInt64(level + 1)),
        width * MerkleTree.hashByteCount <= committed.openTiles[level].count
      else { return nil }
      return [UInt8](committed.openTiles[level].prefix(width * MerkleTree.hashByteCount))
    }
  }

  /// Makes a commit known to those who ask and those who wait.
  ///
  /// The tiles are shared with the tree that grows, which copies them at its next commit anyway.
  func publish(_ frontier: Frontier, openTiles: [[UInt8]]) {
    committed.withLock { $0 = Committed(frontier: frontier, openTiles: openTiles) }
    lastPosition.store(frontier.size, ordering: .releasing)
    signal.wake()
  }

  /// Waits until there are events past a position, and answers the head.
  ///
  /// It blocks its thread, so it is for threads of one's own. It returns early, with a head that
  /// may be no further, after the timeout, on `wake`, and when `isStopped` answers true: what a
  /// thread that calls `wake` has set before.
  package func waitForEvents(
    after position: UInt64,
    timeout: Duration,
    unless isStopped: () -> Bool = { false }
  ) -> UInt64 {
    signal.wait(timeout) { head > position || isStopped() }
    return head
  }

  /// Lets go every thread that waits for events now.
  package func wake() {
    signal.wake()
  }
}
