internal import EventLog
internal import Foundation
internal import Glibc
internal import JSON
internal import Marketplace
internal import Projections

/// Makes a ledger of a backup.
package enum Restore {
  /// Copies a backup that was verified to an absent or empty directory, and admits there that it is a
  /// fork.
  ///
  /// Costs what backing up all of it cost. The manifest comes last: what was broken off is no ledger.
  ///
  /// - Throws: `LedgerError` when the directory is in use or not empty, or the backup is not whole.
  package static func run(
    backup path: String,
    to configuration: LedgerConfiguration,
    progress: @escaping (_ done: UInt64, _ total: UInt64) -> Void
  ) throws -> BackupContents {
    let backup = try DataDirectory(takingLedgerAt: path)
    guard let mark = try BackupMark(in: path) else {
      throw LedgerError.notABackup(directory: path, detail: "it has no \(BackupMark.file)")
    }
    guard mark.takenAt > 0 else {
      throw LedgerError.badBackup(
        directory: path,
        detail: "it was broken off before it was whole; shopledger backup goes on with it"
      )
    }
    let directory = try DataDirectory(taking: configuration.directory)
    guard try directory.isEmpty() else {
      throw LedgerError.notEmpty(directory: configuration.directory)
    }
    let source = try backup.openEventLog(configuration.mapSize)
    defer { source.close() }
    let manifest = try backup.readManifest()
    guard source.identity == mark.identity, manifest.identity == mark.identity else {
      throw LedgerError.badBackup(directory: path, detail: "its files are of different ledgers")
    }
    var prover = source.prover()
    guard source.head >= mark.position,
      try prover.rootHash(size: mark.position) == mark.rootHash
    else {
      throw LedgerError.badBackup(
        directory: path,
        detail:
          "its events are not those that it had at position \(mark.position) when it was taken"
      )
    }
    let target = try EventLog.create(
      directory: directory.logPath,
      identity: source.identity,
      key: source.key,
      mapSize: configuration.mapSize
    )
    defer { target.close() }
    var copy = try LogCopy(from: source, to: target) { done, _ in progress(done, mark.position) }
    try copy.run(through: mark.position)
    try Backup.copyCompanions(from: path, to: directory.path)
    try RestoreMark(
      position: mark.position,
      rootHash: mark.rootHash,
      takenAt: mark.takenAt,
      restoredAt: Ledger.systemClock(),
      epoch: RestoreMark.epoch(in: path) + 1
    ).write(in: directory.path)
    let operations = OperationsList(in: directory.path, clock: Ledger.systemClock)
    try operations.append(
      "restore",
      by: "user \(geteuid())",
      position: mark.position,
      rootHash: mark.rootHash
    ) { json in
      json.member("backup", path)
      json.member("backupTakenAt", Timestamp.text(mark.takenAt))
    }
    try directory.writeManifest(source.identity, tzdata: manifest.tzdata)
    return BackupContents(
      position: mark.position,
      added: mark.position,
      rootHash: Ledger.hex(mark.rootHash)
    )
  }
}
