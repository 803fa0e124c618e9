import EventLog
import Foundation

let testIdentity = [UInt8](0..<16)
let testKey = [UInt8](repeating: 7, count: 32)
let testSalt = [UInt8](100..<116)

extension TemporaryDirectory {
  func createLog(mapSize: Int = 1 << 30) throws(LogError) -> EventLog {
    try EventLog.create(
      directory: path,
      identity: testIdentity,
      key: testKey,
      mapSize: mapSize
    )
  }

  func openLog() throws(LogError) -> EventLog {
    try EventLog.open(directory: path, mapSize: 1 << 30)
  }
}

extension EventLog {
  @discardableResult
  func append(records: [[UInt8]]) throws(LogError) -> Appended {
    var batch = AppendBatch()
    for record in records { batch.add(record: record) }
    return try append(batch)
  }

  func refusesAsFull(_ batch: AppendBatch) -> Bool {
    do {
      _ = try append(batch)
      return false
    } catch {
      if case .full = error { return true }
      return false
    }
  }

  /// Every record, with its position.
  func everyRecord(after position: UInt64 = 0, limit: Int = 1_000_000) throws -> [Row] {
    var rows: [Row] = []
    try read(after: position, limit: limit) { position, record in
      rows.append(Row(position: position, record: record.withUnsafeBytes { [UInt8]($0) }))
      return true
    }
    return rows
  }
}

struct Row: Equatable {
  var position: UInt64
  var record: [UInt8]
}

/// Records of different lengths, a few bytes each.
func records(_ range: Range<Int>) -> [[UInt8]] {
  range.map { number in
    [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 5)
      + withUnsafeBytes(of: number.bigEndian) { [UInt8]($0.suffix(3)) }
  }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String(format: "%02x", $0) }.joined()
}
