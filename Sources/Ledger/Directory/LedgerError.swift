/// Why a data directory cannot be opened; each says what is wrong and the cure.
public enum LedgerError: Error, CustomStringConvertible, Sendable {
  /// Another process holds the directory.
  case inUse(directory: String, pid: Int32?)
  /// There is no ledger where one must be.
  case noLedger(directory: String)
  /// There are files, but no manifest of a ledger.
  case notALedger(directory: String)
  case notADirectory(String)
  /// The manifest is there and the log is not, or not whole.
  case logMissing(directory: String)
  case logDamaged(directory: String, detail: String)
  case manifestDamaged(path: String, detail: String)
  /// Written by a later program.
  case otherVersion(path: String, found: Int64, known: Int64)
  /// The log beside the manifest is of another ledger.
  case foreignLog(directory: String)
  /// It is a backup, which nothing is appended to but by the next backup.
  case isBackup(directory: String)
  /// What was to be a backup is none of this ledger.
  case notABackup(directory: String, detail: String)
  /// The backup is damaged, or does not fit the ledger.
  case badBackup(directory: String, detail: String)
  /// There are files where a ledger is to be made of a backup or an export.
  case notEmpty(directory: String)
  /// Checkpoints cannot be signed as configured.
  case audit(String)
  /// The operating system refused something.
  case system(String)
  /// A part of the directory could be neither opened nor made anew.
  case cannotOpen(path: String, detail: String)

  /// What is wrong, and the cure.
  public var description: String {
    switch self {
    case .inUse(let directory, let pid):
      "\(directory) is in use by \(pid.map { "process \($0)" } ?? "another process"); "
        + "stop it first, or ask it over its socket"
    case .noLedger(let directory):
      "\(directory) holds no ledger: it has no manifest.json; name the data directory of one"
    case .notALedger(let directory):
      "\(directory) has files but no manifest.json, so it is no ledger; "
        + "name an empty directory to start a new one"
    case .notADirectory(let path):
      "\(path) is not a directory; name a directory"
    case .logMissing(let directory):
      "\(directory) has a manifest but no log; put the log back from a backup: "
        + "a new one is never started in its place"
    case .logDamaged(let directory, let detail):
      "the log in \(directory) cannot be opened: \(detail) Nothing else holds what it holds: when it "
        + "is damaged, put it back from a backup"
    case .manifestDamaged(let path, let detail):
      "\(path) cannot be read: \(detail); put it back from a backup"
    case .otherVersion(let path, let found, let known):
      "\(path) says format \(found), and this program knows format \(known); "
        + "use the program that wrote it, or a later one"
    case .foreignLog(let directory):
      "the log in \(directory) is not the one that manifest.json names; "
        + "put back the manifest and the log from one backup"
    case .isBackup(let directory):
      "\(directory) is a backup, and serving it would fork it; shopledger restore \(directory) "
        + "--data DIR makes a ledger of it"
    case .notABackup(let directory, let detail):
      "\(directory) cannot take this backup: \(detail); name an empty directory, or one with an "
        + "earlier backup of the same ledger"
    case .badBackup(let directory, let detail):
      "the backup in \(directory) is not to be relied on: \(detail)"
    case .notEmpty(let directory):
      "\(directory) is not empty, and nothing is put over what is there; name a directory that is "
        + "empty or absent"
    case .audit(let detail):
      "no checkpoint can be signed: \(detail); or unset audit.key, to sign none"
    case .system(let detail):
      detail
    case .cannotOpen(let path, let detail):
      "\(path) cannot be opened: \(detail)"
    }
  }
}

extension LedgerError {
  /// Runs what opens a part of the directory; an error that says not whose it is gets the path.
  static func opening<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as LedgerError {
      throw error
    } catch {
      throw LedgerError.cannotOpen(path: path, detail: "\(error)")
    }
  }

  /// Whether there is nothing to work on, rather than something wrong with what is there.
  package var isMissingData: Bool {
    switch self {
    case .noLedger, .notALedger, .notADirectory, .logMissing: true
    default: false
    }
  }
}
