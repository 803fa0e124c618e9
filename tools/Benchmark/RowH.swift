import EventLog
import Glibc
import Ledger
import Marketplace

/// Row h: what an event costs when the log has 1, 4 and 16 million, with ids that rise and with ids
/// at random.
struct GrowthRows {
  let bench: Bench

  private static let rounds = 4
  /// Commands of a round before each of these sizes is reached: as many as the state gathers before
  /// it is written, so that each round has one such flush.
  private static let round = 65_536

  func run() async throws -> [Line] {
    let rising = try await lines(idsAtRandom: false)
    return rising + (try await lines(idsAtRandom: true))
  }

  private func lines(idsAtRandom: Bool) async throws -> [Line] {
    let sizes = bench.sizes.growth
    let ids = idsAtRandom ? "random ids" : "rising ids"
    let name = "ledger-h"
    defer {
      bench.remove(name)
      bench.remove("bare-h")
    }
    let generator = try Child(
      [bench.shopledger, "generate", "--commands", String(sizes.last ?? 0)],
      errors: bench.path("generate.errors"),
      talks: true
    )
    let supply = CommandSupply(printedBy: generator, idsAtRandom: idsAtRandom)
    let bare = try bench.bareLMDB("bare-h", history: 1)
    var recorded = 0
    var lines: [Line] = []
    var first: Costs?
    for size in sizes {
      say("h: \(size) commands, \(ids)")
      let measured = Self.rounds * Self.round
      let before = size - measured - 2 * OpeningRows.recent
      var ledger = try bench.open(name)
      try await ledger.record(before - recorded, from: supply)
      ledger.close()
      _ = try bare.append(before - recorded, batch: 4096)
      recorded = before

      ledger = try bench.open(name)
      var costs = Costs()
      for _ in 0..<Self.rounds {
        let batches = ledger.prepare(try supply.take(Self.round), batch: 4096)
        try await ledger.waitForViews()
        costs.commands.append(
          try await ledger.record(batches, underWay: 3).seconds * 1e6 / Double(Self.round)
        )
        costs.bare.append(1e6 / (try bare.rate(Self.round, batch: 4096)))
      }
      recorded += measured
      try await ledger.waitForViews()
      ledger.close()
      try measureReplay(name, &costs)
      let opened = try OpeningRows.measure(bench, name, rounds: 2) { server in
        _ = try upload(
          [try supply.take(OpeningRows.recent).joinedLines],
          to: server.socket,
          allReceipts: false
        )
        recorded += OpeningRows.recent
      }
      let reference = first ?? costs
      first = reference
      let million = 1_000_000
      let ledgerName = (size < million ? "\(size / 1000) k" : "\(size / million) M") + ", \(ids)"
      lines += costs.lines(of: ledgerName, against: reference)
      lines += opened.lines(of: ledgerName, row: "h")
      lines += try SizeRows.lines(bench, name, row: "h", of: ", " + ledgerName)
    }
    return lines
  }

  /// Decodes the last million events, then folds every view anew.
  private func measureReplay(_ name: String, _ costs: inout Costs) throws {
    let log = try EventLog.open(directory: bench.path(name) + "/log")
    let events = log.head
    for _ in 0..<Self.rounds {
      var count = 0
      let elapsed = try seconds {
        try log.eachRecord(after: events - min(events, 1_000_000)) {
          count += try Record(decoding: $0).envelope.commandEvents > 0 ? 1 : 0
        }
      }
      costs.decoding.append(elapsed * 1e6 / Double(count))
    }
    log.close()
    bench.remove(name + "/views")
    let start = monotonicNanoseconds()
    let server = try bench.serve(name)
    defer { server.stop() }
    try server.waitForViews()
    costs.folding.append(seconds(since: start) * 1e6 / Double(events))
  }

  /// Microseconds for one event, or one command.
  private struct Costs {
    var commands: [Double] = []
    var bare: [Double] = []
    var decoding: [Double] = []
    var folding: [Double] = []

    func lines(of ledger: String, against reference: Costs) -> [Line] {
      [
        ("command in process, batches of 4096", commands, reference.commands),
        ("record in bare LMDB, batches of 4096", bare, reference.bare),
        ("event decoded", decoding, reference.decoding),
        ("event folded anew into all views", folding, reference.folding),
      ].map { what, costs, reference in
        Line(
          row: "h",
          what: "\(what), \(ledger)",
          figure: Spread(costs),
          unit: "µs",
          ratio: Spread(costs, per: reference),
          reference: "at the first size"
        )
      }
    }
  }
}
