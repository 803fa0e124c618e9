import EventLog
import Foundation
import Ledger

extension Bench {
  /// The ledger that the rows that only read share.
  static let base = "base"

  /// Records commands in the ledger `base`, and writes its records to the file `records`, for LMDB
  /// alone to append.
  func makeBase() async throws {
    say("recording \(sizes.base) commands: a ledger to read, and the bytes of its records")
    let ledger = try open(Self.base)
    try await ledger.record(sizes.base, from: supply())
    try await ledger.waitForViews()
    ledger.close()
    try writeRecords()
  }

  private func writeRecords() throws {
    let file = path("records")
    guard FileManager.default.createFile(atPath: file, contents: nil),
      let output = FileHandle(forWritingAtPath: file)
    else { throw Failure("cannot write \(file)") }
    defer { try? output.close() }
    let log = try EventLog.open(directory: path(Self.base) + "/log")
    defer { log.close() }
    var position: UInt64 = 0
    while position < log.head {
      var bytes: [UInt8] = []
      position = try log.read(after: position, limit: 65_536) { _, record in
        withUnsafeBytes(of: UInt32(record.byteCount).littleEndian) { bytes += $0 }
        record.withUnsafeBytes { bytes += $0 }
        return true
      }
      try output.write(contentsOf: bytes)
    }
  }
}
