import EventLog
import Marketplace
import Testing

@testable import Projections

struct ViewFoldingTests {
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `any split of the events into batches gives the same rows`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let store = try Store()
    try store.append(generator.commands(200))
    let whole = try store.folded()
    let expected = try whole.rows()
    whole.stop()
    try Files.removeAll(store.viewDirectory)

    var limits = ViewLimits()
    limits.liveEvents = Int.random(in: 1...40, using: &generator)
    limits.bulkEvents = Int.random(in: 1...40, using: &generator)
    let split = try store.folded(limits: limits)

    #expect(try split.rows() == expected)
    #expect(expected.count > 7)
  }

  @Test(arguments: [(3, Int.max), (1, Int.max), (1000, 1)])
  func `a batch ends only behind a command's last event`(events: Int, bytes: Int) throws {
    let store = try Store()
    let sizes = [2, 4, 1, 5, 3, 3, 2, 9, 1]
    try store.append(sizes.map { Array(repeating: 1, count: $0) })
    var limits = ViewLimits()
    limits.bulkEvents = events
    limits.batchBytes = bytes
    let view = try store.open(limits: limits)

    var reached: [Position] = []
    while view.position < store.log.head {
      view.advance()
      reached.append(view.position)
    }

    // Each batch takes as many commands as it needs to come to its bound.
    let expected = events == 3 ? [6, 12, 15, 18, 29, 30] : store.ends
    #expect(reached == expected)
  }

  @Test func `an event that cannot be folded stops its view behind the command before`() throws {
    let store = try Store()
    try store.append([[1, 2], [3], [4, Tally.poison, 5], [6]])
    let view = try store.folded()
    let other = try View(
      NextTally.self,
      directory: store.directory + "/views/other",
      log: store.log
    ) { _ in }
    other.foldAll()

    let status = view.status(at: 0)
    #expect(status.state == .stopped)
    #expect(status.position == 3)
    #expect(status.detail == "event 5 (StockAdjusted): poison")
    #expect(
      store.notices.taken() == [
        Notice(level: .error, text: "view tally: stopped: event 5 (StockAdjusted): poison")
      ]
    )
    #expect(other.status(at: 0).state == .live)
    #expect(other.position == 7)
    #expect(throws: ViewError.stopped(detail: "event 5 (StockAdjusted): poison")) {
      try view.rows()
    }
  }

  @Test func `a view that stops after it was live still shows its rows`() throws {
    let store = try Store()
    try store.append([[1], [2]])
    let view = try store.folded()
    let expected = try view.rows()
    try store.append([[Tally.poison]])
    view.foldAll()

    #expect(view.status(at: 0).state == .stopped)
    #expect(try view.rows() == expected)
  }

  @Test func `a view that meets a shortage goes on when it is over`() async throws {
    let store = try Store()
    try store.append([[1], [2]])
    var limits = ViewLimits()
    limits.retryInterval = .milliseconds(10)
    let view = try store.folded(limits: limits)
    var held: [LogSnapshot] = []
    while let snapshot = try? store.log.snapshot() { held.append(snapshot) }
    try store.append([[3]])
    view.start()
    while view.status(at: 0).state != .stopped { try await Task.sleep(for: .milliseconds(1)) }
    #expect(view.status(at: 0).detail?.contains("Every reader slot is taken") == true)
    #expect(view.position == 2)

    held = []
    while view.position < 3 { try await Task.sleep(for: .milliseconds(1)) }
    while view.status(at: 0).state != .live { try await Task.sleep(for: .milliseconds(1)) }
    view.stop()
    let notices = store.notices.taken()
    #expect(notices.map(\.level) == [.error, .info])
    #expect(notices.first?.text.contains("stopped for now") == true)
  }

  @Test func `a record that cannot be read stops the view and names the event`() throws {
    let store = try Store()
    try store.append([[1]])
    try store.append(raw: [0xff, 0xff])
    let view = try store.folded()

    #expect(view.position == 1)
    #expect(view.status(at: 0).detail == "event 2: the record ends within a field")
  }

  @Test func `a record of a later program stops the view and says what is needed`() throws {
    let store = try Store()
    try store.append([[1]])
    try store.append(raw: [0x08, 2, 0x48, 1, 0xc2, 2, 0])
    let view = try store.folded()

    #expect(view.position == 1)
    #expect(view.status(at: 0).detail == "event 2: event type 40 needs a newer shopledger")
  }

  /// A fold meets the damage when it asks for the field.
  @Test func `an event with a damaged field stops the view behind the command before`() throws {
    let store = try Store()
    try store.append([[1], [2]])
    try store.append(raw: [0x08, 3, 0x48, 1, 0xaa, 1, 6, 0x12, 2, 0x10, 1, 0x1a, 0])
    let view = try store.folded()

    #expect(view.position == 2)
    #expect(
      view.status(at: 0).detail == "event 3 (StockAdjusted): field 3 has the wrong wire type"
    )
  }

  @Test func `a command that the log ends within stops the view`() throws {
    let store = try Store()
    try store.append([[1]])
    try store.append(raw: [0x08, 2, 0x48, 3, 0xb2, 1, 0])
    // To the end of its command, a batch goes beyond its bound.
    var limits = ViewLimits()
    limits.bulkEvents = 1
    limits.liveEvents = 1
    let view = try store.folded(limits: limits)

    #expect(view.position == 1)
    #expect(view.status(at: 0).detail == "event 3: it is not in the log")
  }

  @Test func `a record with another position than its own stops the view`() throws {
    let store = try Store()
    try store.append([[1]])
    let first = try store.log.record(at: 1) { $0.copy } ?? []
    try store.append(raw: first)
    let view = try store.folded()

    #expect(view.position == 1)
    #expect(
      view.status(at: 0).detail == "event 2 (StockAdjusted): its envelope contradicts the log"
    )
  }

  @Test func `a map that is full stops the view, which shows what it has`() throws {
    let store = try Store()
    try store.append([[1]])
    var limits = ViewLimits()
    limits.mapSize = 256 << 10
    let view = try store.folded(limits: limits)
    let expected = try view.rows()
    try store.append((1...10_000).map { [$0] })
    view.foldAll()

    let status = view.status(at: 0)
    #expect(status.state == .stopped)
    #expect(status.position == 1)
    #expect(status.detail?.contains("map") == true)
    #expect(try view.rows() == expected)
  }

  @Test func `the lag is counted in events and in seconds of the oldest`() throws {
    let store = try Store()
    try store.append([[1], [2]])
    let view = try store.folded()
    try store.append([[3], [4, 5]])
    // Events are recorded a second apart, from 1 on.
    let behind = view.status(at: 10_000_000)
    view.foldAll()
    let level = view.status(at: 10_000_000)

    #expect(behind.lagEvents == 3)
    #expect(behind.lagSeconds == 7)
    #expect(level.lagEvents == 0)
    #expect(level.lagSeconds == 0)
    #expect(level.position == 5)
  }
}
