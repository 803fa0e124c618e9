import ArgumentParser
import Foundation
import Glibc

/// Measures the ledger against what the machine can do; tools/bench builds and runs it.
@main
struct Benchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    subcommands: [Measure.self, ServeEmpty.self],
    defaultSubcommand: Measure.self
  )
}

struct Measure: AsyncParsableCommand {
  @Argument var rows: [Row] = []
  @Flag var quick = false
  @Option var json: String?
  /// An empty directory on the disk that is measured.
  @Option var scratch: String
  @Option var shopledger: String
  @Option var bareLmdb: String
  /// The commands, one a line, how many, and what they are.
  @Option var commands: String
  @Option var count: Int
  @Option var describedAs: String

  func run() async throws {
    let sizes = try (quick ? Sizes.quick : Sizes.full).fitting(count)
    let bench = Bench(
      sizes: sizes,
      commands: commands,
      scratch: scratch,
      shopledger: shopledger,
      bareProgram: bareLmdb
    )
    let rows = Set(rows.isEmpty ? Row.allCases.filter { $0 != .h } : rows)
    let machine = try Machine(directory: scratch, flushes: quick ? 200 : 500)
    var report = Report(
      machine: machine,
      isRealTime: Scheduling.isRealTime,
      commands: describedAs,
      rounds: sizes.rounds
    )
    try await bench.makeBase()
    if !rows.isDisjoint(with: [.a, .b]) {
      report.lines += try await CommitRows(bench: bench).run()
    }
    if !rows.isDisjoint(with: [.c, .i]) {
      report.lines += try SocketRows(bench: bench, withEmptyServers: rows.contains(.i)).run()
    }
    // Before the views are rebuilt, which leaves the old ones beside the new.
    if rows.contains(.g) { report.lines += try SizeRows(bench: bench).run() }
    if rows.contains(.d) { report.lines += try ReplayRows(bench: bench).run() }
    if rows.contains(.e) { report.lines += try QueryRows(bench: bench, machine: machine).run() }
    if rows.contains(.f) { report.lines += try OpeningRows(bench: bench).run() }
    if rows.contains(.h) { report.lines += try await GrowthRows(bench: bench).run() }
    report.lines.sort { $0.row < $1.row }
    try show(report)
  }

  private func show(_ report: Report) throws {
    // With the JSON on standard output, the table goes beside it.
    write(report.table, to: json == "-" ? STDERR_FILENO : STDOUT_FILENO)
    if json == "-" {
      write(String(decoding: report.json, as: UTF8.self) + "\n", to: STDOUT_FILENO)
    } else if let json {
      try Data(report.json + Array("\n".utf8)).write(to: URL(fileURLWithPath: json))
    }
  }
}

/// The rows of the table.
enum Row: String, CaseIterable, ExpressibleByArgument {
  case a, b, c, d, e, f, g, h, i
}

struct ServeEmpty: AsyncParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Argument var kind: EmptyServer.Kind
  @Argument var socket: String

  func run() async throws {
    try await EmptyServer.run(kind, socket: socket)
  }
}

extension EmptyServer.Kind: ExpressibleByArgument {}
