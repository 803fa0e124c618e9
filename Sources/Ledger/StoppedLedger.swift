internal import EventLog
internal import Foundation
package import Logging
internal import Projections

/// The views of a directory that no server holds, to be rebuilt where they are.
///
/// Holds the directory as a server would; takes no commands and follows nothing.
package final class StoppedLedger: Sendable {
  private let directory: DataDirectory
  let log: EventLog
  private let views: [View]

  /// Takes a directory that holds a ledger.
  ///
  /// - Throws: `LedgerError`, with the pid of the server when one runs.
  package init(_ configuration: LedgerConfiguration, logger: Logger) throws {
    directory = try DataDirectory(takingLedgerAt: configuration.directory)
    log = try directory.openLog(mapSize: configuration.mapSize, timeZones: TimeZones())
    views = try Ledger.openViews(of: directory, log: log, logger: logger)
  }

  /// Backs up a directory that no server holds.
  ///
  /// - Throws: `LedgerError`.
  package static func backUp(
    _ configuration: LedgerConfiguration,
    to path: String,
    progress: @escaping (_ done: UInt64, _ total: UInt64) -> Void
  ) throws -> BackupContents {
    let directory = try DataDirectory(takingLedgerAt: configuration.directory)
    let timeZones = TimeZones()
    let log = try directory.openLog(mapSize: configuration.mapSize, timeZones: timeZones)
    defer { log.close() }
    let backup = try Backup(
      of: log,
      tzdata: timeZones.version,
      to: path,
      mapSize: configuration.mapSize
    )
    let end = log.head
    return try backup.run(from: log, through: end, takenAt: Ledger.systemClock()) { done, _ in
      progress(done, end)
    }
  }

  /// The same as `Ledger.views`.
  package func viewsAnswer() -> [UInt8] {
    Ledger.answer(views, at: Ledger.systemClock())
  }

  /// Starts to rebuild a view and returns; what `viewsAnswer` says of it tells how far it is.
  ///
  /// - Throws: `QueryError` when there is no such view, or it is being rebuilt.
  package func rebuild(view name: String) throws {
    guard let view = views.first(where: { $0.name == name }) else {
      let names = views.map(\.name).joined(separator: ", ")
      throw QueryError.notFound("no view \(name): there are \(names)")
    }
    do {
      try view.rebuild(isStarted: false)
    } catch ViewError.conflict(let detail) {
      throw QueryError.conflict(detail)
    }
  }

  /// Ends what runs, syncs the views, and lets go of the directory.
  package func close() {
    for view in views { view.stop() }
    log.close()
  }
}
