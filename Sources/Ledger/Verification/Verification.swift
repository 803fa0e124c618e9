internal import EventLog
internal import Foundation
internal import Marketplace
internal import Projections
internal import Projectors

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
  package var people: Int
  package var texts: Int
}

/// Reads everything that a stopped ledger holds and tells what is not as it was committed.
///
/// A damaged file can end the process that reads it, so this is run in one of its own.
package struct Verification {
  private let configuration: LedgerConfiguration
  private let progress: (_ check: String, _ done: UInt64, _ total: UInt64) -> Void
  private let found: (Finding) -> Void

  /// A verification that has not begun.
  ///
  /// - Parameters:
  ///   - configuration: names the directory.
  ///   - progress: called when a check begins, and now and then while it goes on.
  ///   - found: called at once with each finding.
  package init(
    _ configuration: LedgerConfiguration,
    progress: @escaping (_ check: String, _ done: UInt64, _ total: UInt64) -> Void,
    found: @escaping (Finding) -> Void
  ) {
    self.configuration = configuration
    self.progress = progress
    self.found = found
  }

  /// Checks everything; nil when the log cannot be opened at all, which is a finding.
  ///
  /// Costs two readings of the log. The directory is held meanwhile, and nothing is repaired.
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
    checkTree(log)
    try checkRecords(log)
    checkFolds(directory, log)
    let status = try log.status()
    return LedgerContents(
      rootHash: Ledger.hex(log.rootHash),
      events: log.head,
      people: status.people,
      texts: status.texts
    )
  }

  private func checkTree(_ log: EventLog) {
    progress("tree", 0, log.head)
    do {
      try log.verifyTree { progress("tree", $0, $1) }
    } catch {
      tell("tree", error)
    }
  }

  private func checkRecords(_ log: EventLog) throws {
    progress("records", 0, log.head)
    var check = RecordCheck(log: log, found: found)
    do {
      try check.run { progress("records", $0, log.head) }
    } catch {
      tell("records", error)
    }
  }

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
      }
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
