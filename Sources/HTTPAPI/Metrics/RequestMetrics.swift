internal import CoreMetrics
internal import Ledger
internal import Logging
internal import NIOHTTP1
internal import Synchronization

/// Counts requests by route and status, and tells in the log which were slow.
final class RequestMetrics: Sendable {
  static let help = [
    "shopledger_http_requests_total": "Requests answered, by method, route and status.",
    "shopledger_http_request_seconds":
      "From a request's head to its answer's end, by route; event streams are left out.",
  ]

  /// One request and what became of it.
  struct Served {
    var method: HTTPMethod
    var uri: String
    /// 0 when the connection ended before there was an answer.
    var status: UInt
    var took: Duration
    /// Nil for a command, which has an id of its own.
    var id: String?
    /// The answer goes on as long as its reader, or the sender of many commands, likes.
    var isStream: Bool
  }

  private struct Key: Hashable {
    var method: String
    var route: String
    var status: UInt
  }

  private let factory: any MetricsFactory
  private let templates: RouteTemplates
  private let slow: Duration
  private let logger: Logger
  private let counters = Mutex<[Key: Counter]>([:])
  private let timers = Mutex<[String: Timer]>([:])
  private let connections = Atomic<Int>(0)

  init(
    factory: any MetricsFactory,
    routes: RouteTemplates,
    slow: Duration,
    logger: Logger
  ) {
    self.factory = factory
    templates = routes
    self.slow = slow
    self.logger = logger
  }

  func connected() { connections.add(1, ordering: .relaxed) }

  func disconnected() { connections.subtract(1, ordering: .relaxed) }

  var gauge: GaugeFamily {
    GaugeFamily(
      "shopledger_http_connections",
      "Connections that are open.",
      Double(connections.load(ordering: .relaxed))
    )
  }

  func count(_ served: Served) {
    let route = templates.route(of: served.uri)
    let key = Key(method: Self.bounded(served.method), route: route, status: served.status)
    counters.withLock { counters in
      if let counter = counters[key] { return counter }
      let counter = Counter(
        label: "shopledger_http_requests_total",
        dimensions: [
          ("method", key.method), ("route", route),
          ("status", served.status == 0 ? "none" : String(served.status)),
        ],
        factory: factory
      )
      counters[key] = counter
      return counter
    }.increment()
    if !served.isStream { timer(of: route).recordNanoseconds(served.took.nanoseconds) }
    log(served)
  }

  private func timer(of route: String) -> Timer {
    timers.withLock { timers in
      if let timer = timers[route] { return timer }
      let timer = Timer(
        label: "shopledger_http_request_seconds",
        dimensions: [("route", route)],
        factory: factory
      )
      timers[route] = timer
      return timer
    }
  }

  private func log(_ served: Served) {
    let isSlow = served.took > slow && !served.isStream
    let level: Logger.Level = isSlow ? .notice : .debug
    guard logger.logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "method": "\(served.method)", "uri": "\(served.uri)", "status": "\(served.status)",
      "ms": "\(served.took.nanoseconds / 1_000_000)",
    ]
    if let id = served.id { metadata["request"] = "\(id)" }
    logger.log(level: level, isSlow ? "slow request" : "request", metadata: metadata)
  }

  /// Anybody can make up a method; a counter for each would never end.
  private static func bounded(_ method: HTTPMethod) -> String {
    switch method {
    case .GET, .HEAD, .POST, .PUT, .DELETE, .OPTIONS, .PATCH: method.rawValue
    default: "OTHER"
    }
  }
}

extension Duration {
  /// Up to some centuries.
  fileprivate var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}

/// To which route a request belongs: as few as there are, whatever is asked.
struct RouteTemplates: Sendable {
  /// Those that say more stand first.
  private let templates: [Template]

  private struct Template: Sendable {
    var text: String
    /// Nil where any part fits.
    var parts: [String?]
    /// Whether more parts may follow.
    var isOpen: Bool

    func fits(_ path: [Substring]) -> Bool {
      guard isOpen ? path.count > parts.count : path.count == parts.count else { return false }
      return zip(parts, path).allSatisfy { expected, part in expected.map { $0 == part } ?? true }
    }
  }

  /// - Parameter routes: such as `/v1/shops/{shop}`, or `/v1/tlog/tile/**` for all below.
  init(_ routes: [String]) {
    let all = Set(routes).map { route in
      let words = route.split(separator: "/")
      return Template(
        text: route,
        parts: words.filter { $0 != "**" }.map { $0.hasPrefix("{") ? nil : String($0) },
        isOpen: words.last == "**"
      )
    }
    templates = all.sorted { one, other in
      func rank(_ template: Template) -> Int {
        template.parts.count { $0 == nil } + (template.isOpen ? 100 : 0)
      }
      return rank(one) == rank(other) ? one.text < other.text : rank(one) < rank(other)
    }
  }

  /// Such as `/v1/shops/{shop}`; `none` for what is nowhere.
  func route(of uri: String) -> String {
    // What nearly every request is.
    if uri == "/v1/commands" { return uri }
    let path = uri.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
    return templates.first { $0.fits(path) }?.text ?? "none"
  }
}
