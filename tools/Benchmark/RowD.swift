import EventLog
import Foundation
import Glibc
import Ledger
import Marketplace
import Projectors

/// Row d: the log read again, from a bare scan to every view on the disk.
struct ReplayRows {
  let bench: Bench

  private static let rounds = 3

  func run() throws -> [Line] {
    try readingLines() + foldingLines() + rebuildLines()
  }

  // MARK: Reading

  private func readingLines() throws -> [Line] {
    let log = try EventLog.open(directory: bench.path(Bench.base) + "/log")
    defer { log.close() }
    let bare = try bench.bareLMDB("bare-d", history: Int(log.head))
    defer { bench.remove("bare-d") }
    say("d: scanning and decoding \(log.head) events")
    var scans: [Double] = []
    var reads: [Double] = []
    var decodes: [Double] = []
    for _ in 0..<Self.rounds {
      scans.append(try bare.scanRate())
      var bytes = 0
      reads.append(
        Double(log.head) / (try seconds { try log.eachRecord { bytes += $0.byteCount } })
      )
      var days = 0
      decodes.append(
        Double(log.head)
          / (try seconds {
            try log.eachRecord { days += Int(try Record(decoding: $0).envelope.localDay) }
          })
      )
    }
    func line(_ what: String, _ rates: [Double], isLimit: Bool = false) -> Line {
      Line(
        row: "d",
        what: what,
        figure: Spread(rates),
        unit: "events/s",
        ratio: isLimit ? nil : Spread(rates, per: scans),
        reference: isLimit ? "" : "bare scan"
      )
    }
    return [
      line("bare LMDB, cursor scan", scans, isLimit: true),
      line("reading every record", reads),
      line("decoding every event", decodes),
    ]
  }

  // MARK: Folding

  /// Each view's fold from the records' bytes to rows in memory: no disk.
  private func foldingLines() throws -> [Line] {
    let log = try EventLog.open(directory: bench.path(Bench.base) + "/log")
    defer { log.close() }
    let head = Double(log.head)
    return try Ledger.projectors.map { projector in
      say("d: folding \(projector.name)")
      var decodes: [Double] = []
      var rates: [Double] = []
      for _ in 0..<Self.rounds {
        decodes.append(head / (try seconds { try log.eachRecord { _ = try Record(decoding: $0) } }))
        rates.append(head / (try seconds { try fold(log, by: projector) }))
      }
      return Line(
        row: "d",
        what: "fold of \(projector.name), rows in memory",
        figure: Spread(rates),
        unit: "events/s",
        ratio: Spread(rates, per: decodes),
        reference: "decoding"
      )
    }
  }

  /// Flushes as often as a view does that is far behind.
  private func fold(_ log: EventLog, by type: any Projector.Type) throws {
    var projector = type.init()
    var rows = MemoryRows()
    var count = 0
    try log.eachRecord { bytes in
      try LentRecord.read(bytes) { try projector.fold($0, rows) }
      count += 1
      if count.isMultiple(of: 65_536) { try projector.flush(into: &rows) }
    }
    try projector.flush(into: &rows)
  }

  // MARK: Rebuilding

  private func rebuildLines() throws -> [Line] {
    let log = try EventLog.open(directory: bench.path(Bench.base) + "/log")
    let head = Double(log.head)
    var decodes: [Double] = []
    for _ in 0..<Self.rounds {
      decodes.append(head / (try seconds { try log.eachRecord { _ = try Record(decoding: $0) } }))
    }
    log.close()
    let all = Ledger.projectors.map { $0.name }
    let withoutIndex = all.filter { $0 != "index" }
    var lines: [Line] = []
    func add(_ what: String, _ views: [String], _ build: ([String]) throws -> Double) throws {
      say("d: \(what)")
      var rates: [Double] = []
      for _ in 0..<Self.rounds { rates.append(head / (try build(views))) }
      lines.append(
        Line(
          row: "d",
          what: what,
          figure: Spread(rates),
          unit: "events/s",
          ratio: Spread(rates, per: decodes),
          reference: "decoding"
        )
      )
    }
    try add("all views but index, folded at start", withoutIndex, foldAnew)
    try add("all views, folded at start", all, foldAnew)
    try add("all views but index, shopledger rebuild", withoutIndex, rebuild)
    try add("all views, shopledger rebuild", all, rebuild)
    return lines
  }

  /// Takes views away and serves the ledger; the seconds until they are back at the log's head.
  private func foldAnew(_ views: [String]) throws -> Double {
    for view in views { bench.remove("\(Bench.base)/views/\(view)") }
    let start = monotonicNanoseconds()
    let server = try bench.serve(Bench.base)
    defer { server.stop() }
    try server.waitForViews()
    return seconds(since: start)
  }

  /// Rebuilds views as an operator would, which compares new rows with old; the seconds.
  private func rebuild(_ views: [String]) throws -> Double {
    let data = bench.path(Bench.base)
    return try seconds {
      let program = try Child(
        [bench.shopledger, "rebuild", "--data", data] + views,
        errors: data + ".errors"
      )
      guard program.wait() == 0 else { throw program.failure("failed") }
    }
  }
}

extension EventLog {
  /// Lends every record in order, some thousands to a read transaction.
  func eachRecord(after start: UInt64 = 0, _ body: (RawSpan) throws -> Void) throws {
    var position = start
    while position < head {
      position = try read(after: position, limit: 4096) { _, record in
        try body(record)
        return true
      }
    }
  }
}
