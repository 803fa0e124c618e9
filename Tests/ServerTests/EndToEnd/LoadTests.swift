import Foundation
import JSON
import Testing

/// Too many, too much, too fast: the memory stays bounded and everybody else is served.
@Suite(.serialized) struct LoadTests {
  /// Anonymous memory of the server now, in bytes.
  private func memory(of server: Server) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(server.program.id)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon") })
    return try #require(Int(line.filter(\.isNumber))) * 1024
  }

  @Test func `200 senders of what is no command, who read nothing, take less than 300 MB`()
    async throws
  {
    try await withServer { server in
      let before = try memory(of: server)
      let head = Wire.post("", Wire.ndjson + "Content-Length: 100000000\r\n")
      let lines = Array(String(repeating: "x\n", count: 100_000).utf8)
      let senders = try (0..<200).map { _ in try RawConnection(server) }
      for sender in senders { try sender.send(head) }
      // Round after round, until nobody's bytes are taken any more.
      var stuck = 0
      while stuck < 20 {
        var taken = 0
        for sender in senders { taken += sender.sendUnread(lines) }
        stuck = taken > 0 ? 0 : stuck + 1
        try await Task.sleep(for: .milliseconds(20))
      }
      let grown = try memory(of: server) - before
      #expect(grown < 300_000_000, "grown by \(grown) bytes")
      #expect(try await server.command(Wire.shop("s")).status == 201)
      #expect(try await server.get("/v1/status").status == 200)
      withExtendedLifetime(senders) {}
    }
  }

  @Test(arguments: [true, false])
  func `a body of 100 MB without an end of line is passed over`(isStream: Bool) async throws {
    try await withServer { server in
      let before = try memory(of: server)
      let connection = try RawConnection(server)
      let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
      let length = "Content-Length: \(100 * piece.count)\r\n"
      try connection.send(Wire.post("", (isStream ? Wire.ndjson : "") + length))
      for _ in 0..<100 { try connection.send(piece) }
      let answer = try connection.answer()
      #expect(answer.status == (isStream ? 200 : 400))
      #expect(answer.text.contains(isStream ? "longer than 262144 bytes" : "104857600 bytes"))
      let grown = try memory(of: server) - before
      #expect(grown < 20_000_000, "grown by \(grown) bytes")
      try connection.send(Wire.post(Wire.shop("s")))
      #expect(try connection.answer().status == 201)
    }
  }

  @Test func `10,000 requests sent at once are answered once each and in order`() async throws {
    try await withServer { server in
      let before = try memory(of: server)
      let connection = try RawConnection(server)
      let requests = (0..<5_000).map { Wire.post(Wire.shop("s\($0)")) + Wire.get("/healthz") }
      connection.sendMeanwhile(Array(requests.joined().utf8))
      for number in 0..<5_000 {
        let answer = try connection.answer()
        try #require(answer.status == 201 && answer.text.contains(#""id":"s\#(number)""#))
        try #require(try connection.answer().text == "alive\n")
      }
      #expect(try await server.position() == 5_000)
      let grown = try memory(of: server) - before
      #expect(grown < 60_000_000, "grown by \(grown) bytes")
    }
  }

  @Test func `a header without an end is refused, in name, number and size`() async throws {
    try await withServer { server in
      let start = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
      for flood in [
        start + (0..<10_000).map { "X-\($0): y\r\n" }.joined(),
        start + "X: " + String(repeating: "y", count: 1_000_000),
        "GET /" + String(repeating: "y", count: 1_000_000),
        start + String(repeating: "y", count: 1_000_000),
      ] {
        let connection = try RawConnection(server)
        // The server may close before it has all.
        try? connection.send(flood)
        #expect(String(decoding: try connection.rest().prefix(12), as: UTF8.self) == "HTTP/1.1 400")
      }
      #expect(try await server.get("/v1/status").status == 200)
    }
  }

  @Test func `whoever comes behind too many waits until one has gone`() async throws {
    let server = try await Server(
      in: TestDirectory(),
      under: ["env", "SHOPLEDGER_HTTP_MAX_CONNECTIONS=200"]
    )
    var open = try (0..<200).map { _ in try RawConnection(server) }
    for connection in open { try connection.send("GET /healthz HT") }
    for connection in open.dropFirst(100) {
      try connection.send("TP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(try connection.answer().text == "alive\n")
    }
    let late = try RawConnection(server)
    try late.send(Wire.get("/healthz"))
    open.removeFirst(50)
    #expect(try late.answer().text == "alive\n")
    open = []
    #expect(await server.stop() == 0)
  }

  @Test func `a client that does not read holds up no stop`() async throws {
    let server = try await Server(in: TestDirectory())
    let stream = try RawConnection(server)
    let lines = Array(Wire.post(String(repeating: "x\n", count: 500_000), Wire.ndjson).utf8)
    _ = stream.sendUnread(lines)
    let asking = try RawConnection(server)
    _ = asking.sendUnread(Array(String(repeating: Wire.get("/v1/views"), count: 5_000).utf8))
    try await Task.sleep(for: .seconds(1))
    let start = ContinuousClock.now
    #expect(await server.stop() == 0)
    #expect(start.duration(to: .now) < .seconds(20))
    withExtendedLifetime((stream, asking)) {}
  }
}
