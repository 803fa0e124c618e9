import EventLog
import Foundation
import LMDB
import Marketplace
import Testing

@testable import Ledger

/// State that does not match the log, or is not whole, is folded anew, and operators are told why.
struct StateTrustTests {
  /// What is wrong with the state, and what the ledger says of it.
  enum Damage: String, CaseIterable {
    case noRun = "is missing"
    case shortRun = "does not have the size that it was written with"
    case noCheckpoint = "it has no checkpoint"
    case changedCheckpoint = "its checkpoint is of another version or damaged"
    case noMarker = "the machine stopped while it was being written"
    case noDataFile = "data.mdb"
    case shortDataFile = "bytes"
    case otherLog = "it was folded from another log"
    case olderLog = "it is ahead of the log, which must be an older copy"
    case otherHistory = "it was folded from another history than the log's"
  }

  private func commands(_ range: Range<Int>, by owner: String = "o") -> [String] {
    range.flatMap { number in
      [
        #"{"id":"b\#(number)","type":"RegisterBrand","#
          + #""data":{"brand":"b\#(number)","owner":"\#(owner)","name":"n"}}"#,
        #"{"id":"r\#(number)","type":"RetitleProduct","data":{"product":"x","title":"t"}}"#,
      ]
    }
  }

  private func extend(
    _ directory: TestDirectory,
    _ commands: [String]
  ) async throws -> [Receipt] {
    let ledger = try Ledger.open(directory, flushEvents: 7)
    var receipts: [Receipt] = []
    for command in commands { receipts.append(await ledger.submit(command)) }
    ledger.close()
    return receipts
  }

  @Test(arguments: Damage.allCases)
  func `damaged state comes back from the log`(damage: Damage) async throws {
    let directory = try TestDirectory()
    let half = commands(0..<20)
    var receipts = try await extend(directory, half)
    let earlier = try directory.copy(marked: false)
    receipts += try await extend(directory, commands(20..<40))
    var sent = commands(0..<40)
    switch damage {
    case .olderLog:
      try replace("log", of: directory, from: earlier)
      (sent, receipts) = (half, Array(receipts[..<half.count]))
    case .otherHistory:
      let others = commands(20..<60, by: "another")
      sent = half + others
      receipts = try await Array(receipts[..<half.count]) + extend(earlier, others)
      try replace("log", of: directory, from: earlier)
    case .otherLog:
      let other = try TestDirectory()
      _ = try await extend(other, half)
      try replace("state", of: directory, from: other)
    default: try inflict(damage, on: directory)
    }

    let log = CollectedLog()
    let ledger = try Ledger.open(directory, log: log)
    let told = log.lines.filter { $0.contains("the state is folded anew") }
    #expect(told.count == 1, "\(log.lines)")
    #expect(told.first?.contains(damage.rawValue) == true, "\(log.lines)")
    #expect(await ledger.submit(sent) == receipts.map(\.again))
    ledger.close()
  }

  @Test func `a state that matches is used without a word`() async throws {
    let directory = try TestDirectory()
    let receipts = try await extend(directory, commands(0..<40))
    // A run that a flush left behind when it was cut short.
    try directory.write([1, 2, 3], to: "state/ids-999")
    let log = CollectedLog()
    let ledger = try Ledger.open(directory, log: log)
    #expect(log.lines == [])
    let mark = ledger.state.withLock { $0.mark }
    #expect(mark == ledger.state.store.checkpoint.mark)
    #expect(mark.position == 40)
    #expect(await ledger.submit(commands(0..<40)) == receipts.map(\.again))
    #expect(try !directory.names(in: "state").contains("ids-999"))
    ledger.close()
  }

  private func replace(
    _ name: String,
    of directory: TestDirectory,
    from other: TestDirectory
  ) throws {
    try FileManager.default.removeItem(atPath: directory.path + "/" + name)
    try FileManager.default.copyItem(
      atPath: other.path + "/" + name,
      toPath: directory.path + "/" + name
    )
  }

  private func inflict(_ damage: Damage, on directory: TestDirectory) throws {
    let state = directory.path + "/state"
    let run = try #require(try directory.names(in: "state").last { $0.hasPrefix("ids-") })
    switch damage {
    case .noRun: try FileManager.default.removeItem(atPath: state + "/" + run)
    case .shortRun:
      let bytes = try directory.bytes(of: "state/" + run)
      try directory.write(bytes.dropLast(16), to: "state/" + run)
    case .noCheckpoint: try changeCheckpoint(in: state) { $0 = nil }
    case .changedCheckpoint: try changeCheckpoint(in: state) { $0?[40] ^= 1 }
    case .noMarker: try FileManager.default.removeItem(atPath: state + "/marker")
    case .noDataFile: try FileManager.default.removeItem(atPath: state + "/data.mdb")
    case .shortDataFile:
      let bytes = try directory.bytes(of: "state/data.mdb")
      try directory.write(Array(bytes[..<(bytes.count / 2)]), to: "state/data.mdb")
    case .otherLog, .olderLog, .otherHistory: preconditionFailure("done by exchanging directories")
    }
  }

  private func changeCheckpoint(in state: String, _ change: (inout [UInt8]?) -> Void) throws {
    let environment = try Environment(directory: state, mapSize: 1 << 28)
    let meta = try environment.openTable("meta")
    let key = Array("checkpoint".utf8)
    var row = try environment.read { (reads: borrowing ReadTransaction) in
      try reads.get(meta, key: key)
    }
    change(&row)
    try environment.write { writes in
      if let row {
        try writes.put(meta, key: key, value: row)
      } else {
        try writes.delete(meta, key: key)
      }
    }
    environment.close()
  }
}
