import Ledger

/// Rows a and b: LMDB alone, and the ledger in process over the same records.
struct CommitRows {
  let bench: Bench

  func run() async throws -> [Line] {
    let sizes = bench.sizes
    let bare = try bench.bareLMDB("bare-b", history: sizes.history)
    defer {
      bench.remove("bare-b")
      bench.remove("ledger-b")
    }
    let supply = try bench.supply()
    let ledger = try bench.open("ledger-b")
    try await ledger.record(sizes.history, from: supply)
    ledger.close()

    var limits: [Line] = []
    var lines: [Line] = []
    for batches in sizes.batches {
      say("a, b: batches of \(batches.size)")
      let pair = try await measure(batches.size, batches.count, bare, supply)
      limits.append(pair.bare)
      lines.append(pair.ledger)
    }
    lines.append(try await measureWithParsing(supply))
    return limits + lines
  }

  private func measure(
    _ size: Int,
    _ count: Int,
    _ bare: BareLMDB,
    _ supply: CommandSupply
  ) async throws -> (bare: Line, ledger: Line) {
    // So that no commit takes two batches.
    let ledger = try bench.open("ledger-b", batchLimit: size)
    defer { ledger.close() }
    var flushRates: [Double] = []
    var bareRates: [Double] = []
    var bareLatencies: [UInt64] = []
    var rates: [Double] = []
    var latencies: [UInt64] = []
    for _ in 0..<bench.sizes.rounds {
      let flushes = try Machine.flushTimes(in: bench.scratch, count: 100)
      flushRates.append(Double(flushes.count) * 1e9 / Double(flushes.reduce(0, +)))
      let commits = try bare.append(size * count, batch: size)
      bareRates.append(Double(size * count) * 1e9 / Double(commits.reduce(0, +)))
      bareLatencies += commits
      let batches = ledger.prepare(try supply.take(size * count), batch: size)
      try await ledger.waitForViews()
      let measured = try await ledger.record(batches, underWay: Self.underWay(size))
      rates.append(Double(size * count) / measured.seconds)
      latencies += measured.latencies
    }
    let name = "batches of \(size)"
    return (
      Line(
        row: "a",
        what: "bare LMDB, \(name)",
        figure: Spread(bareRates),
        unit: "events/s",
        ratio: Spread(bareRates, per: flushRates),
        reference: "flushes/s",
        latencies: Latencies(bareLatencies)
      ),
      Line(
        row: "b",
        what: "ledger in process, \(name)",
        figure: Spread(rates),
        unit: "commands/s",
        ratio: Spread(rates, per: bareRates),
        reference: "bare, \(size)",
        latencies: Latencies(latencies)
      )
    )
  }

  /// Small batches wait for their answer, as callers do; of large ones, the next is at hand.
  private static func underWay(_ size: Int) -> Int { size < 256 ? 1 : 3 }

  /// The largest batches again, parsed by the caller while the writer decides.
  private func measureWithParsing(_ supply: CommandSupply) async throws -> Line {
    let size = 4096
    let count = bench.sizes.batches.last?.count ?? 1
    let ledger = try bench.open("ledger-b")
    defer { ledger.close() }
    var rates: [Double] = []
    var references: [Double] = []
    for _ in 0..<bench.sizes.rounds {
      let parsed = ledger.prepare(try supply.take(size * count), batch: size)
      try await ledger.waitForViews()
      let reference = try await ledger.record(parsed, underWay: 3)
      references.append(Double(size * count) / reference.seconds)
      let lines = CommandSupply(try supply.take(size * count))
      try await ledger.waitForViews()
      let start = monotonicNanoseconds()
      try await ledger.record(size * count, from: lines)
      rates.append(Double(size * count) / seconds(since: start))
    }
    return Line(
      row: "b",
      what: "the same from JSON, batches of \(size)",
      figure: Spread(rates),
      unit: "commands/s",
      ratio: Spread(rates, per: references),
      reference: "parsed before"
    )
  }
}
