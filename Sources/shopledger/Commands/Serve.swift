import ArgumentParser
import Glibc
import HTTPAPI
import Ledger
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the ledger: takes commands, folds views, answers.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a ledger on a unix socket, until SIGTERM or SIGINT.",
    discussion: """
      An absent or wholly empty directory starts a new ledger. One process owns a directory.

      Flags win over the environment, and that over the configuration file. Every key can stand in \
      the file, such as {"http": {"maxConnections": 64}}, or in the environment, such as \
      SHOPLEDGER_HTTP_MAX_CONNECTIONS=64:

      \(Settings.keys.map { "  \($0.key): \($0.meaning)" }.joined(separator: "\n"))

      Examples:
        shopledger serve --data data
        curl --unix-socket data/shopledger.sock http://localhost/v1/status
      """
  )

  @Option(help: ArgumentHelp("The data directory.", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("The socket to listen on.", valueName: "path"))
  var socket: String?

  @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("How much is logged, from trace to critical.", valueName: "level"))
  var logLevel: String?

  func run() async throws {
    var flags: [String: String] = [:]
    flags["data"] = data
    flags["socket"] = socket
    flags["logLevel"] = logLevel
    let settings = try await Settings(file: config, flags: flags)
    var logger = Logger(label: "shopledger") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = try await settings.logLevel
    // Files are for the server's own user; the socket gets its mode by itself.
    umask(0o077)
    let metrics = MetricsRegistry()
    let ledger: Ledger
    do {
      ledger = try Ledger.open(try await settings.ledger, logger: logger, metrics: metrics)
    } catch let error as LedgerError {
      throw Failure(error)
    }
    defer { ledger.close() }
    let serving = try await settings.server
    let ready = logger
    let server = APIServer(
      ledger: ledger,
      configuration: serving,
      logger: logger,
      metrics: metrics
    ) { addresses in
      ready.notice(
        "ready",
        metadata: ["listens": "\(addresses.joined(separator: " "))", "pid": "\(getpid())"]
      )
    }
    var group = ServiceGroupConfiguration(
      services: [.init(service: server)],
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger
    )
    group.maximumGracefulShutdownDuration = .seconds(30)
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as SocketPathError {
      throw Failure(.refused, error.description)
    }
    logger.notice("stopped")
  }
}
