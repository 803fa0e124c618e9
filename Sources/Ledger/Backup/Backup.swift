internal import EventLog
internal import Foundation
internal import Marketplace
internal import Projections

/// What a finished backup holds.
package struct BackupContents: Hashable, Sendable {
  package var position: UInt64
  /// How many of its events this run added.
  package var added: UInt64
  /// Of the tree over all of them, in hexadecimal.
  package var rootHash: String
}

/// Copies a ledger's log to a directory, where it is laid out as in a data directory, but without the
/// folds.
///
/// A directory that has a backup of the same ledger gets what is missing; so one that was broken off is
/// gone on with, and what was finished before stays good.
struct Backup {
  let directory: DataDirectory
  let target: EventLog
  private let tzdata: String?

  /// Takes a directory for the backup of a log, making it when it is absent.
  ///
  /// - Throws: `LedgerError` when it is in use, or has anything else.
  init(of source: EventLog, tzdata: String?, to path: String, mapSize: Int) throws {
    self.tzdata = tzdata
    directory = try DataDirectory(taking: path)
    let mark = try BackupMark(in: path)
    if let mark, mark.identity != source.identity {
      throw LedgerError.notABackup(directory: path, detail: "it is of another ledger")
    }
    if mark == nil {
      guard try directory.isEmpty() else {
        throw LedgerError.notABackup(
          directory: path,
          detail: "it has files, but no \(BackupMark.file)"
        )
      }
      try BackupMark(identity: source.identity, position: 0, rootHash: [], takenAt: 0).write(
        in: path
      )
    }
    if !Files.exists(path + "/manifest.json") {
      // Broken off before anything was there.
      try Files.removeAll(directory.logPath)
      try EventLog.create(
        directory: directory.logPath,
        identity: source.identity,
        key: source.key,
        mapSize: mapSize
      ).close()
      try directory.writeManifest(source.identity, tzdata: tzdata)
    }
    target = try directory.openEventLog(mapSize)
  }

  /// Copies what is missing up to a position, the last one of a commit.
  ///
  /// - Throws: `LedgerError.badBackup`, and what `pause` throws.
  func run(
    from source: EventLog,
    through position: Position,
    takenAt: Microseconds,
    pause: @escaping (_ position: Position, _ taken: Duration) throws -> Void
  ) throws -> BackupContents {
    defer {
      target.close()
      directory.release()
    }
    let before = target.head
    var copy = try LogCopy(from: source, to: target, pause: pause)
    try copy.run(through: position)
    let mark = BackupMark(
      identity: source.identity,
      position: position,
      rootHash: target.rootHash,
      takenAt: takenAt
    )
    try directory.writeManifest(source.identity, tzdata: tzdata)
    let data = URL(fileURLWithPath: source.directory).deletingLastPathComponent().path
    try Self.copyCompanions(from: data, to: directory.path)
    try mark.write(in: directory.path)
    return BackupContents(
      position: position,
      added: position - before,
      rootHash: Ledger.hex(mark.rootHash)
    )
  }

  /// The small files that go with a log.
  static func copyCompanions(from source: String, to target: String) throws {
    for name in [RestoreMark.file, OperationsList.file] {
      guard let data = FileManager.default.contents(atPath: source + "/" + name) else { continue }
      let whole = OperationsList.wholeLines(data)
      try Files.replace(target + "/" + name, with: String(decoding: whole, as: UTF8.self))
    }
  }
}
