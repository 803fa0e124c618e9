import Foundation
import Marketplace
import Testing

@testable import Ledger

/// What becomes of commands while the writer is busy, and when the ledger closes.
struct QueueTests {
  private func brand(_ id: String) -> String {
    #"{"id":"\#(id)","type":"RegisterBrand","data":{"brand":"\#(id)","owner":"o","name":"n"}}"#
  }

  private func bytes(_ texts: [String]) -> [ArraySlice<UInt8>] {
    texts.map { ArraySlice($0.utf8) }
  }

  /// A ledger whose writer waits at a gate for the time of each command.
  private func open(_ directory: TestDirectory, _ gate: Gate, capacity: Int) throws -> Ledger {
    var configuration = LedgerConfiguration(directory: directory.path)
    configuration.mapSize = 1 << 28
    configuration.queueCapacity = capacity
    return try Ledger(configuration, logger: CollectedLog().logger) {
      gate.pass()
      return TestClock.start
    }
  }

  /// Gives the writer a command and returns when it waits at the gate.
  private func occupy(_ ledger: Ledger, _ gate: Gate) async throws -> PendingReceipts {
    gate.shut()
    let pending = await ledger.enqueue(bytes([brand("first")]), peer: nil)
    try await poll { ledger.queue.depth == 0 }
    return pending
  }

  private func poll(until condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
      try #require(ContinuousClock.now < deadline)
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test func `a full queue refuses a single command at once, and answers the others`() async throws
  {
    let directory = try TestDirectory()
    let gate = Gate()
    let ledger = try open(directory, gate, capacity: 4)
    let first = try await occupy(ledger, gate)
    let waiting = await ledger.enqueue(bytes((0..<4).map { brand("w\($0)") }), peer: nil)
    let single = await ledger.submitSingle(brand("single"))
    #expect(single.unavailable == "4 commands wait; send the same id again")
    let suspended = Task { await ledger.submit((0..<9).map { brand("s\($0)") }) }

    gate.open()
    #expect(await first.value().map(\.positions) == [1...1])
    #expect(await waiting.value().map(\.positions) == [2...2, 3...3, 4...4, 5...5])
    #expect(await suspended.value.map { $0.positions?.lowerBound } == (6...14).map { $0 })
    #expect(await ledger.submit(brand("single")).positions == 15...15)
    ledger.close()
  }

  @Test func `a single command goes before the pieces of streams, which keep their order`()
    async throws
  {
    let directory = try TestDirectory()
    let gate = Gate()
    let ledger = try open(directory, gate, capacity: 100)
    let first = try await occupy(ledger, gate)
    let pieces = [
      await ledger.enqueue(bytes([brand("p0"), brand("p1")]), peer: nil),
      await ledger.enqueue(bytes([brand("p2")]), peer: nil),
    ]
    async let single = ledger.submitSingle(brand("single"))
    try await poll { ledger.queue.depth == 4 }
    gate.open()
    #expect(await first.value().map(\.positions) == [1...1])
    #expect(await single.positions == 2...2)
    #expect(await pieces[0].value().map(\.positions) == [3...3, 4...4])
    #expect(await pieces[1].value().map(\.positions) == [5...5])
    ledger.close()
  }

  @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 3, 5])
  func `everything gets through a queue of any size`(capacity: Int) async throws {
    let directory = try TestDirectory()
    let gate = Gate()
    let ledger = try open(directory, gate, capacity: capacity)
    let first = try await occupy(ledger, gate)
    let senders = (0..<12).map { sender in
      Task { await ledger.submit((0...sender % 7).map { brand("c\(sender)-\($0)") }) }
    }
    try await poll { ledger.queue.depth > 0 }
    gate.open()
    var count = await first.value().count
    for sender in senders { count += await sender.value.filter { $0.positions != nil }.count }
    #expect(count == 1 + (0..<12).map { $0 % 7 + 1 }.reduce(0, +))
    ledger.close()
  }

  @Test func `closing answers what is queued, and nothing is taken afterwards`() async throws {
    let directory = try TestDirectory()
    let gate = Gate()
    let ledger = try open(directory, gate, capacity: 4)
    let first = try await occupy(ledger, gate)
    let queued = await ledger.enqueue(bytes((0..<4).map { brand("q\($0)") }), peer: nil)
    let suspended = Task { await ledger.submit([brand("s0"), brand("s1")]) }
    let closed = DispatchSemaphore(value: 0)
    let closing = Thread {
      ledger.close()
      closed.signal()
    }
    closing.start()
    // It has closed the queue when a command is refused for that.
    var late = ""
    try await poll { () -> Bool in
      if case .closed = ledger.queue.offer(CommandQueue.Job(submissions: []) { _ in }) {
        late = "closed"
      }
      return !late.isEmpty
    }
    #expect(
      await suspended.value.map(\.unavailable)
        == .init(
          repeating: "the ledger is stopping; send the same ids again later",
          count: 2
        )
    )
    gate.open()
    #expect(await first.value().map(\.positions) == [1...1])
    #expect(await queued.value().map(\.positions) == [2...2, 3...3, 4...4, 5...5])
    closed.wait()
    let single = await ledger.submitSingle(brand("x"))
    #expect(single.unavailable == "the ledger is stopping; send the same id again later")
    #expect(await ledger.submit(["{", brand("y")]).map { $0.unavailable == nil } == [true, false])
  }
}
