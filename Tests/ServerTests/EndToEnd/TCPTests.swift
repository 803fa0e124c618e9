import Foundation
import JSON
import Testing

/// Who comes in over TCP, and who does not.
@Suite struct TCPTests {
  /// A server that listens on a port too, and what a client needs to ask there.
  private struct Listening {
    var server: Server
    var port: String

    var address: String { "http://127.0.0.1:\(port)" }

    /// Makes a token with these roles.
    func token(_ name: String, _ roles: String) async throws -> String {
      let ended = try await Program.run(
        Program.shopledger,
        ["token", "add", name, "--role", roles, "--data", server.data],
        in: server.directory
      )
      try #require(ended.status == 0, "\(ended.errors)")
      return ended.lines[0]
    }

    func remove(_ name: String) async throws -> Ended {
      try await Program.run(
        Program.shopledger,
        ["token", "remove", name, "--data", server.data],
        in: server.directory
      )
    }

    /// Asks with curl: the status, the fields and the body.
    func ask(_ path: String, _ options: [String] = []) async throws -> (status: Int, text: String) {
      let ended = try await Program.run(
        "curl",
        ["-s", "-i", "--max-time", "30", address + path] + options,
        in: server.directory
      )
      let status = ended.text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      return (status ?? 0, ended.text)
    }

    func bearing(_ token: String) -> [String] { ["-H", "Authorization: Bearer " + token] }
  }

  private func listening(
    _ variables: [String] = [],
    _ body: (Listening) async throws -> Void
  ) async throws {
    let server = try await Server(
      in: try TestDirectory(),
      under: ["env", "SHOPLEDGER_TCP_LISTEN=127.0.0.1:0"] + variables
    )
    let ready = try await eventually { server.program.errors.contains("http://127.0.0.1:") }
    try #require(ready, "\(server.program.errors)")
    let errors = server.program.errors
    let start = try #require(errors.range(of: "http://127.0.0.1:")).upperBound
    try await body(Listening(server: server, port: String(errors[start...].prefix { $0.isNumber })))
    #expect(await server.stop() == 0, "\(server.program.errors)")
  }

  private static let json = ["-H", "Content-Type: application/json"]

  @Test func `a token opens what its roles say, and nothing else`() async throws {
    try await listening { tcp in
      let reader = try await tcp.token("reader", "read")
      let writer = try await tcp.token("writer", "write")
      #expect(try await tcp.ask("/v1/status").status == 401)
      #expect(try await tcp.ask("/v1/status", tcp.bearing(reader)).status == 200)
      #expect(try await tcp.ask("/v1/status", tcp.bearing(writer)).status == 403)
      let shop = Self.json + ["-d", Wire.shop("s1")]
      let refused = try await tcp.ask("/v1/commands", tcp.bearing(reader) + shop)
      #expect(refused.status == 403)
      #expect(refused.text.contains("needs the role write, and token reader has read"))
      #expect(try await tcp.ask("/v1/commands", tcp.bearing(writer) + shop).status == 201)
      #expect(try await tcp.server.position() == 1)
    }
  }

