import Glibc

/// Rows c and i: commands through the socket, and the same requests to servers that do nothing.
struct SocketRows {
  let bench: Bench
  /// Whether to measure the empty servers too.
  let withEmptyServers: Bool

  func run() throws -> [Line] {
    let bare = try bench.bareLMDB("bare-c", history: bench.sizes.history)
    defer {
      bench.remove("bare-c")
      bench.remove("ledger-c")
    }
    let supply = try bench.supply()
    let server = try bench.serve("ledger-c")
    defer { server.stop() }
    let history = try supply.take(bench.sizes.history)
    _ = try upload([history.joinedLines], to: server.socket, allReceipts: false)
    let kinds = withEmptyServers ? EmptyServer.Kind.allCases : []
    let empty = try kinds.map { try EmptyServer($0, bench) }
    var lines: [Line] = []
    var emptyLines: [Line] = []
    for single in bench.sizes.singles {
      say("c: single commands, \(single.connections) connections")
      let measured = try measure(single, bare, server, empty, supply)
      lines.append(measured.ledger)
      emptyLines += measured.empty
    }
    for (connections, allReceipts) in [(1, true), (4, true), (1, false)] {
      say("c: NDJSON, \(connections) connections")
      lines.append(try measureUpload(connections, allReceipts, bare, server, supply))
    }
    return lines + emptyLines
  }

  private func measure(
    _ single: (connections: Int, commands: Int),
    _ bare: BareLMDB,
    _ server: ServedLedger,
    _ empty: [EmptyServer],
    _ supply: CommandSupply
  ) throws -> (ledger: Line, empty: [Line]) {
    var bareRates: [Double] = []
    var rates: [Double] = []
    var latencies: [UInt64] = []
    var emptyRates = empty.map { _ in [Double]() }
    var emptyLatencies = empty.map { _ in [UInt64]() }
    let load = try HTTPLoad(socket: server.socket, connections: single.connections)
    let emptyLoads = try empty.map {
      try HTTPLoad(socket: $0.socket, connections: single.connections)
    }
    for _ in 0..<bench.sizes.rounds {
      bareRates.append(try bare.rate(single.commands, batch: single.connections))
      var requests = Requests()
      for line in try supply.take(single.commands) { requests.post(line) }
      for (index, load) in emptyLoads.enumerated() {
        let result = try load.run(requests)
        emptyRates[index].append(result.rate)
        emptyLatencies[index] += result.latencies
      }
      try server.waitForViews()
      let result = try load.run(requests)
      rates.append(result.rate)
      latencies += result.latencies
    }
    let name = "\(single.connections) connection\(single.connections == 1 ? "" : "s")"
    let ledger = Line(
      row: "c",
      what: "single commands, \(name)",
      figure: Spread(rates),
      unit: "commands/s",
      ratio: Spread(rates, per: bareRates),
      reference: "bare, \(single.connections)",
      latencies: Latencies(latencies)
    )
    let lines = empty.enumerated().map { index, server in
      Line(
        row: "i",
        what: "\(server.kind.name), \(name)",
        figure: Spread(emptyRates[index]),
        unit: "requests/s",
        ratio: Spread(emptyRates[index], per: rates),
        reference: "the ledger",
        latencies: Latencies(emptyLatencies[index])
      )
    }
    return (ledger, lines)
  }

  private func measureUpload(
    _ connections: Int,
    _ allReceipts: Bool,
    _ bare: BareLMDB,
    _ server: ServedLedger,
    _ supply: CommandSupply
  ) throws -> Line {
    let size = 4096
    var bareRates: [Double] = []
    var rates: [Double] = []
    var latencies: [UInt64] = []
    for _ in 0..<bench.sizes.rounds {
      bareRates.append(try bare.rate(bench.sizes.upload, batch: size))
      let bodies = dealt(try supply.take(bench.sizes.upload), among: connections)
      try server.waitForViews()
      let result = try upload(bodies, to: server.socket, allReceipts: allReceipts)
      rates.append(result.rate)
      latencies += result.latencies
    }
    let name = "\(connections) connection\(connections == 1 ? "" : "s")"
    return Line(
      row: "c",
      what: "NDJSON, \(name), \(allReceipts ? "all receipts" : "refusals only")",
      figure: Spread(rates),
      unit: "commands/s",
      ratio: Spread(rates, per: bareRates),
      reference: "bare, \(size)",
      latencies: allReceipts ? Latencies(latencies) : nil
    )
  }

  /// Deals lines out in small heaps, so that they arrive about in their order: a command mostly
  /// needs what came shortly before it.
  private func dealt(_ lines: [ArraySlice<UInt8>], among connections: Int) -> [[UInt8]] {
    var hands = [[ArraySlice<UInt8>]](repeating: [], count: connections)
    for (index, line) in lines.enumerated() { hands[index / 64 % connections].append(line) }
    return hands.map(\.joinedLines)
  }
}
