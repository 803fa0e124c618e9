internal import EventLog
internal import Logging

/// The log of a directory that no server holds: for its tiles, and for what only reads it.
package final class StoppedLog: Sendable {
  private let directory: DataDirectory
  let log: EventLog
  private let configuration: LedgerConfiguration

  /// Takes a directory that holds a ledger.
  ///
  /// - Throws: `LedgerError`, with the pid of the server when one runs.
  package init(_ configuration: LedgerConfiguration) throws {
    self.configuration = configuration
    directory = try DataDirectory(takingLedgerAt: configuration.directory)
    log = try directory.openLog(mapSize: configuration.mapSize, timeZones: TimeZones())
  }

  /// The last checkpoint that was signed; of now when `sign` says so.
  ///
  /// - Throws: `LedgerError` when there is none and no key, or the log does not continue it.
  package func checkpoint(sign: Bool) throws -> SignedCheckpoint {
    guard
      let signer = try Ledger.signer(
        of: directory,
        log,
        configuration,
        Logger(label: "audit") { _ in SwiftLogNoOpLogHandler() }
      )
    else {
      throw LedgerError.audit("audit.key is not set; set it to the key that keygen made")
    }
    do {
      if !sign, signer.stopped == nil, let last = signer.last { return last }
      return try signer.sign()
    } catch {
      throw LedgerError.audit("\(error)")
    }
  }

  /// Makes sure that a checkpoint continues one that was kept before.
  package func proof(from old: UInt64, to new: UInt64) throws -> [[UInt8]] {
    var prover = log.prover()
    guard old <= new, new <= prover.size else { return [] }
    return try prover.consistency(from: old, to: new)
  }

  package func file(at path: TilePath) throws -> [UInt8]? {
    try log.file(at: path)
  }

  /// Lets go of the directory.
  package func close() {
    log.close()
    directory.release()
  }
}
