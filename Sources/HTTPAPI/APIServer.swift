internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
public import Ledger
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle

/// Where the server listens, and what one client may take of it.
public struct APIServerConfiguration: Sendable {
  /// The unix socket's path; at most 107 bytes.
  public var socket: String
  /// How many connections are served at once; more wait to be accepted.
  public var maxConnections: Int = 256
  /// After how many seconds without a byte either way a connection is closed.
  public var idleTimeoutSeconds: Int = 600
  /// The greatest size of a request's header fields, in bytes.
  public var maxHeaderBytes: Int = 16_384

  /// A configuration with the defaults.
  public init(socket: String) {
    self.socket = socket
  }
}

/// The ledger's face: HTTP/1.1 and JSON on a unix socket.
///
/// Runs until its task is told to stop: then it takes no more connections, lets the requests that
/// are under way finish, and removes the socket.
public struct APIServer: Service {
  private let ledger: Ledger
  private let configuration: APIServerConfiguration
  private let logger: Logger
  private let onReady: @Sendable () async -> Void

  /// A server that has not started.
  ///
  /// `onReady` is called once the socket takes connections.
  public init(
    ledger: Ledger,
    configuration: APIServerConfiguration,
    logger: Logger,
    onReady: @escaping @Sendable () async -> Void = {}
  ) {
    self.ledger = ledger
    self.configuration = configuration
    self.logger = logger
    self.onReady = onReady
  }

  /// Serves until the surrounding service group shuts down.
  ///
  /// - Throws: `SocketPathError` when the socket's path is taken.
  public func run() async throws {
    let socket = configuration.socket
    try await SocketPath.check(socket)
    let (onReady, ledger, configuration) = (onReady, ledger, configuration)
    let application = Application(
      router: router(),
      server: HTTPServerBuilder { responder in
        CommandChannel(responder: responder, ledger: ledger, configuration: configuration)
      },
      configuration: ApplicationConfiguration(
        address: .unixDomainSocket(path: socket),
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.maxConnections)
      ),
      onServerRunning: { _ in
        // The mode of a new socket follows the umask; the group may speak to it, nobody else.
        chmod(socket, 0o660)
        await onReady()
      },
      logger: logger
    )
    defer { unlink(socket) }
    try await application.run()
  }

  private func router() -> Router<APIContext> {
    let router = Router(context: APIContext.self)
    router.add(middleware: ProblemMiddleware())
    let version1 = router.group("v1")
    QueryRoutes(ledger: ledger).add(to: version1)
    ProofRoutes(ledger: ledger).add(to: version1)
    let operations = OperationRoutes(ledger: ledger)
    operations.add(to: version1)
    operations.addProbes(to: router)
    return router
  }
}
