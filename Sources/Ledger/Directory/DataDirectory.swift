internal import EventLog
internal import Foundation
internal import Glibc
internal import JSON
internal import Projections
internal import Projectors

/// One ledger's directory, held by this process for as long as this object lives.
///
/// ```
/// manifest.json   which ledger this is; the format; the tzdata that days were decided by
/// lock            held with flock(2) by the process that owns the directory; holds its pid
/// log/            the truth: one LMDB environment
/// checkpoint      the last one signed, where checkpoints are
/// state/ views/   folds of the log; deleted, they come back
/// tokens          who may come in over TCP; the server's, not the ledger's
/// backup.json     only in a backup: how far it goes
/// restored.json   only where a backup was restored: what it departs from
/// ```
final class DataDirectory: Sendable {
  static let format: Int64 = 1

  let path: String
  private let lock: Int32
  /// Whether the directory was there before it was taken.
  private let wasThere: Bool

  var logPath: String { path + "/log" }
  var statePath: String { path + "/state" }
  var checkpointPath: String { path + "/checkpoint" }
  var viewsPath: String { path + "/views" }
  private var manifestPath: String { path + "/manifest.json" }

  /// Takes the directory of a ledger that is there.
  ///
  /// - Throws: `LedgerError.noLedger` when none is; otherwise as when one may be started.
  convenience init(takingLedgerAt path: String) throws {
    guard Files.exists(path + "/manifest.json") else { throw LedgerError.noLedger(directory: path) }
    try self.init(taking: path)
  }

