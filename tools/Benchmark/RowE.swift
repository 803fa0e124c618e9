import Glibc

/// Row e: questions while commands are written, and how far the views are behind.
struct QueryRows {
  let bench: Bench
  let machine: Machine

  private static let askers = 4
  private static let writers = 64
  /// Commands a second of the steady stream that the lag is measured under, too.
  private static let stream = 20_000

  func run() throws -> [Line] {
    defer { bench.remove("ledger-e") }
    let supply = try bench.supply()
    let server = try bench.serve("ledger-e")
    defer { server.stop() }
    _ = try upload(
      [try supply.take(bench.sizes.base).joinedLines],
      to: server.socket,
      allReceipts: false
    )
    try server.waitForViews()
    say("e: how many single commands \(Self.writers) connections write")
    let full = try HTTPLoad(socket: server.socket, connections: Self.writers)
      .run(requests(supply.take(bench.sizes.singles.last?.commands ?? 10_000))).rate
    try server.waitForViews()
    say("e: views behind \(Self.stream) commands a second")
    let behindStream = try lagBehindStream(server, supply)
      .lines(behind: "NDJSON, \(Self.stream)/s", machine)
    try server.waitForViews()
    Scheduling.letAllButLedgerYield(in: server.program.id)
    let besideQuestions = try Scheduling.atNormalPriority {
      try measure(server, supply, fullRate: full)
    }
    return besideQuestions + behindStream
  }

  private func measure(
    _ server: ServedLedger,
    _ supply: CommandSupply,
    fullRate full: Double
  ) throws -> [Line] {
    var lines: [Line] = []
    var lag = ViewLag()
    var writes: [LoadResult] = []
    for question in try Questions(asking: server.socket).all {
      say("e: \(question.name)")
      lines.append(try measure(question, server, supply, rate: full / 2, &lag, &writes))
    }
    lines.append(
      Line(
        row: "e",
        what: "single commands meanwhile, half rate",
        figure: Spread(writes.map(\.rate)),
        unit: "commands/s",
        ratio: Spread(writes.map { $0.rate / full }),
        reference: "full rate",
        latencies: Latencies(writes.flatMap(\.latencies))
      )
    )
    return lines + lag.lines(behind: "beside these", machine)
  }

  /// Asks one question over and over, first of a ledger at rest, then of one that is written to.
  private func measure(
    _ question: (name: String, path: String),
    _ server: ServedLedger,
    _ supply: CommandSupply,
    rate: Double,
    _ lag: inout ViewLag,
    _ writes: inout [LoadResult]
  ) throws -> Line {
    var questions = Requests()
    questions.get(question.path)
    let asking = try HTTPLoad(socket: server.socket, connections: Self.askers)
    let time = bench.sizes.questionSeconds
    let socket = server.socket
    var atRest: [Double] = []
    var busy: [Double] = []
    var latencies: [UInt64] = []
    for _ in 0..<bench.sizes.questionRounds {
      atRest.append(try asking.run(questions, until: after(seconds: time)).rate)
      let commands = requests(try supply.take(Int(rate * time)))
      let deadline = after(seconds: time)
      let writing = Work {
        try HTTPLoad(socket: socket, connections: Self.writers).run(commands, rate: rate)
      }
      let looking = Work { try ViewLag(socket: socket, until: deadline) }
      let result = try asking.run(questions, until: deadline)
      writes.append(try writing.value())
      lag.add(try looking.value())
      busy.append(result.rate)
      latencies += result.latencies
      try server.waitForViews()
    }
    return Line(
      row: "e",
      what: question.name + ", \(Self.askers) connections",
      figure: Spread(busy),
      unit: "answers/s",
      ratio: Spread(busy, per: atRest),
      reference: "no writes",
      latencies: Latencies(latencies)
    )
  }

  private func lagBehindStream(_ server: ServedLedger, _ supply: CommandSupply) throws -> ViewLag {
    let time = bench.sizes.questionSeconds * Double(bench.sizes.questionRounds)
    let upload = try NDJSONUpload(
      socket: server.socket,
      body: try supply.take(Int(time * Double(Self.stream))).joinedLines,
      allReceipts: false
    )
    let socket = server.socket
    let deadline = after(seconds: time)
    let looking = Work { try ViewLag(socket: socket, until: deadline) }
    let start = monotonicNanoseconds()
    var lines = 0
    while lines < upload.lineCount {
      // Heaps of a hundredth of a second.
      lines = min(lines + Self.stream / 100, upload.lineCount)
      let due = start + UInt64(lines) * 1_000_000_000 / UInt64(Self.stream)
      let now = monotonicNanoseconds()
      if due > now { usleep(UInt32((due - now) / 1000)) }
      while !(try upload.send(lines: lines)) { usleep(1000) }
      try upload.receive()
    }
    let lag = try looking.value()
    while !upload.isAnswered {
      try upload.receive()
      usleep(1000)
    }
    return lag
  }

  private func requests(_ commands: [ArraySlice<UInt8>]) -> Requests {
    var requests = Requests()
    for command in commands { requests.post(command) }
    return requests
  }

  private func after(seconds: Double) -> UInt64 {
    monotonicNanoseconds() + UInt64(seconds * 1e9)
  }
}
