internal import EventLog
internal import Glibc
internal import LMDB
internal import Marketplace
internal import Projections

/// The state on disk: rows in an LMDB environment, ids in sorted runs beside it.
///
/// Written without waiting for the disk, since it can be folded again; see `TrustMarker` for when
/// it is believed. Rows, the list of runs and the checkpoint are committed together.
final class StateStore: Sendable {
  private let directory: String
  private let environment: Environment
  private let products: Table
  private let refunds: Table
  private let agents: Table
  private let meta: Table
  private let marker: TrustMarker
  let checkpoint: StateCheckpoint
  /// The runs of the checkpoint, the newest first.
  let runs: [IdRun]

  private static let mapSize = 256 << 30
  private static let checkpointKey = Array("checkpoint".utf8)

  /// Opens the state of a log; what does not match it, or cannot be trusted, is started anew.
  ///
  /// - Parameters:
  ///   - directory: `state/` of the data directory.
  ///   - log: what the state is a fold of.
  ///   - discard: told why a state that was there is not used.
  /// - Returns: the state to go on from; empty, at position 0, when it starts anew.
  /// - Throws: `LMDBError` or a failed file operation, when a new one cannot be made.
  static func open(
    directory: String,
    log: EventLog,
    discard: (_ reason: String) -> Void
  ) throws -> StateStore {
    if Files.exists(directory) {
      do {
        let store = try StateStore(directory: directory, log: log, create: false)
        try store.marker.markBoot()
        return store
      } catch let damage as StateDamage {
        discard(damage.detail)
      } catch let error as LMDBError where !error.mayPass {
        discard(error.description)
      }
      try Files.removeAll(directory)
    }
    let store = try StateStore(directory: directory, log: log, create: true)
    try store.marker.markBoot()
    return store
  }

  /// Why the state in a directory is not a fold of the log, or cannot be trusted; nil when it is.
  static func mismatch(directory: String, log: EventLog) -> String? {
    do {
      try StateStore(directory: directory, log: log, create: false).environment.close()
      return nil
    } catch let damage as StateDamage {
      return damage.detail
    } catch {
      return "\(error)"
    }
  }

  /// How the file stands.
  var environmentInfo: EnvironmentInfo { environment.info }

  private init(directory: String, log: EventLog, create: Bool) throws {
    self.directory = directory
    marker = TrustMarker(directory: directory)
    if !create && !marker.holds {
      throw StateDamage(detail: "the machine stopped while it was being written")
    }
    let environment = try Environment(
      directory: directory,
      mapSize: Self.mapSize,
      create: create,
      durable: false
    )
    self.environment = environment
    func table(_ name: String) throws -> Table {
      create ? try environment.createTable(name) : try environment.openTable(name)
    }
    products = try table("products")
    refunds = try table("refunds")
    agents = try table("agents")
    let meta = try table("meta")
    self.meta = meta
    let row = try environment.read { (reads: borrowing ReadTransaction) in
      try reads.get(meta, key: Self.checkpointKey)
    }
    guard let row else {
      guard create else { throw StateDamage(detail: "it has no checkpoint") }
      let start = StateCheckpoint.start(of: log.identity)
      try environment.write { writes in
        try writes.put(meta, key: Self.checkpointKey, value: start.row)
      }
      checkpoint = start
      runs = []
      return
    }
    guard let checkpoint = StateCheckpoint(row: row) else {
      throw StateDamage(detail: "its checkpoint is of another version or damaged")
    }
    guard checkpoint.identity == log.identity else {
      throw StateDamage(detail: "it was folded from another log")
    }
    let mark = checkpoint.mark
    guard mark.position <= log.head, mark.refusals <= (try log.refusalCount()) else {
      throw StateDamage(detail: "it is ahead of the log, which must be an older copy")
    }
    if mark.position > 0, try log.leafHash(at: mark.position) != checkpoint.leafHash {
      throw StateDamage(detail: "it was folded from another history than the log's")
    }
    self.checkpoint = checkpoint
    runs = try checkpoint.runs.map {
      try IdRun(directory: directory, name: $0.name, count: $0.count)
    }
    try removeStrayRuns()
  }