  /// Takes the directory, making it when it is absent.
  ///
  /// - Throws: `LedgerError.inUse` with the pid of the owner when there is one.
  init(taking path: String) throws {
    self.path = path
    var status = stat()
    wasThere = stat(path, &status) == 0
    if wasThere {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw LedgerError.notADirectory(path) }
    } else {
      try LedgerError.opening(path) { try Files.createDirectory(path, permissions: 0o750) }
    }
    let names = try LedgerError.opening(path) { try Files.names(in: path) }
    let ours: Set = [
      "lock", "log", "log.new", "manifest.json", "manifest.json.new", "tokens", "backup.json",
      "backup.json.new",
    ]
    guard names.contains("manifest.json") || names.allSatisfy(ours.contains) else {
      throw LedgerError.notALedger(directory: path)
    }
    let lockPath = path + "/lock"
    let lock = Glibc.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw LedgerError.system("\(Files.Failure(call: "open", path: lockPath))")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let owner = try? String(contentsOfFile: lockPath, encoding: .utf8)
      throw LedgerError.inUse(
        directory: path,
        pid: owner.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      )
    }
    ftruncate(lock, 0)
    let pid = Array("\(getpid())\n".utf8)
    _ = pid.withUnsafeBytes { pwrite(lock, $0.baseAddress, $0.count, 0) }
    self.lock = lock
  }

  /// Whether it holds nothing yet.
  func isEmpty() throws -> Bool {
    try Files.names(in: path) == ["lock"]
  }

  /// Lets another owner take the directory, once everything in it is closed.
  func release() {
    flock(lock, LOCK_UN)
  }

  func path(of view: any Projector.Type) -> String { viewsPath + "/" + view.name }

  deinit {
    close(lock)
  }

  /// Opens the log that the manifest names; starts a new ledger in a wholly empty directory.
  ///
  /// Making a new one can be interrupted anywhere: the log is made aside and renamed, and the
  /// manifest comes last; a log that stands without a manifest is taken up only while it is empty.
  func openLog(mapSize: Int, timeZones: TimeZones) throws -> EventLog {
    guard !Files.exists(path + "/" + BackupMark.file) else {
      throw LedgerError.isBackup(directory: path)
    }
    return try LedgerError.opening(path) { try openLogAndManifest(mapSize, timeZones) }
  }

  private func openLogAndManifest(_ mapSize: Int, _ timeZones: TimeZones) throws -> EventLog {
    let files = FileManager.default
    if files.fileExists(atPath: manifestPath) {
      let manifest = try readManifest()
      let identity = manifest.identity
      if manifest.tzdata != timeZones.version {
        try writeManifest(identity, tzdata: timeZones.version)
      }
      guard files.fileExists(atPath: logPath + "/data.mdb") else {
        throw LedgerError.logMissing(directory: path)
      }
      let log = try openEventLog(mapSize)
      guard log.identity == identity else { throw LedgerError.foreignLog(directory: path) }
      return log
    }
    if files.fileExists(atPath: logPath) {
      let log = try openEventLog(mapSize)
      guard log.head == 0 else { throw LedgerError.notALedger(directory: path) }
      try writeManifest(log.identity, tzdata: timeZones.version)
      return log
    }
    var random = SystemRandomNumberGenerator()
    let identity = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    try makeLogAside(identity: identity, key: key, mapSize: mapSize).close()
    try adoptLogAside(identity: identity, tzdata: timeZones.version)
    return try openEventLog(mapSize)
  }

  func openEventLog(_ mapSize: Int) throws -> EventLog {
    do {
      return try EventLog.open(directory: logPath, mapSize: mapSize)
    } catch let error where Shortage.mayPass(error) {
      throw LedgerError.cannotOpen(path: logPath, detail: "\(error)")
    } catch {
      throw LedgerError.logDamaged(directory: path, detail: "\(error)")
    }
  }

  // MARK: A log that is not in its place yet

  private var asidePath: String { path + "/log.new" }

  /// Takes a directory that has no ledger in it, making it when it is absent.
  ///
  /// - Throws: `LedgerError.notEmpty` when there is one.
  convenience init(takingEmpty path: String) throws {
    try self.init(taking: path)
    guard !Files.exists(manifestPath), !Files.exists(logPath) else {
      throw LedgerError.notEmpty(directory: path)
    }
  }

  /// Makes an empty log beside its place, instead of what an interruption left there.
  func makeLogAside(identity: [UInt8], key: [UInt8], mapSize: Int) throws -> EventLog {
    try Files.removeAll(asidePath)
    return try EventLog.create(directory: asidePath, identity: identity, key: key, mapSize: mapSize)
  }

  /// Puts the log that was made aside, and is closed, in its place: from here on there is a ledger.
  func adoptLogAside(identity: [UInt8], tzdata: String?) throws {
    try FileManager.default.moveItem(atPath: asidePath, toPath: logPath)
    try Files.syncDirectory(of: logPath)
    try writeManifest(identity, tzdata: tzdata)
  }

  /// Leaves the directory as it was found, and lets go of it.
  func abandonLogAside() {
    try? Files.removeAll(asidePath)
    try? Files.removeAll(path + "/" + RestoreMark.file)
    try? Files.removeAll(path + "/lock")
    if !wasThere { rmdir(path) }
    release()
  }

  // MARK: The manifest

  /// Which ledger this is, and the tzdata that last decided its days.
  func readManifest() throws -> (identity: [UInt8], tzdata: String?) {
    func damaged(_ detail: String) -> LedgerError {
      .manifestDamaged(path: manifestPath, detail: detail)
    }
    guard let data = FileManager.default.contents(atPath: manifestPath) else {
      throw damaged("\(Files.Failure(call: "open", path: manifestPath))")
    }
    let manifest: JSONValue
    do {
      manifest = try JSONValue(parsing: data)
    } catch {
      throw damaged("\(error)")
    }
    guard let format = manifest["format"]?.integer else { throw damaged("it has no format") }
    guard format == Self.format else {
      throw LedgerError.otherVersion(path: manifestPath, found: format, known: Self.format)
    }
    guard let identity = manifest["ledger"]?.string.flatMap(Ledger.bytes(hex:)),
      identity.count == 16
    else { throw damaged("it names no ledger") }
    return (identity, manifest["tzdata"]?.string)
  }

  func writeManifest(_ identity: [UInt8], tzdata: String?) throws {
    var json = JSONWriter()
    json.object { json in
      json.member("format", Self.format)
      json.member("ledger", Ledger.hex(identity))
      json.member("tzdata", ifPresent: tzdata)
    }
    try Files.replace(manifestPath, with: json.text + "\n")
  }
}

extension Ledger {
  /// The bytes of hexadecimal digits; nil when they are none, or not two for each byte.
  package static func bytes(hex: String) -> [UInt8]? {
    let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
    guard digits.count == hex.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
