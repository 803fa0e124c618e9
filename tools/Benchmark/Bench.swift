import Foundation
import Ledger
import Logging

/// What every row measures with.
final class Bench {
  let sizes: Sizes
  /// The file of the commands.
  private let commands: String
  /// A directory of its own on the disk that is measured; removed by whoever made it.
  let scratch: String
  let shopledger: String
  private let bareProgram: String

  init(
    sizes: Sizes,
    commands: String,
    scratch: String,
    shopledger: String,
    bareProgram: String
  ) {
    self.sizes = sizes
    self.commands = commands
    self.scratch = scratch
    self.shopledger = shopledger
    self.bareProgram = bareProgram
  }

  /// All commands, from the first on: for one ledger.
  func supply() throws -> CommandSupply {
    try CommandSupply(path: commands)
  }

  func path(_ name: String) -> String { scratch + "/" + name }

  func remove(_ name: String) {
    try? FileManager.default.removeItem(atPath: path(name))
  }

  /// LMDB alone in a new directory, with as much history as what it is held against.
  func bareLMDB(_ name: String, history: Int) throws -> BareLMDB {
    let records = path("records")
    guard FileManager.default.fileExists(atPath: records) else {
      throw Failure("there are no records yet; this is a bug of the benchmark")
    }
    return try BareLMDB(
      program: bareProgram,
      directory: path(name),
      records: records,
      history: history
    )
  }

  /// Opens a ledger in this process.
  func open(_ name: String, batchLimit: Int = 4096) throws -> Ledger {
    var configuration = LedgerConfiguration(directory: path(name))
    configuration.batchLimit = batchLimit
    var logger = Logger(label: "benchmark") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    let ledger = try Ledger.open(configuration, logger: logger)
    Scheduling.letViewsYield(in: getpid())
    return ledger
  }

  /// Serves a ledger in a process of its own.
  func serve(_ name: String) throws -> ServedLedger {
    try ServedLedger(program: shopledger, data: path(name), socket: path(name + ".sock"))
  }
}

/// How much is measured: enough for steady figures, or a look within two minutes.
struct Sizes {
  var rounds: Int
  /// Commands that a ledger holds before anything is measured, so that shops and goods are there.
  var history = 40_000
  /// Commands of the ledger that is read again and again.
  var base: Int
  /// By the commands of a batch, how many batches a round has.
  var batches: [(size: Int, count: Int)]
  /// By the number of connections, how many single commands a round has.
  var singles: [(connections: Int, commands: Int)]
  /// Lines of an NDJSON upload.
  var upload: Int
  /// How long and how often each question is asked.
  var questionSeconds: Double
  var questionRounds: Int
  /// Sizes of the ledger that is opened, in commands.
  var openings: [Int]
  /// Sizes of the log at which row h measures, in commands.
  var growth = [1_000_000, 4_000_000, 16_000_000]

  static let full = Sizes(
    rounds: 5,
    base: 400_000,
    batches: [(1, 2000), (16, 500), (256, 128), (4096, 16)],
    singles: [(1, 2000), (16, 16_000), (64, 32_000)],
    upload: 60_000,
    questionSeconds: 2,
    questionRounds: 3,
    openings: [100_000, 400_000, 1_000_000]
  )

  static let quick = Sizes(
    rounds: 3,
    base: 100_000,
    batches: [(1, 600), (16, 400), (256, 64), (4096, 8)],
    singles: [(1, 800), (16, 6000), (64, 12_000)],
    upload: 24_000,
    questionSeconds: 1,
    questionRounds: 2,
    openings: [50_000, 300_000],
    growth: [500_000, 1_000_000]
  )

  /// With no more rounds than there are commands for: each is recorded once.
  func fitting(_ commands: Int) throws -> Sizes {
    let largest = batches.map { $0.size * $0.count }.max() ?? 0
    let inProcess = batches.reduce(0) { $0 + $1.size * $1.count } + 2 * largest
    let throughSocket = singles.reduce(0) { $0 + $1.commands } + 3 * upload
    var fitting = self
    fitting.rounds = min(rounds, (commands - history) / max(inProcess, throughSocket))
    fitting.openings.removeAll { $0 + OpeningRows.rounds * OpeningRows.recent > commands }
    guard fitting.rounds > 0 else { throw Failure("\(commands) commands are too few to measure") }
    return fitting
  }
}
