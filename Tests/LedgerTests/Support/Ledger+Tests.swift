import EventLog
import Marketplace
import Projections
import Testing

@testable import Ledger

extension Ledger {
  /// Opens a ledger with a small log and whatever else a test needs otherwise.
  static func open(
    _ directory: TestDirectory,
    clock: TestClock = TestClock(),
    log: CollectedLog = CollectedLog(),
    flushEvents: Int = 131_072,
    configure: (inout LedgerConfiguration) -> Void = { _ in }
  ) throws -> Ledger {
    var configuration = LedgerConfiguration(directory: directory.path)
    configuration.mapSize = 1 << 28
    configure(&configuration)
    return try Ledger(
      configuration,
      logger: log.logger,
      clock: { clock.now },
      flushEvents: flushEvents
    )
  }

  func submit(_ texts: [String], peer: UInt32? = nil) async -> [Receipt] {
    await submit(texts.map { ArraySlice($0.utf8) }, peer: peer)
  }

  func submitSingle(_ text: String) async -> Receipt {
    var reader = reader(peer: nil)
    reader.read(ArraySlice(text.utf8))
    let command = reader.take()
    return await withCheckedContinuation { continuation in
      submitSingle(command) { continuation.resume(returning: $0[0]) }
    }
  }

  func submit(_ text: String) async -> Receipt {
    await submit([text])[0]
  }

  /// Every event of the log.
  func records(after position: Position = 0) throws -> [Record] {
    var records: [Record] = []
    try log.read(after: position, limit: .max) { _, bytes in
      records.append(try Record(decoding: bytes))
      return true
    }
    return records
  }

  /// Returns when nothing runs in the background any more: no flush, and every view at the head.
  func settle() async throws {
    for view in openedViews {
      let reached = await view.wait(for: log.head, seconds: 120)
      try #require(reached >= log.head, "\(view.status(at: clock()))")
    }
    let deadline = ContinuousClock.now + .seconds(60)
    while state.withLock({ $0.flushing != nil }) {
      try #require(ContinuousClock.now < deadline, "the state is not flushed")
      try await Task.sleep(for: .milliseconds(1))
    }
  }
}

extension Receipt {
  var positions: ClosedRange<Position>? {
    if case .accepted(let first, let last, _) = outcome { first...last } else { nil }
  }

  var rejection: Rejection.Reason? {
    if case .rejected(let rejection, _) = outcome { rejection.reason } else { nil }
  }

  var recordedAt: Microseconds? {
    switch outcome {
    case .accepted(_, _, let recordedAt), .rejected(_, let recordedAt): recordedAt
    case .malformed, .forbidden, .unavailable: nil
    }
  }

  var unavailable: String? {
    if case .unavailable(let detail) = outcome { detail } else { nil }
  }

  /// The same answer, given again.
  var again: Receipt {
    var receipt = self
    receipt.repeated = true
    return receipt
  }
}
