import Marketplace
import TestSupport
import Testing

@testable import Ledger

struct EquivalenceTests {
  @Test(arguments: Array(1...8) as [UInt64])
  func `the ledger answers and stores what the slow model does`(seed: UInt64) async throws {
    var run = try EquivalenceRun(seed: seed)
    try await run.run(commands: 1_500)
    for ending in EquivalenceRun.Ending.allCases { try await run.reopen(ending) }
    try await run.run(commands: 100)

    // The look-ups went through every layer.
    try await run.ledger.settle()
    let names = try run.directory.names(in: "state").filter { $0.hasPrefix("ids-") }
    let runs = run.ledger.state.withLock { $0.runs.map(\.name) }
    #expect(runs.sorted() == names, "seed \(seed)")
    #expect(run.reopenings.count == 3)
    run.ledger.close()
  }

  @Test(arguments: [21, 22] as [UInt64])
  func `a state that is never flushed decides like one that is flushed all the time`(
    seed: UInt64
  ) async throws {
    var rarely = try EquivalenceRun(seed: seed, flushEvents: .max)
    try await rarely.run(commands: 500)
    var often = try EquivalenceRun(seed: seed, flushEvents: 1)
    try await often.run(commands: 500)
    #expect(often.model.records == rarely.model.records, "seed \(seed)")
    let runs = often.ledger.state.withLock { $0.runs.count }
    #expect(runs > 0)
    rarely.ledger.close()
    often.ledger.close()
  }
}
