internal import EventLog
internal import JSON
internal import Marketplace
internal import Projections

/// Why a file is not imported; nothing of it is left behind.
package struct ImportError: Error, CustomStringConvertible {
  /// What is wrong and the cure, with the number of the line where there is one.
  package var description: String

  package init(description: String) {
    self.description = description
  }
}

/// Makes a ledger of a whole export: the same records under the same tree, and the same key.
///
/// The log is made aside, checked as `verify` checks one, and put in its place when it is whole and
/// its root is the one that the file's first line names. The state and the views are folded when the
/// ledger is first opened.
package final class LogImport {
  private static let batchEvents = 4_096
  /// No line of an export is longer: a record of 64 KiB, its text, and both again as JSON, escaped.
  package static let lineByteLimit = 1 << 20

  private let directory: DataDirectory
  private let configuration: LedgerConfiguration
  private var header: Header?
  private var log: EventLog?
  private var batch = AppendBatch()
  private var lines = 0
  private var position: Position = 0
  private var lastPerson: UInt64 = 0
  private var hasEnded = false

  private struct Header {
    var identity: [UInt8]
    var key: [UInt8]
    var source: String
    var size: UInt64
    var rootHash: String
    var epoch: Int64
  }

  /// Takes an empty directory, or makes one.
  ///
  /// - Throws: `LedgerError`, also when a ledger is there already.
  package init(_ configuration: LedgerConfiguration) throws {
    self.configuration = configuration
    directory = try DataDirectory(takingEmpty: configuration.directory)
  }

  /// How many events the file has; 0 before its first line.
  package var size: UInt64 { header?.size ?? 0 }

  /// Takes the next line.
  ///
  /// - Throws: `ImportError`, or what making and writing the log throws.
  package func take(_ line: ArraySlice<UInt8>) throws {
    lines += 1
    let event: JSONValue
    do {
      event = try JSONValue(parsing: line)
    } catch {
      throw refusal("is no JSON: \(error)")
    }
    if hasEnded { throw refusal("follows the line that ends the export") }
    guard let header, let log else { return try begin(event) }
    guard event["source"]?.string == header.source else {
      throw refusal("is of another source than the first, \(header.source)")
    }
    if event["type"]?.string == ExportFormat.ended { return try end(event) }
    try add(event)
    if batch.recordCount == Self.batchEvents { try append(to: log) }
  }

  /// Checks everything, and puts the ledger in its place.
  ///
  /// - Parameter progress: called with the events checked so far.
  /// - Returns: how many events it has, and the root in hexadecimal.
  /// - Throws: `ImportError` when the file is not whole or not as it was exported.
  package func finish(
    _ progress: (_ checked: UInt64) -> Void
  ) throws -> (events: UInt64, rootHash: String) {
    guard let header, let log, hasEnded else {
      throw ImportError(
        description: "the file ends after \(position) events without the line that ends an export: "
          + "it was cut off; export again"
      )
    }
    if batch.recordCount > 0 { try append(to: log) }
    var findings: [Finding] = []
    var check = RecordCheck(log: log) { findings.append($0) }
    try check.run(progress)
    if let first = findings.first {
      let place = first.position.map { "event \($0): " } ?? ""
      throw ImportError(
        description: "the file is damaged: \(place)\(first.detail)"
          + (findings.count > 1 ? ", and \(findings.count - 1) more" : "") + "; export again"
      )
    }
    let root = Ledger.hex(log.rootHash)
    guard root == header.rootHash else {
      throw ImportError(
        description: "the events give the root hash \(root), and the file's first line says "
          + "\(header.rootHash): they are not those that were exported"
      )
    }
    let exportedAt = try log.record(at: header.size) { bytes in
      try Record(decoding: bytes).envelope.recordedAt
    }
    let mark = RestoreMark(
      position: header.size,
      rootHash: log.rootHash,
      takenAt: exportedAt ?? 0,
      restoredAt: Ledger.systemClock(),
      epoch: header.epoch + 1
    )
    log.close()
    self.log = nil
    try mark.write(in: directory.path)
    try directory.adoptLogAside(identity: header.identity, tzdata: TimeZones().version)
    directory.release()
    return (header.size, root)
  }

  /// Takes back what was made; the directory is as it was found.
  package func abandon() {
    log?.close()
    log = nil
    directory.abandonLogAside()
  }

  // MARK: Lines

  private func begin(_ event: JSONValue) throws {
    let data = event["data"]
    guard event["type"]?.string == ExportFormat.started, let format = data?["format"]?.integer
    else { throw refusal("does not begin an export; give a file that shopledger export made") }
    guard format == ExportFormat.version else {
      throw refusal(
        "says format \(format), and this program knows format \(ExportFormat.version)"
      )
    }
    guard data?["whole"]?.bool == true else {
      throw refusal(
        "says that the export is not whole: a part, or one without names, makes no ledger"
      )
    }
    guard let identity = data?["ledger"]?.string.flatMap(Ledger.bytes(hex:)), identity.count == 16,
      let key = ExportFormat.bytes(base64: data?["key"]?.string), key.count == 32,
      let source = event["source"]?.string, let size = data?["size"]?.integer, size >= 0,
      let rootHash = data?["rootHash"]?.string, let epoch = data?["epoch"]?.integer
    else { throw refusal("lacks the ledger, its key, size or root hash; export again") }
    header = Header(
      identity: identity,
      key: key,
      source: source,
      size: UInt64(size),
      rootHash: rootHash,
      epoch: epoch
    )
    log = try directory.makeLogAside(
      identity: identity,
      key: key,
      mapSize: configuration.mapSize
    )
  }

  private func add(_ event: JSONValue) throws {
    guard event["position"]?.string == String(position + 1) else {
      throw refusal(
        "is not event \(position + 1), which comes next: the file is not whole, or out of order"
      )
    }
    guard let record = ExportFormat.bytes(base64: event["record"]?.string),
      record.count < EventLog.recordByteLimit
    else { throw refusal("has no record that can be read") }
    position += 1
    batch.add(record: record)
    for person in event["people"]?.string?.split(separator: " ") ?? [] { try add(person: person) }
    guard let row = event["textrow"]?.string else { return }
    guard let bytes = ExportFormat.bytes(base64: row), bytes.count >= EventLog.saltByteCount,
      let text = String(validating: bytes[EventLog.saltByteCount...], as: UTF8.self)
    else { throw refusal("has a textrow that cannot be read") }
    batch.addText(position: position, salt: Array(bytes[..<EventLog.saltByteCount]), text: text)
  }

  private func add(person: Substring) throws {
    let parts = person.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let number = UInt64(parts[0]), number == lastPerson + 1,
      let salt = ExportFormat.bytes(base64: String(parts[1])), salt.count == EventLog.saltByteCount
    else {
      throw refusal("has people that cannot be read, or whose numbers do not follow \(lastPerson)")
    }
    lastPerson = number
    batch.addPerson(number: number, salt: salt, name: String(parts[2]))
  }

  private func end(_ event: JSONValue) throws {
    let events = event["data"]?["events"]?.integer
    guard let header, events == Int64(position), position == header.size else {
      throw refusal(
        "ends the export after \(position) events, of \(self.size): lines are missing"
      )
    }
    hasEnded = true
  }

  private func append(to log: EventLog) throws {
    _ = try log.append(batch)
    batch.removeAll()
  }

  private func refusal(_ what: String) -> ImportError {
    ImportError(description: "line \(lines) \(what)")
  }
}
