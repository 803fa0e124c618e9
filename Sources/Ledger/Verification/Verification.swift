internal import EventLog
internal import Foundation
internal import Glibc
internal import Marketplace
internal import Projections
internal import Projectors
internal import Synchronization

/// Something wrong that a verification found.
package struct Finding: Hashable, Sendable {
  /// Which check found it, such as `tree`.
  package var check: String
  /// The event that it concerns; nil when it concerns none alone.
  package var position: UInt64?
  package var detail: String

  package init(check: String, position: UInt64? = nil, detail: String) {
    self.check = check
    self.position = position
    self.detail = detail
  }
}

/// What a verified ledger holds.
package struct LedgerContents: Hashable, Sendable {
  /// Of the tree over every event, in hexadecimal.
  package var rootHash: String
  package var events: UInt64
  /// Nil of an export, which has no names.
  package var people: Int?
  package var texts: Int?
  /// The checkpoints that the log continues, such as `300 events of example.com/ledger`.
  package var continued: [String] = []
}

/// Reads everything that a stopped ledger holds and tells what is not as it was committed.
///
/// A damaged file can end the process that reads it, so this is run in one of its own.
package struct Verification {
  private let configuration: LedgerConfiguration
  private let outside: SignedCheckpoint?
  private let isDeep: Bool
  private let progress: (_ check: String, _ done: UInt64, _ total: UInt64) -> Void
  private let found: (Finding) -> Void

  /// A verification that has not begun.
  ///
  /// - Parameters:
  ///   - configuration: names the directory.
  ///   - checkpoint: one that was kept elsewhere, to be continued by the log.
  ///   - isDeep: whether views are folded anew and compared row by row.
  ///   - progress: called when a check begins, and now and then while it goes on.
  ///   - found: called soon with each finding.
  package init(
    _ configuration: LedgerConfiguration,
    continuing checkpoint: SignedCheckpoint? = nil,
    isDeep: Bool = false,
    progress: @escaping (_ check: String, _ done: UInt64, _ total: UInt64) -> Void,
    found: @escaping (Finding) -> Void
  ) {
    self.configuration = configuration
    outside = checkpoint
    self.isDeep = isDeep
    self.progress = progress
    self.found = found
  }

  /// Checks everything; nil when the log cannot be opened at all, which is a finding.
  ///
  /// Costs two readings of the log, at the same time. The directory is held meanwhile, and nothing is repaired.
  ///
  /// - Throws: `LedgerError` when there is no ledger, or a server holds it.
  package func run() throws -> LedgerContents? {
    let directory = try DataDirectory(takingLedgerAt: configuration.directory)
    progress("manifest", 0, 1)
    var identity: [UInt8]?
    do {
      identity = try directory.readManifest().identity
    } catch {
      tell("manifest", error)
    }
    progress("log", 0, 1)
    let log: EventLog
    do {
      guard Files.exists(directory.logPath) else {
        throw LedgerError.logMissing(directory: directory.path)
      }
      log = try EventLog.openToVerify(directory: directory.logPath, mapSize: configuration.mapSize)
    } catch {
      tell("log", error)
      return nil
    }
    defer { log.close() }
    if let identity, identity != log.identity {
      tell("manifest", LedgerError.foreignLog(directory: directory.path))
    }
    let checkpoints = checkpoints(directory)
    let roots = checkEvents(log, rootsOf: Set(checkpoints.map(\.checkpoint.size)))
    let continued = checkpoints.filter { isContinued($0.checkpoint, in: $0.place, log, roots) }
    checkFolds(directory, log)
    let status = try log.status()
    return LedgerContents(
      rootHash: Ledger.hex(log.rootHash),
      events: log.head,
      people: status.people,
      texts: status.texts,
      continued: continued.map { "\($0.checkpoint.size) events of \($0.checkpoint.origin)" }
    )
  }

  // MARK: Checkpoints

  /// The one that was kept elsewhere, and the last one that the server signed.
  private func checkpoints(
    _ directory: DataDirectory
  ) -> [(place: String, checkpoint: SignedCheckpoint)] {
    var checkpoints = outside.map { [("the checkpoint given", $0)] } ?? []
    guard let data = FileManager.default.contents(atPath: directory.checkpointPath) else {
      return checkpoints
    }
    do {
      let last = try SignedCheckpoint(parsing: Array(data), signedBy: nil)
      if last != outside { checkpoints.append((directory.checkpointPath, last)) }
    } catch {
      found(Finding(check: "checkpoint", detail: "\(directory.checkpointPath): \(error)"))
    }
    return checkpoints
  }

  private func isContinued(
    _ checkpoint: SignedCheckpoint,
    in place: String,
    _ log: EventLog,
    _ roots: [UInt64: [UInt8]]
  ) -> Bool {
    let said = "\(place) is of \(checkpoint.size) events of \(checkpoint.origin)"
    guard checkpoint.size <= log.head else {
      let detail = "\(said), and the log has \(log.head): its end is gone, or it is an older copy"
      found(Finding(check: "checkpoint", position: log.head + 1, detail: detail))
      return false
    }
    guard roots[checkpoint.size] == checkpoint.rootHash else {
      let detail = "\(said), and those are not the first ones of this log: it was rewritten"
      found(Finding(check: "checkpoint", detail: detail))
      return false
    }
    return true
  }

  // MARK: Events

  /// The tree on a thread of its own, and the records on this one, where everything is told.
  private func checkEvents(_ log: EventLog, rootsOf sizes: Set<UInt64>) -> [UInt64: [UInt8]] {
    let tree = Mutex(TreeCheck())
    let worker = Worker(name: "verify tree") {
      do throws(LogError) {
        let roots = try log.verifyTree(rootsOf: sizes) { done, _ in
          tree.withLock { $0.done = done }
        } found: { damage in
          tree.withLock { $0.found.append(damage) }
        }
        tree.withLock { $0.roots = roots }
      } catch {
        tree.withLock { $0.found.append(error) }
      }
    }
    var checked: UInt64 = 0
    func tellTree() {
      let (done, damages) = tree.withLock { tree in
        defer { tree.found = [] }
        return (tree.done, tree.found)
      }
      for damage in damages { tell("tree", damage) }
      progress("log", min(done, checked), log.head)
    }
    progress("log", 0, log.head)
    var check = RecordCheck(log: log, found: found)
    do {
      try check.run { position in
        checked = position
        tellTree()
      }
    } catch {
      tell("records", error)
    }
    checked = log.head
    worker.join(nudge: tellTree)
    tellTree()
    return tree.withLock { $0.roots }
  }

  /// What the tree's thread has come to.
  private struct TreeCheck {
    var done: UInt64 = 0
    var found: [LogError] = []
    var roots: [UInt64: [UInt8]] = [:]
  }

  // MARK: Folds

  /// The state and the views; those that are not there come back by themselves.
  private func checkFolds(_ directory: DataDirectory, _ log: EventLog) {
    if Files.exists(directory.statePath) {
      progress("state", 0, 1)
      if let reason = StateStore.mismatch(directory: directory.statePath, log: log) {
        found(Finding(check: "state", detail: reason + Self.foldedAnew))
      }
    }
    for projector in Ledger.projectors {
      let path = directory.path(of: projector)
      guard Files.exists(path) else { continue }
      progress("view \(projector.name)", 0, 1)
      if let reason = View.mismatch(of: projector, directory: path, log: log) {
        found(Finding(check: "view \(projector.name)", detail: reason + Self.foldedAnew))
      } else if isDeep {
        compare(projector, path, log)
      }
    }
  }

  /// Folds a view anew beside the directory for temporary files, and compares every row.
  private func compare(_ projector: any Projector.Type, _ path: String, _ log: EventLog) {
    let check = "view \(projector.name)"
    let scratch = NSTemporaryDirectory() + "shopledger-verify-\(getpid())-" + projector.name
    defer { try? Files.removeAll(scratch) }
    do {
      let comparison = try View.comparison(
        of: projector,
        directory: path,
        withFreshIn: scratch,
        log: log
      ) { progress(check, $0, log.head) }
      guard comparison.differences > 0 else { return }
      let detail =
        "\(comparison.differences) of \(comparison.rows) rows are not those of the events, "
        + "first \(comparison.firstDifference ?? "one"); rebuild \(projector.name)"
      found(Finding(check: check, detail: detail))
    } catch {
      tell(check, error)
    }
  }

  private static let foldedAnew = "; the next start folds it anew from the log"

  private func tell(_ check: String, _ error: any Error) {
    if case LogError.damaged(_, let position, let detail) = error {
      found(Finding(check: check, position: position, detail: detail))
    } else {
      found(Finding(check: check, detail: "\(error)"))
    }
  }
}
