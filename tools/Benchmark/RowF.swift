import Glibc

/// Row f: how long a server takes to be ready, after a clean stop and after it was killed.
struct OpeningRows {
  let bench: Bench

  static let rounds = 3
  /// Commands recorded shortly before the server is killed: about what it has to replay, since the
  /// state is written every 65,536 events.
  static let recent = 50_000

  func run() throws -> [Line] {
    defer {
      bench.remove("ledger-f")
      bench.remove("empty-f")
    }
    let supply = try bench.supply()
    var recorded = 0
    var lines: [Line] = []
    for size in bench.sizes.openings {
      say("f: opening \(size) commands")
      let server = try bench.serve("ledger-f")
      _ = try upload(
        [try supply.take(size - recorded).joinedLines],
        to: server.socket,
        allReceipts: false
      )
      try server.waitForViews()
      server.stop()
      recorded = size
      let opened = try Self.measure(bench, "ledger-f", rounds: Self.rounds) { server in
        recorded += Self.recent
        _ = try upload(
          [try supply.take(Self.recent).joinedLines],
          to: server.socket,
          allReceipts: false
        )
      }
      lines += opened.lines(of: "\(size) commands")
    }
    return lines
  }

  /// What opening one ledger took.
  struct Opened {
    /// In milliseconds, of an empty ledger, after a clean stop, and after a kill.
    var empty: [Double] = []
    var clean: [Double] = []
    var killed: [Double] = []
    /// Memory that is no file's, once ready after a kill, in MiB.
    var memory: [Double] = []
    var emptyMemory: [Double] = []

    func lines(of ledger: String, row: String = "f") -> [Line] {
      [
        Line(
          row: row,
          what: "ready after a clean stop, \(ledger)",
          figure: Spread(clean),
          unit: "ms",
          ratio: Spread(clean, per: empty),
          reference: "a new ledger"
        ),
        Line(
          row: row,
          what: "ready after kill -9, \(ledger)",
          figure: Spread(killed),
          unit: "ms",
          ratio: Spread(killed, per: empty),
          reference: "a new ledger"
        ),
        Line(
          row: row,
          what: "RssAnon then, \(ledger)",
          figure: Spread(memory),
          unit: "MiB",
          ratio: Spread(memory, per: emptyMemory),
          reference: "a new ledger"
        ),
      ]
    }
  }

  /// Opens a ledger that was stopped, `rounds` times each way.
  ///
  /// `record` writes what the server has taken shortly before it is killed.
  static func measure(
    _ bench: Bench,
    _ name: String,
    rounds: Int,
    record: (ServedLedger) throws -> Void
  ) throws -> Opened {
    var opened = Opened()
    for _ in 0..<rounds {
      bench.remove("empty-f")
      let empty = try bench.serve("empty-f")
      opened.empty.append(empty.millisecondsToReady)
      opened.emptyMemory.append(try empty.anonymousMemory)
      empty.stop()
      let clean = try bench.serve(name)
      opened.clean.append(clean.millisecondsToReady)
      try record(clean)
      clean.program.end(by: SIGKILL)
      let killed = try bench.serve(name)
      opened.killed.append(killed.millisecondsToReady)
      opened.memory.append(try killed.anonymousMemory)
      try killed.waitForViews()
      killed.stop()
    }
    return opened
  }
}
