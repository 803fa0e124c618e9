import Configuration
import Foundation
import HTTPAPI
import JSON
import Ledger
import Logging
import SystemPackage

/// What the program is told beside its commands: flags over environment over a file.
///
/// A key `http.maxConnections` stands in the file as `{"http": {"maxConnections": 256}}` and in the
/// environment as `SHOPLEDGER_HTTP_MAX_CONNECTIONS`. The file is named by `--config`, else by
/// `SHOPLEDGER_CONFIG`, else it is `config/shopledger.json` or `/etc/shopledger/shopledger.json`.
struct Settings {
  /// Every key that there is, with what it means; `serve --help` and the README list them.
  static let keys: [(key: String, meaning: String)] = [
    ("data", "the data directory"),
    ("socket", "the unix socket; default: shopledger.sock in the data directory"),
    ("currency", "of sums over shops of several currencies; default CNY"),
    ("mapGibibytes", "how far the log may grow; default 1024"),
    ("queueCapacity", "commands that may wait for the writer; default 65536"),
    ("batchLimit", "commands that share one commit at most; default 4096"),
    ("maxBackdatingSeconds", "how old occurredAt may be; default: no limit"),
    ("audit.key", "the file of the key that signs checkpoints; default: none are signed"),
    ("audit.origin", "the log's name in its checkpoints; default: the key's"),
    ("audit.intervalSeconds", "after which what was added is signed; default 60"),
    ("http.maxConnections", "connections served at once; default 256"),
    ("http.idleTimeoutSeconds", "after which a silent connection is closed; default 600"),
    ("http.maxHeaderBytes", "of one request's header fields; default 16384"),
    ("http.maxStreams", "event streams open at once; default 64"),
    ("http.heartbeatSeconds", "after which an event stream says that it is alive; default 15"),
    (
      "tcp.listen",
      "the address and port to listen on over TCP too, such as 127.0.0.1:8080; default: nowhere"
    ),
    (
      "tcp.beyondLoopback",
      "whether that may be an address that other machines reach; default false"
    ),
    ("tcp.hosts", "host names that requests may give beside localhost, parted by commas"),
    ("tcp.tokens", "the file of those who may come in; default: tokens in the data directory"),
    ("roles.read", "who may ask, such as user:mei, group:shop; default: the server's own group"),
    ("roles.write", "who may send commands, named in the same way; default: nobody else"),
    ("roles.operate", "who may rebuild, back up and adopt policies; default: nobody else"),
    ("roles.audit", "who may see proofs, refusals and operations; default: nobody else"),
    ("serverUser", "whom the command line takes for the server beside its own user and root"),
    ("slowMilliseconds", "what takes longer is told in the log, with why; default 1000"),
    ("logLevel", "trace, debug, info, notice, warning, error or critical; default info"),
  ]

  private let reader: ConfigReader

  /// Where the file is looked for that nobody names: beside a checkout, then where a package puts it.
  private static let usualFiles = ["config/shopledger.json", "/etc/shopledger/shopledger.json"]

