import Foundation
import LMDB
import Testing

@testable import EventLog

struct AppendTests {
  let directory: TemporaryDirectory

  struct Refusal: Error, Equatable {}

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test func `positions begin at 1 and go on across batches and reopening`() throws {
    let log = try directory.createLog()
    #expect(log.head == 0)
    #expect(
      try [log.append(records: records(0..<3)), log.append(records: records(3..<4))]
        == [
          Appended(positions: 1..<4, refusals: 0..<0), Appended(positions: 4..<5, refusals: 0..<0),
        ]
    )
    log.close()

    let reopened = try directory.openLog()
    #expect(reopened.head == 4)
    try reopened.append(records: records(4..<5))
    #expect(
      try reopened.everyRecord()
        == records(0..<5).enumerated().map { Row(position: UInt64($0 + 1), record: $1) }
    )
    #expect([reopened.identity, reopened.key] == [testIdentity, testKey])
  }

  @Test func `a read begins after a position and ends at its limit, the body or the head`() throws {
    let log = try directory.createLog()
    try log.append(records: records(0..<10))
    #expect(try log.everyRecord(after: 7).map(\.position) == [8, 9, 10])
    #expect(try log.everyRecord(after: 2, limit: 2).map(\.position) == [3, 4])
    #expect(try log.everyRecord(after: 10) == [])
    #expect(try log.everyRecord(after: 99) == [])
    #expect(try log.everyRecord(after: .max) == [])
    #expect(try log.read(after: 4, limit: 9) { position, _ in position < 6 } == 6)
    #expect(try log.read(after: 10, limit: 9) { _, _ in true } == 10)
    #expect(throws: Refusal()) {
      try log.read(after: 0, limit: 9) { _, _ in throw Refusal() }
    }
  }

  @Test func `a record is found by its position`() throws {
    let log = try directory.createLog()
    try log.append(records: [[1], [], [3, 3]])
    #expect(
      try (0...4).map { position in try log.record(at: position) { $0.byteCount } }
        == [nil, 1, 0, 2, nil]
    )
  }

  @Test func `a record of 65,535 bytes is kept`() throws {
    let log = try directory.createLog()
    let large = [UInt8](repeating: 9, count: 65_535)
    try log.append(records: [large, [1]])
    #expect(try log.everyRecord().map(\.record) == [large, [1]])
  }

  @Test func `a record of 64 KiB traps`() async {
    await #expect(processExitsWith: .failure) {
      var batch = AppendBatch()
      batch.add(record: [UInt8](repeating: 9, count: 65_536))
    }
  }

  @Test func `threads may append in turn`() throws {
    let log = try directory.createLog()
    for number in 1...20 as ClosedRange<UInt8> {
      let done = DispatchSemaphore(value: 0)
      let thread = Thread {
        _ = try? log.append(records: [[number]])
        done.signal()
      }
      thread.start()
      done.wait()
    }
    #expect(try log.everyRecord().map(\.record) == (1...20).map { [$0] })
  }

  @Test func `people and texts come with their batch`() throws {
    let log = try directory.createLog()
    var batch = AppendBatch()
    batch.add(record: [1])
    batch.addPerson(number: 1, salt: testSalt, name: "陈静")
    batch.addPerson(number: 2, salt: testSalt, name: "")
    batch.addText(position: 1, salt: testSalt, text: "stroller, used once")
    _ = try log.append(batch)
    log.close()
    let reopened = try directory.openLog()
    let first = try #require(try reopened.person(1))
    let second = try #require(try reopened.person(2))
    let text = try #require(try reopened.text(at: 1))
    #expect(first == (testSalt, "陈静"))
    #expect(second == (testSalt, ""))
    #expect(text == (testSalt, "stroller, used once"))
    #expect(try reopened.person(3) == nil)
    #expect(try reopened.text(at: 2) == nil)
  }

  @Test func `refusals are numbered from 0, need no event and survive reopening`() throws {
    let log = try directory.createLog()
    var batch = AppendBatch()
    batch.add(refusal: [1])
    batch.add(refusal: [2, 2])
    #expect(try log.append(batch) == Appended(positions: 1..<1, refusals: 0..<2))
    log.close()
    let reopened = try directory.openLog()
    batch.removeAll()
    batch.add(refusal: [3])
    #expect(try reopened.append(batch) == Appended(positions: 1..<1, refusals: 2..<3))
    #expect(try (0...3).map { try reopened.refusal($0) } == [[1], [2, 2], [3], nil])
    #expect(try reopened.refusalCount() == 3)
    #expect(reopened.head == 0)
  }

  @Test func `the ring of refusals keeps the last 1,048,576`() throws {
    let log = try directory.createLog()
    var batch = AppendBatch()
    for _ in 0..<1_048_576 { batch.add(refusal: [1]) }
    _ = try log.append(batch)
    #expect(try log.refusal(0) == [1])
    batch.removeAll()
    batch.add(refusal: [2, 2])
    batch.add(refusal: [3])
    _ = try log.append(batch)
    #expect(
      try [0, 1, 2, 1_048_575, 1_048_576, 1_048_577, 1_048_578].map { try log.refusal($0) }
        == [nil, nil, [1], [1], [2, 2], [3], nil]
    )
    #expect(try log.status().refusals == 1_048_576)
  }

  @Test func `a batch is reused, and a record whose body throws is not in it`() throws {
    var batch = AppendBatch()
    batch.add(record: [1])
    #expect(throws: Refusal()) {
      try batch.addRecord { bytes throws(Refusal) in
        bytes.append(9)
        throw Refusal()
      }
    }
    batch.add(record: [2, 3])
    #expect(
      (0..<2).map { batch.withRecord($0) { record in record.withUnsafeBytes { [UInt8]($0) } } }
        == [[1], [2, 3]]
    )
    #expect(batch.recordCount == 2)
    #expect(batch.recordByteCount == 3)
    batch.removeAll()
    #expect(batch.isEmpty)
  }

  @Test func `a full map refuses the batch whole, and a smaller one fits`() throws {
    let log = try directory.createLog(mapSize: 1 << 20)
    try log.append(records: records(0..<10))
    let before = try log.status()
    let root = log.rootHash
    var batch = AppendBatch()
    for record in records(0..<300) { batch.add(record: record) }
    batch.addPerson(number: 1, salt: testSalt, name: "Ann")
    batch.add(refusal: [UInt8](repeating: 1, count: 1 << 20))
    #expect(log.refusesAsFull(batch))
    #expect(log.head == 10)
    #expect(log.rootHash == root)
    #expect(try log.everyRecord().count == 10)
    #expect(try log.status() == before)

    try log.append(records: records(10..<300))
    log.close()
    let reopened = try directory.openLog()
    #expect(try reopened.everyRecord().map(\.record) == records(0..<300))
    try reopened.verifyTree()
  }

  /// A limit on the size of files stands in for a full disk: LMDB meets it as a short write too.
  @Test func `a full disk refuses the batch, and once there is room it fits`() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let directory = try TemporaryDirectory()
      let log = try directory.createLog()
      try log.append(records: records(0..<10))
      let root = log.rootHash
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let unlimited = limit
      var large = AppendBatch()
      for _ in 0..<300 { large.add(record: [UInt8](repeating: 5, count: 60_000)) }
      limit.rlim_cur = 1_000_000
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      precondition(log.refusesAsFull(large))
      precondition(log.head == 10 && log.rootHash == root)
      let kept = try log.everyRecord().map(\.record)
      precondition(kept == records(0..<10))
      limit = unlimited
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      _ = try log.append(large)
      try log.verifyTree()
      precondition(log.head == 310)
    }
  }
}
