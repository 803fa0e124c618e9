import Ledger

extension Ledger {
  /// Reads commands in batches.
  func prepare(_ lines: [ArraySlice<UInt8>], batch: Int) -> [GatheredCommands] {
    var reader = reader(peer: nil)
    return stride(from: 0, to: lines.count, by: batch).map { first in
      for line in lines[first..<min(first + batch, lines.count)] { reader.read(line) }
      return reader.take()
    }
  }

  /// Records commands in large batches, parsed while the writer decides; to have a history.
  func record(_ count: Int, from supply: CommandSupply) async throws {
    var underWay: [PendingReceipts] = []
    for first in stride(from: 0, to: count, by: 4096) {
      if underWay.count == 3 { try check(await underWay.removeFirst().value()) }
      let lines = try supply.take(min(4096, count - first))
      underWay.append(await enqueue(lines, peer: nil))
    }
    for receipts in underWay { try check(await receipts.value()) }
  }

  /// Queues batches, with so many under way that the next one can be decided while one is flushed;
  /// answers the nanoseconds from queueing each batch to its receipts, and the seconds in all.
  func record(
    _ batches: [GatheredCommands],
    underWay limit: Int
  ) async throws -> (latencies: [UInt64], seconds: Double) {
    var latencies: [UInt64] = []
    latencies.reserveCapacity(batches.count)
    var underWay: [(since: UInt64, receipts: PendingReceipts)] = []
    let start = monotonicNanoseconds()
    for index in 0...batches.count + limit {
      if underWay.count == limit || (index >= batches.count && !underWay.isEmpty) {
        let (since, receipts) = underWay.removeFirst()
        try check(await receipts.value())
        latencies.append(monotonicNanoseconds() - since)
      }
      if index < batches.count {
        let now = monotonicNanoseconds()
        underWay.append((now, await enqueue(batches[index])))
      }
    }
    return (latencies, seconds(since: start))
  }

  /// Every command is to be answered, whether accepted or refused.
  private func check(_ receipts: [Receipt]) throws {
    for receipt in receipts {
      switch receipt.outcome {
      case .accepted, .rejected: break
      case .malformed(let detail), .forbidden(let detail), .unavailable(let detail):
        throw Failure("\(receipt.id) was not recorded: \(detail)")
      }
    }
  }

  /// Returns once every view is at the log's head.
  func waitForViews() async throws {
    while try await !LedgerStatus(status()).viewsAreAtHead {
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
