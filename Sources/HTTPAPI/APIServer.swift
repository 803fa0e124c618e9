internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
public import Ledger
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import Synchronization
internal import WebPage

/// Where the server listens, and what one client may take of it.
public struct APIServerConfiguration: Sendable {
  /// The unix socket's path; at most 107 bytes.
  public var socket: String
  /// What the processes may do that reach the socket.
  public var peers = PeerRoles.standard
  /// Where it listens too; nil: nowhere.
  public var tcp: TCPConfiguration?
  /// How many connections each listener serves at once; more wait to be accepted.
  public var maxConnections: Int = 256
  /// After how many seconds without a byte either way a connection is closed.
  public var idleTimeoutSeconds: Int = 600
  /// The greatest size of a request's header fields, in bytes.
  public var maxHeaderBytes: Int = 16_384
  /// How many event streams are open at once; each holds a connection.
  public var maxStreams: Int = 64
  /// After how many seconds a stream without events says that it is alive.
  public var heartbeatSeconds: Int = 15
  /// What takes longer than this is told in the log.
  public var slow: Duration = .seconds(1)

  /// A configuration with the defaults.
  public init(socket: String) {
    self.socket = socket
  }
}

/// The ledger's face: HTTP/1.1 and JSON on a unix socket, and over TCP where that is configured.
///
/// Runs until its task is told to stop: then it takes no more connections, lets the requests that
/// are under way finish, and removes the socket.
public struct APIServer: Service {
  private let ledger: Ledger
  private let configuration: APIServerConfiguration
  private let logger: Logger
  private let metrics: MetricsRegistry
  private let onReady: @Sendable ([String]) async -> Void

  /// A server that has not started.
  ///
  /// It shows at `/metrics` what the registry has, and counts its own requests there. `onReady` is called once every listener takes connections, with their addresses.
  public init(
    ledger: Ledger,
    configuration: APIServerConfiguration,
    logger: Logger,
    metrics: MetricsRegistry,
    onReady: @escaping @Sendable (_ addresses: [String]) async -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.configuration = configuration
    self.logger = logger
    self.metrics = metrics
    self.onReady = onReady
  }

  /// Serves until the surrounding service group shuts down.
  ///
  /// - Throws: `SocketPathError` when the socket's path is taken, or the TCP address.
  public func run() async throws {
    let socket = configuration.socket
    try await SocketPath.check(socket)
    try SocketPath.checkDirectory(of: socket)
    let (router, requests) = try routes()
    let announcement = Announcement(of: configuration.tcp == nil ? 1 : 2, onReady)
    var listeners: [any Service] = [
      listener(router, requests, at: .unixDomainSocket(path: socket), .unix(configuration.peers)) {
        _ in
        // The mode of a new socket follows the umask; the group may speak to it, nobody else.
        chmod(socket, 0o660)
        await announcement.add(socket)
      }
    ]
    if let tcp = configuration.tcp {
      try await SocketPath.check(tcp)
      let address = BindAddress.hostname(tcp.address, port: tcp.port)
      listeners.append(
        listener(router, requests, at: address, .tcp(TCPEntrance(tcp))) { channel in
          let port = channel.localAddress?.port ?? tcp.port
          await announcement.add("http://" + TCPConfiguration.authority(tcp.address, port))
        }
      )
    }
    defer { unlink(socket) }
    try await ServiceGroup(configuration: .init(services: listeners, logger: logger)).run()
  }

  private func listener(
    _ router: Router<APIContext>,
    _ requests: RequestMetrics,
    at address: BindAddress,
    _ entrance: Entrance,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void
  ) -> some Service {
    let (ledger, configuration) = (ledger, configuration)
    return Application(
      router: router,
      server: HTTPServerBuilder { responder in
        CommandChannel(
          responder: responder,
          ledger: ledger,
          configuration: configuration,
          entrance: entrance,
          requests: requests
        )
      },
      configuration: ApplicationConfiguration(
        address: address,
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.maxConnections)
      ),
      onServerRunning: onServerRunning,
      logger: logger
    )
  }

  /// Every route, such as `GET /v1/shops/{shop}`.
  func routeNames() throws -> Set<String> {
    Set(try routes().0.routes.map { "\($0.method.rawValue) \($0.path.description)" })
  }

  /// The routes, and what counts the requests by them.
  private func routes() throws -> (Router<APIContext>, RequestMetrics) {
    let router = Router(context: APIContext.self)
    router.add(middleware: RequestIDMiddleware())
    router.add(middleware: ProblemMiddleware())
    let streams = EventStreams(ledger: ledger, configuration: configuration)
    let version1 = router.group("v1")
    QueryRoutes(ledger: ledger, streams: streams).add(to: version1)
    ProofRoutes(ledger: ledger).add(to: version1)
    DryRunRoutes(ledger: ledger).add(to: version1)
    ActivityRoutes(ledger: ledger).add(to: version1)
    BackupRoutes(ledger: ledger).add(to: version1)
    ExportRoutes(ledger: ledger).add(to: version1)
    WhatIfRoutes(ledger: ledger).add(to: version1)
    let operations = OperationRoutes(ledger: ledger)
    operations.add(to: version1)
    operations.addProbes(to: router)
    try WebPage(ledger: ledger).add(to: router)
    OpenAPIRoute().add(to: router)
    // Beside the router's there is one that is answered before it, and the one below.
    let paths = router.routes.map(\.path.description) + ["/login", "/metrics"]
    let requests = RequestMetrics(
      factory: metrics,
      routes: RouteTemplates(paths),
      slow: configuration.slow,
      logger: logger
    )
    MetricsRoute(ledger: ledger, registry: metrics, requests: requests, streams: streams)
      .add(to: router)
    return (router, requests)
  }
}

/// Tells once that all listeners listen.
private final class Announcement: Sendable {
  private let count: Int
  private let tell: @Sendable ([String]) async -> Void
  private let addresses = Mutex<[String]>([])

  init(of count: Int, _ tell: @escaping @Sendable ([String]) async -> Void) {
    self.count = count
    self.tell = tell
  }

  func add(_ address: String) async {
    let all = addresses.withLock { addresses in
      addresses.append(address)
      return addresses
    }
    if all.count == count { await tell(all) }
  }
}
