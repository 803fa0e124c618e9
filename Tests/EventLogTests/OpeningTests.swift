import EventLog
import Foundation
import LMDB
import Testing

struct OpeningTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// A closed log of 70,000 events: full tiles on two levels and an open one on each.
  private func fill() throws {
    let log = try directory.createLog()
    try log.append(records: records(0..<70_000))
    log.close()
  }

  /// Changes a closed log behind its back.
  private func tamper(
    _ name: String,
    _ change: (inout WriteTransaction, Table) throws -> Void
  ) throws {
    let environment = try Environment(directory: directory.path, mapSize: 1 << 30)
    let table = try environment.openTable(name)
    try environment.write { try change(&$0, table) }
    environment.close()
  }

  private func key(_ position: UInt64) -> [UInt8] {
    withUnsafeBytes(of: position.bigEndian) { [UInt8]($0) }
  }

  private func damagedPosition(_ log: EventLog) throws -> UInt64? {
    do {
      try log.verifyTree()
      return nil
    } catch .damaged(_, let position, _) {
      return position
    }
  }

  @Test func `opening creates nothing, creating replaces nothing`() throws {
    #expect(throws: LogError.storage(.missing(path: directory.dataFile))) {
      try directory.openLog()
    }
    #expect(!FileManager.default.fileExists(atPath: directory.dataFile))
    try directory.createLog().close()
    #expect(throws: LogError.exists(path: directory.path)) { try directory.createLog() }
    try directory.openLog().close()
  }

  @Test func `a log is open once in a process`() throws {
    let log = try directory.createLog()
    #expect(throws: LogError.storage(.alreadyOpen(path: directory.dataFile))) {
      try directory.openLog()
    }
    log.close()
  }

  @Test func `an empty or shortened file is refused`() throws {
    try fill()
    let size = try #require(
      FileManager.default.attributesOfItem(atPath: directory.dataFile)[.size] as? Int
    )
    #expect(truncate(directory.dataFile, size - 4_096) == 0)
    #expect(
      throws: LogError.storage(
        .truncated(
          path: directory.dataFile,
          expectedBytes: size,
          actualBytes: size - 4_096
        )
      )
    ) { try directory.openLog() }
    #expect(truncate(directory.dataFile, 0) == 0)
    #expect(throws: LogError.storage(.empty(path: directory.dataFile))) {
      try directory.openLog()
    }
  }

  @Test func `another format is refused`() throws {
    try fill()
    try tamper("meta") { transaction, table in
      try transaction.put(table, key: [UInt8]("format".utf8), value: [0, 0, 0, 2])
    }
    #expect(throws: LogError.wrongFormat(path: directory.path, found: 2, expected: 1)) {
      try directory.openLog()
    }
  }

  @Test(arguments: ["identity", "key", "frontier", "refusals"])
  func `a log without one of its parts is refused`(part: String) throws {
    try fill()
    try tamper("meta") { transaction, table in
      try transaction.delete(table, key: [UInt8](part.utf8))
    }
    #expect(throws: LogError.self) { try directory.openLog() }
  }

  @Test func `an environment of something else is refused`() throws {
    let environment = try Environment(
      directory: directory.path,
      mapSize: 1 << 20,
      create: true
    )
    environment.close()
    #expect(throws: LogError.incomplete(path: directory.path, part: "table \"events\"")) {
      try directory.openLog()
    }
  }

  @Test(arguments: [69_999, 70_001] as [UInt64])
  func `as many events as were committed, or it is refused`(last: UInt64) throws {
    try fill()
    try tamper("events") { transaction, table in
      if last < 70_000 {
        try transaction.delete(table, key: key(70_000))
      } else {
        try transaction.put(table, key: key(last), value: [1])
      }
    }
    #expect(
      throws: LogError.sizeMismatch(
        path: directory.path,
        treeSize: 70_000,
        lastPosition: last
      )
    ) { try directory.openLog() }
  }

  @Test func `a record changed in an open tile is seen at opening`() throws {
    try fill()
    try tamper("events") { transaction, table in
      try transaction.put(table, key: key(69_999), value: [1])
    }
    #expect(throws: LogError.frontierMismatch(path: directory.path, treeSize: 70_000)) {
      try directory.openLog()
    }
  }

  @Test(arguments: [1, 256, 257, 300, 65_536, 65_537, 69_632] as [UInt64])
  func `verify names a record that was changed`(position: UInt64) throws {
    try fill()
    try tamper("events") { transaction, table in
      try transaction.put(table, key: key(position), value: [1])
    }
    let log = try directory.openLog()
    #expect(try damagedPosition(log) == position)
  }

  @Test(arguments: [1, 4_096, 4_097, 60_000] as [UInt64])
  func `verify names a record that is missing`(position: UInt64) throws {
    try fill()
    try tamper("events") { transaction, table in
      try transaction.delete(table, key: key(position))
    }
    let log = try directory.openLog()
    #expect(try damagedPosition(log) == position)
  }

  @Test func `verify names the position under a hash that was changed`() throws {
    try fill()
    try tamper("tiles") { transaction, table in
      let tile = [0] + key(7)
      var hashes = try #require(try transaction.get(table, key: tile))
      hashes[32 * 9 + 31] ^= 1
      try transaction.put(table, key: tile, value: hashes)
    }
    let log = try directory.openLog()
    #expect(try damagedPosition(log) == 7 * 256 + 9 + 1)
  }

  @Test func `verify passes a sound log, and counts up to its events`() throws {
    try fill()
    let log = try directory.openLog()
    var last: [UInt64] = []
    try log.verifyTree { last = [$0, $1] }
    #expect(last == [70_000, 70_000])
  }

  /// The format as another program sees it, without any code of ours.
  @Test func `the tables are as documented`() throws {
    let log = try directory.createLog()
    var batch = AppendBatch()
    batch.add(record: [0xca, 0xfe])
    batch.addPerson(number: 1, salt: testSalt, name: "Ann")
    batch.addText(position: 1, salt: testSalt, text: "new")
    batch.add(refusal: [0xff])
    _ = try log.append(batch)
    let root = hexadecimal(log.rootHash)
    log.close()

    let dump = try ["events", "people", "texts", "tiles", "refusals", "meta"].map { table in
      let lines = try output(of: "mdb_dump", "-s", table, directory.path).split(separator: "\n")
      let rows = lines.filter { $0.hasPrefix(" ") }.map { $0.dropFirst() }
      return [table] + rows.map(String.init)
    }
    let salt = "6465666768696a6b6c6d6e6f70717273"
    #expect(
      dump == [
        ["events", "0000000000000001", "cafe"],
        ["people", "0000000000000001", salt + "416e6e"],
        ["texts", "0000000000000001", salt + "6e6577"],
        ["tiles"],
        ["refusals", "0000000000000000", "ff"],
        [
          "meta",
          "666f726d6174", "00000001",
          "66726f6e74696572", "0000000000000001" + root,
          "6964656e74697479", "000102030405060708090a0b0c0d0e0f",
          "6b6579", String(repeating: "07", count: 32),
          "7265667573616c73", "0000000000000001",
        ],
      ]
    )
  }
}