  @Test func `what is wrong, missing or removed opens nothing`() async throws {
    try await listening { tcp in
      let token = try await tcp.token("office", "read")
      for wrong in [
        [], ["-H", "Authorization: Bearer"], tcp.bearing(String(token.dropLast()) + "x"),
        tcp.bearing(token + " x"), ["-H", "Authorization: Basic " + token],
        tcp.bearing(token) + tcp.bearing(token), ["-H", "Cookie: shopledger="],
      ] {
        let answer = try await tcp.ask("/v1/status", wrong)
        #expect(
          answer.status == 401 && answer.text.lowercased().contains("www-authenticate: bearer")
        )
      }
      #expect(try await tcp.ask("/v1/status", tcp.bearing(token)).status == 200)
      #expect(try await tcp.remove("office").status == 0)
      #expect(try await tcp.ask("/v1/status", tcp.bearing(token)).status == 401)
      #expect(try await tcp.remove("office").errors.contains("there is no token office"))
    }
  }

  @Test func `the file holds no token, and is for its owner`() async throws {
    try await listening { tcp in
      let token = try await tcp.token("office", "read,audit")
      let path = tcp.server.data + "/tokens"
      let text = String(
        decoding: FileManager.default.contents(atPath: path) ?? Data(),
        as: UTF8.self
      )
      #expect(!text.contains(token) && text.hasSuffix(" read,audit office\n"))
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      try FileManager.default.setAttributes([.posixPermissions: 0o622], ofItemAtPath: path)
      let answer = try await tcp.ask("/v1/status", tcp.bearing(token))
      #expect(answer.status == 503 && answer.text.contains("shopledger token list"))
    }
  }

  @Test func `another host is not served, whoever asks`() async throws {
    try await listening(["SHOPLEDGER_TCP_HOSTS=ledger.example, shop.example:8443"]) { tcp in
      let token = tcp.bearing(try await tcp.token("office", "read"))
      for host in [
        "evil.example", "127.0.0.1", "localhost:1", "127.0.0.1:\(tcp.port).evil.example",
      ] {
        #expect(try await tcp.ask("/v1/status", token + ["-H", "Host: " + host]).status == 421)
        #expect(try await tcp.ask("/healthz", ["-H", "Host: " + host]).status == 421)
      }
      #expect(try await tcp.ask("/v1/status", token + ["-H", "Host:"]).status == 421)
      for host in [
        "localhost:\(tcp.port)", "LOCALHOST:\(tcp.port)", "[::1]:\(tcp.port)", "ledger.example",
        "shop.example:8443",
      ] {
        #expect(try await tcp.ask("/v1/status", token + ["-H", "Host: " + host]).status == 200)
      }
      #expect(try await tcp.ask("/healthz").status == 200)
    }
  }

  @Test func `a link gives a browser its cookie, which only its own pages can post with`()
    async throws
  {
    try await listening { tcp in
      let token = try await tcp.token("office", "read,write")
      let login = try await tcp.ask("/login?token=" + token)
      #expect(login.status == 303)
      #expect(login.text.contains("Location: /\r\n"))
      #expect(
        login.text.contains(
          "Set-Cookie: shopledger=\(token); Path=/; HttpOnly; SameSite=Strict\r\n"
        )
      )
      #expect(try await tcp.ask("/login?token=x" + token).status == 401)
      #expect(try await tcp.ask("/login").status == 401)
      let cookie = ["-H", "Cookie: theme=dark; shopledger=" + token]
      #expect(try await tcp.ask("/v1/status", cookie).status == 200)
      let shop = cookie + Self.json + ["-d", Wire.shop("s1")]
      for origin in [[], ["-H", "Origin: http://127.0.0.1:1"], ["-H", "Origin: null"]] {
        #expect(try await tcp.ask("/v1/commands", shop + origin).status == 403)
      }
      #expect(try await tcp.server.position() == 0)
      let own = ["-H", "Origin: " + tcp.address]
      #expect(try await tcp.ask("/v1/commands", shop + own).status == 201)
    }
  }

  @Test func `no answer lets another site's page read it`() async throws {
    try await listening { tcp in
      let token = tcp.bearing(try await tcp.token("office", "read"))
      let origin = ["-H", "Origin: http://evil.example"]
      for options in [origin, token + origin, token + origin + ["-X", "OPTIONS"]] {
        let answer = try await tcp.ask("/v1/status", options)
        #expect(!answer.text.lowercased().contains("access-control"))
      }
    }
  }

  @Test func `a policy takes an operator, also in the middle of a stream`() async throws {
    try await listening { tcp in
      let writer = tcp.bearing(try await tcp.token("writer", "write"))
      let policy = #"{"id":"p","type":"AdoptPolicy","data":{}}"#
      let alone = try await tcp.ask("/v1/commands", writer + Self.json + ["-d", policy])
      #expect(alone.status == 403 && alone.text.contains("AdoptPolicy needs the role operate"))
      let lines = [Wire.shop("s1"), policy, Wire.shop("s2")].joined(separator: "\n")
      let stream = try await tcp.ask(
        "/v1/commands",
        writer + ["-H", "Content-Type: application/x-ndjson", "--data-binary", lines]
      )
      #expect(stream.text.contains(#"{"id":"p","outcome":"forbidden","detail":"AdoptPolicy needs"#))
      #expect(stream.text.contains(#""accepted":2,"#) && stream.text.contains(#""forbidden":1,"#))
      let operators = tcp.bearing(try await tcp.token("operator", "write,operate"))
      let adopted = try await tcp.ask("/v1/commands", operators + Self.json + ["-d", policy])
      #expect(adopted.status != 403)
    }
  }

  @Test func `a body that is not wanted is passed over`() async throws {
    try await listening { tcp in
      let reader = tcp.bearing(try await tcp.token("reader", "read"))
      let long = String(repeating: "x", count: 100_000)
      let answer = try await tcp.ask(
        "/v1/commands",
        reader + Self.json + ["-d", long, "-H", "Expect:", "--next", "-s", "-i"] + reader
          + [tcp.address + "/v1/status"]
      )
      #expect(answer.status == 403 && answer.text.contains("HTTP/1.1 200 OK"))
    }
  }

  @Test func `an address that is taken is refused, and so is one that others reach`() async throws {
    try await listening { tcp in
      for (listen, reason) in [
        ("127.0.0.1:" + tcp.port, "Address already in use"), ("0.0.0.0:0", "tcp.beyondLoopback"),
        ("localhost", "no address with a port"), ("192.0.2.1:80", "tcp.beyondLoopback"),
      ] {
        let directory = try TestDirectory()
        let ended = try await Program.run(
          "env",
          [
            "SHOPLEDGER_TCP_LISTEN=" + listen, Program.shopledger, "serve", "--data",
            directory.path + "/data",
          ],
          in: directory
        )
        #expect(ended.status == (reason.hasPrefix("Address") ? 1 : 2))
        #expect(ended.errors.contains("tcp.listen: ") && ended.errors.contains(reason))
      }
    }
  }
}