  /// Reads the file, if there is one.
  ///
  /// - Parameters:
  ///   - file: what `--config` names.
  ///   - flags: what was given on the command line, by key.
  ///   - environment: the variables, by name.
  /// - Throws: a `Failure` when the file cannot be read or has a key that nobody reads.
  init(
    file: String?,
    flags: [String: String] = [:],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async throws {
    var providers: [any ConfigProvider] = [
      InMemoryProvider(
        name: "flags",
        values: Dictionary(
          uniqueKeysWithValues: flags.map { key, value in
            (AbsoluteConfigKey(Self.components(key)), ConfigValue(.string(value), isSecret: false))
          }
        )
      ),
      EnvironmentVariablesProvider(environmentVariables: environment)
        .prefixKeys(with: "shopledger"),
    ]
    let named = file ?? environment["SHOPLEDGER_CONFIG"]
    let usual = Self.usualFiles.first { FileManager.default.fileExists(atPath: $0) }
    if let path = named ?? usual {
      try Self.check(path)
      do {
        providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
      } catch {
        throw Failure(.usage, "the configuration \(path) cannot be read: \(error)")
      }
    }
    reader = ConfigReader(providers: providers)
  }

  // MARK: What is configured

  var socket: String {
    get async throws {
      if let socket = try await text("socket") { return socket }
      return try await data + "/shopledger.sock"
    }
  }

  var data: String {
    get async throws { try await text("data") ?? "data" }
  }

  var ledger: LedgerConfiguration {
    get async throws {
      var ledger = LedgerConfiguration(directory: try await data)
      if let gibibytes = try await number("mapGibibytes", 1...1 << 20) {
        ledger.mapSize = gibibytes << 30
      }
      ledger.queueCapacity =
        try await number("queueCapacity", 1...10_000_000) ?? ledger.queueCapacity
      ledger.batchLimit = try await number("batchLimit", 1...65_536) ?? ledger.batchLimit
      ledger.maxBackdating = try await number("maxBackdatingSeconds", 0...1 << 40)
      ledger.currency = try await text("currency") ?? ledger.currency
      ledger.audit = try await audit
      ledger.slow = try await slow ?? ledger.slow
      return ledger
    }
  }

  var server: APIServerConfiguration {
    get async throws {
      var server = APIServerConfiguration(socket: try await socket)
      // The kernel's limit for the address of a unix socket, less the closing zero.
      guard server.socket.utf8.count <= 107 else {
        throw Failure(
          .usage,
          "socket: \(server.socket) is longer than 107 bytes; name a shorter path"
        )
      }
      server.maxConnections =
        try await number("http.maxConnections", 1...100_000) ?? server.maxConnections
      server.idleTimeoutSeconds =
        try await number("http.idleTimeoutSeconds", 1...86_400) ?? server.idleTimeoutSeconds
      server.maxHeaderBytes =
        try await number("http.maxHeaderBytes", 1024...1 << 20) ?? server.maxHeaderBytes
      server.maxStreams = try await number("http.maxStreams", 0...100_000) ?? server.maxStreams
      server.heartbeatSeconds =
        try await number("http.heartbeatSeconds", 1...300) ?? server.heartbeatSeconds
      server.slow = try await slow ?? server.slow
      server.peers = try await peers
      server.tcp = try await tcp
      return server
    }
  }

  private var slow: Duration? {
    get async throws {
      try await number("slowMilliseconds", 1...3_600_000).map { .milliseconds($0) }
    }
  }

  var logLevel: Logger.Level {
    get async throws {
      guard let name = try await text("logLevel") else { return .info }
      guard let level = Logger.Level(rawValue: name) else {
        let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.usage, "logLevel: \(name) is no level; give one of \(names)")
      }
      return level
    }
  }

  // MARK: Reading

  func text(_ key: String) async throws -> String? {
    do {
      return try await reader.fetchString(forKey: ConfigKey(Self.components(key)))
    } catch {
      throw Failure(.usage, "\(key): give a text; \(error)")
    }
  }

  func flag(_ key: String) async throws -> Bool? {
    do {
      return try await reader.fetchBool(forKey: ConfigKey(Self.components(key)))
    } catch {
      throw Failure(.usage, "\(key): give true or false")
    }
  }

  func number(_ key: String, _ range: ClosedRange<Int>) async throws -> Int? {
    let wanted = "\(key): give a whole number from \(range.lowerBound) to \(range.upperBound)"
    let number: Int?
    do {
      number = try await reader.fetchInt(forKey: ConfigKey(Self.components(key)))
    } catch {
      throw Failure(.usage, wanted)
    }
    guard let number else { return nil }
    guard range.contains(number) else { throw Failure(.usage, "\(wanted), not \(number)") }
    return number
  }

  private static func components(_ key: String) -> [String] {
    key.split(separator: ".").map(String.init)
  }

  /// Refuses keys that nobody reads: a typing error would silently leave the default in force.
  private static func check(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "the configuration \(path) cannot be read; name a file that is there")
    }
    let file: JSONValue
    do {
      file = try JSONValue(parsing: data)
    } catch {
      throw Failure(.usage, "the configuration \(path) is not JSON: \(error)")
    }
    guard let members = file.members else {
      throw Failure(.usage, "the configuration \(path) is not a JSON object")
    }
    let known = Set(keys.map(\.key))
    for member in members {
      let names =
        member.value.members.map { nested in nested.map { "\(member.name).\($0.name)" } }
        ?? [member.name]
      for name in names where !known.contains(name) {
        throw Failure(.usage, "\(path): unknown key \(name); see shopledger serve --help")
      }
    }
  }
}
