import Foundation
import HTTPAPI
import JSON
import Ledger
import Logging
import Testing

@testable import shopledger

@Suite struct SettingsTests {
  /// A key with a value that is not its default, and another one, and how it shows.
  struct Key: CustomTestStringConvertible, Sendable {
    var name: String
    var inFile: String
    var inEnvironment: String
    var read: @Sendable (Settings) async throws -> String

    var testDescription: String { name }

    /// Such as `SHOPLEDGER_HTTP_MAX_CONNECTIONS`.
    var variable: String {
      "SHOPLEDGER_"
        + name.reduce(into: "") { variable, letter in
          if letter.isUppercase { variable += "_" }
          variable += letter == "." ? "_" : letter.uppercased()
        }
    }

    /// A configuration with this key alone.
    var file: String {
      name.split(separator: ".").reversed().reduce(inFile) { "{\"\($1)\": \($0)}" }
    }
  }

  static let keys = [
    Key(name: "data", inFile: #""a""#, inEnvironment: "b") { try await $0.data },
    Key(name: "socket", inFile: #""a""#, inEnvironment: "b") { try await $0.server.socket },
    Key(name: "currency", inFile: #""EUR""#, inEnvironment: "JPY") {
      try await $0.ledger.currency
    },
    Key(name: "mapGibibytes", inFile: "3", inEnvironment: "4") {
      "\(try await $0.ledger.mapSize >> 30)"
    },
    Key(name: "queueCapacity", inFile: "3", inEnvironment: "4") {
      "\(try await $0.ledger.queueCapacity)"
    },
    Key(name: "batchLimit", inFile: "3", inEnvironment: "4") {
      "\(try await $0.ledger.batchLimit)"
    },
    Key(name: "maxBackdatingSeconds", inFile: "3", inEnvironment: "4") {
      try await $0.ledger.maxBackdating.map { "\($0)" } ?? "no limit"
    },
    Key(name: "audit.key", inFile: #""a""#, inEnvironment: "b") {
      try await $0.ledger.audit?.keyFile ?? "none"
    },
    Key(name: "audit.origin", inFile: #""a""#, inEnvironment: "b") {
      try await $0.auditOrigin ?? "the key's"
    },
    Key(name: "audit.intervalSeconds", inFile: "3", inEnvironment: "4") {
      "\(try await $0.auditIntervalSeconds)"
    },
    Key(name: "http.maxConnections", inFile: "3", inEnvironment: "4") {
      "\(try await $0.server.maxConnections)"
    },
    Key(name: "http.idleTimeoutSeconds", inFile: "3", inEnvironment: "4") {
      "\(try await $0.server.idleTimeoutSeconds)"
    },
    Key(name: "http.maxHeaderBytes", inFile: "3000", inEnvironment: "4000") {
      "\(try await $0.server.maxHeaderBytes)"
    },
    Key(name: "http.maxStreams", inFile: "3", inEnvironment: "4") {
      "\(try await $0.server.maxStreams)"
    },
    Key(name: "http.heartbeatSeconds", inFile: "3", inEnvironment: "4") {
      "\(try await $0.server.heartbeatSeconds)"
    },
    Key(name: "tcp.listen", inFile: #""127.0.0.1:1""#, inEnvironment: "[::1]:2") {
      try await $0.server.tcp?.authority ?? "nowhere"
    },
    Key(name: "tcp.beyondLoopback", inFile: "true", inEnvironment: "false") {
      "\(try await $0.flag("tcp.beyondLoopback") ?? false)"
    },
    Key(name: "tcp.hosts", inFile: #""a.example,b.example:8443""#, inEnvironment: "c.example") {
      try await $0.text("tcp.hosts") ?? "none"
    },
    Key(name: "tcp.tokens", inFile: #""a""#, inEnvironment: "b") { try await $0.tokens.path },
    Key(name: "roles.read", inFile: #""user:7""#, inEnvironment: "group:8 user:9") {
      shown(try await $0.peers)
    },
    Key(name: "roles.write", inFile: #""user:7""#, inEnvironment: "group:8") {
      shown(try await $0.peers, .write)
    },
    Key(name: "roles.operate", inFile: #""user:7""#, inEnvironment: "user:8") {
      shown(try await $0.peers, .operate)
    },
    Key(name: "roles.audit", inFile: #""group:7""#, inEnvironment: "user:8") {
      shown(try await $0.peers, .audit)
    },
    Key(name: "serverUser", inFile: #""7""#, inEnvironment: "8") {
      try await $0.serverUser.map { "\($0)" } ?? "root and oneself"
    },
    Key(name: "slowMilliseconds", inFile: "3", inEnvironment: "4") {
      "\((try await $0.ledger.slow / .milliseconds(1)).formatted(.number.grouping(.never)))"
    },
    Key(name: "logLevel", inFile: #""debug""#, inEnvironment: "trace") {
      try await $0.logLevel.rawValue
    },
  ]

  /// Whom a role is granted to, in the words of the configuration.
  private static func shown(_ peers: PeerRoles, _ role: Roles = .read) -> String {
    func ids(_ granted: [UInt32: Roles], _ kind: String) -> [String] {
      granted.filter { $0.value.contains(role) }.keys.sorted().map { kind + ":\($0)" }
    }
    return (ids(peers.groups, "group") + ids(peers.users, "user")).joined(separator: " ")
  }

  /// Where no file is named and none lies about, as in the directory that a service runs in.
  private func settings(
    file: String = "{}",
    flags: [String: String] = [:],
    environment: [String: String] = [:]
  ) async throws -> Settings {
    let path = NSTemporaryDirectory() + "settings-" + UUID().uuidString + ".json"
    try Data(file.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await Settings(file: path, flags: flags, environment: environment)
  }

  private static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../config/shopledger.json").path

  @Test func `every documented key is tried here`() {
    #expect(Self.keys.map(\.name) == Settings.keys.map(\.key))
  }

  @Test(arguments: keys)
  func `the environment wins over the file, and that over the default`(key: Key) async throws {
    let byDefault = try await key.read(try await settings())
    let byFile = try await key.read(try await settings(file: key.file))
    let byEnvironment = try await key.read(
      try await settings(file: key.file, environment: [key.variable: key.inEnvironment])
    )
    #expect(byFile == key.inFile.replacing("\"", with: ""))
    #expect(byEnvironment == key.inEnvironment)
    #expect(byDefault != byFile)
  }

  @Test(arguments: keys.filter { ["data", "socket", "logLevel"].contains($0.name) })
  func `a flag wins over the environment`(key: Key) async throws {
    let settings = try await settings(
      file: key.file,
      flags: [key.name: "critical"],
      environment: [key.variable: key.inEnvironment]
    )
    #expect(try await key.read(settings) == "critical")
  }

  @Test func `the socket lies in the data directory unless it is named`() async throws {
    let settings = try await settings(flags: ["data": "/srv/ledger"])
    #expect(try await settings.socket == "/srv/ledger/shopledger.sock")
  }

  @Test func `the environment can name the file`() async throws {
    let settings = try await Settings(file: nil, environment: ["SHOPLEDGER_CONFIG": Self.shipped])
    #expect(try await settings.ledger.queueCapacity == 65_536)
  }

  @Test func `the shipped file says every default`() async throws {
    let data = try #require(FileManager.default.contents(atPath: Self.shipped))
    let names = try #require(JSONValue(parsing: data).members).flatMap { member in
      member.value.members?.map { member.name + "." + $0.name } ?? [member.name]
    }
    let withoutDefault: Set = [
      "socket", "maxBackdatingSeconds", "audit.key", "audit.origin", "tcp.listen", "tcp.hosts",
      "tcp.tokens", "roles.read",
      "roles.write", "roles.operate", "roles.audit", "serverUser",
    ]
    #expect(names == Settings.keys.map(\.key).filter { !withoutDefault.contains($0) })
    let shipped = try await Settings(file: Self.shipped, environment: [:])
    let empty = try await settings()
    for key in Self.keys {
      #expect(try await key.read(shipped) == key.read(empty), "\(key.name)")
    }
  }

  @Test(arguments: [
    (#"{"date": "a"}"#, "unknown key date"),
    (#"{"http": {"port": 80}}"#, "unknown key http.port"),
    (#"{"http": 80}"#, "unknown key http;"),
    (#"{"data": "a", "data": "b"}"#, "is not JSON"),
    ("[]", "is not a JSON object"),
    ("{", "is not JSON"),
  ])
  func `a file with what nobody reads is refused`(file: String, reason: String) async throws {
    let failure = await #expect(throws: Failure.self) { try await settings(file: file) }
    #expect(failure?.status == .usage)
    #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
  }

  @Test func `a file that is named must be there`() async throws {
    await #expect(throws: Failure.self) {
      try await Settings(file: "/nowhere/shopledger.json", environment: [:])
    }
  }

  @Test(arguments: [
    ("queueCapacity", "0", "queueCapacity: give a whole number from 1 to 10000000, not 0"),
    ("queueCapacity", "many", "queueCapacity: give a whole number from 1 to 10000000"),
    ("mapGibibytes", "1048577", "mapGibibytes: give a whole number from 1 to 1048576, not 1048577"),
    (
      "logLevel", "loud",
      "logLevel: loud is no level; give one of trace, debug, info, notice, warning, error, critical"
    ),
    (
      "tcp.listen", "127.0.0.1",
      "tcp.listen: 127.0.0.1 is no address with a port; give one such as 127.0.0.1:8080 or [::1]:8080"
    ),
    (
      "tcp.listen", "10.0.0.1:80",
      "tcp.listen: other machines can reach 10.0.0.1, and tokens would cross the network as plain "
        + "text; give 127.0.0.1, or set tcp.beyondLoopback to true as well, behind a proxy that "
        + "speaks TLS"
    ),
    (
      "roles.write", "mei", "roles.write: mei is neither user:NAME nor group:NAME; give one of them"
    ),
    (
      "roles.audit", "group:nobody-is-called-so",
      "roles.audit: there is no group nobody-is-called-so; give the name or id of one"
    ),
    (
      "serverUser", "nobody-is-called-so",
      "serverUser: there is no user nobody-is-called-so; give the name or id of one"
    ),
    ("tcp.beyondLoopback", "yes please", "tcp.beyondLoopback: give true or false"),
    (
      "socket", String(repeating: "s", count: 108),
      "socket: \(String(repeating: "s", count: 108)) is longer than 107 bytes; "
        + "name a shorter path"
    ),
  ])
  func `a value that cannot be is refused with the cure`(
    name: String,
    value: String,
    sentence: String
  ) async throws {
    let key = try #require(Self.keys.first { $0.name == name })
    let settings = try await settings(environment: [key.variable: value])
    await #expect(throws: Failure(.usage, sentence)) { try await key.read(settings) }
  }
}