  // MARK: Reading

  func product(at position: Position) throws -> ProductStanding? {
    try row(products, position.rowKey).map(ProductStanding.init(row:))
  }

  func refunded(order position: Position) throws -> RefundedSoFar? {
    try row(refunds, position.rowKey).map(RefundedSoFar.init(row:))
  }

  func agent(_ key: AgentKey) throws -> AgentNode? {
    try row(agents, key.row).map { AgentNode(row: $0.span.bytes) }
  }

  private func row(_ table: Table, _ key: [UInt8]) throws -> [UInt8]? {
    try environment.read { (reads: borrowing ReadTransaction) in
      try reads.get(table, key: key)
    }
  }

  /// Environment bytes and bytes of runs.
  func size(of runs: [IdRun]) -> Int {
    environment.info.usedBytes + runs.reduce(0) { $0 + $1.byteCount }
  }

  // MARK: Writing

  /// Writes a flush and its checkpoint in one transaction, and answers with the runs from now on.
  ///
  /// Must be called by one thread at a time. On failure the state on disk is as it was.
  func write(
    _ flush: StateFlush,
    log: EventLog
  ) throws -> WrittenRuns {
    var nextRun = flush.nextRun
    func name() -> String {
      defer { nextRun += 1 }
      return "ids-\(nextRun)"
    }
    var runs = flush.runs
    let entries = flush.changes.entries(flush.hash)
    if !entries.isEmpty {
      runs.insert(try IdRun.write(entries, directory: directory, name: name()), at: 0)
    }
    runs = try merged(runs, name: name)
    var checkpoint = StateCheckpoint.start(of: log.identity)
    checkpoint.mark = flush.mark
    checkpoint.leafHash = try log.leafHash(at: flush.mark.position) ?? []
    checkpoint.runs = runs.map { StateCheckpoint.Run(name: $0.name, count: $0.count) }
    checkpoint.nextRun = nextRun
    let row = checkpoint.row
    try environment.write { writes in
      let changes = flush.changes
      try changes.products.forEachSorted { position, facts in
        try writes.put(products, key: position.rowKey, value: ProductStanding(facts).row)
      }
      try changes.refunds.forEachSorted { position, sum in
        try writes.put(refunds, key: position.rowKey, value: sum.row)
      }
      try changes.agents.forEachSorted { key, node in
        var row = ByteWriter(capacity: 64)
        node.write(to: &row)
        try writes.put(agents, key: key.row, value: row.bytes)
      }
      try writes.put(meta, key: Self.checkpointKey, value: row)
    }
    for run in flush.runs where !runs.contains(where: { $0 === run }) {
      // Mapped by those who still look something up; the file goes when they are done.
      unlink(directory + "/" + run.name)
    }
    return WrittenRuns(runs: runs, nextRun: nextRun)
  }

  /// Merges runs until each older one is at least four times the size of the next newer: a look-up
  /// then asks few runs, and an entry is written again only a few times in its life.
  private func merged(_ runs: [IdRun], name: () -> String) throws -> [IdRun] {
    var size = 0
    var take = 0
    for (index, run) in runs.enumerated() {
      if index > 0 && run.count < 4 * size { take = index }
      size += run.count
    }
    guard take > 0 else { return runs }
    let end = take + 1
    let run = try IdRun.merge(Array(runs[..<end]), directory: directory, name: name())
    return [run] + runs[end...]
  }

  /// Makes everything durable and the directory trusted for the next start.
  func close(_ runs: [IdRun]) throws {
    try environment.sync()
    for run in runs { try run.sync(directory: directory) }
    try marker.markClean()
    environment.close()
  }

  /// Removes run files of a flush that was cut short.
  private func removeStrayRuns() throws {
    let known = Set(runs.map(\.name))
    for name in try Files.names(in: directory) where name.hasPrefix("ids-") {
      if !known.contains(name) { unlink(directory + "/" + name) }
    }
  }
}
