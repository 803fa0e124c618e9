import Foundation
import JSON
import Testing

/// Signals, crashes and two processes over one directory.
@Suite struct ProcessTests {
  @Test func `a second server is refused by the pid of the first`() async throws {
    try await withServer { server in
      let second = try await Program.run(
        Program.shopledger,
        ["serve", "--data", server.data, "--socket", server.directory.path + "/other.sock"],
        in: server.directory
      )
      #expect(second.status == 1)
      #expect(second.errors.contains("in use by process \(server.program.id)"))
      #expect(try await server.command(Scenario.commands[0]).status == 201)
    }
  }

  @Test func `a socket that another server listens on is not taken`() async throws {
    try await withServer { server in
      let second = try await Program.run(
        Program.shopledger,
        ["serve", "--data", server.directory.path + "/other", "--socket", server.socket],
        in: server.directory
      )
      #expect(second.status == 1)
      #expect(second.errors.contains(server.socket))
      #expect(try await server.get("/v1/status").status == 200)
    }
  }

  @Test func `a file that is no socket is not removed for one`() async throws {
    let directory = try TestDirectory()
    let path = directory.path + "/notes"
    try Data("keep me".utf8).write(to: URL(fileURLWithPath: path))
    let ended = try await Program.run(
      Program.shopledger,
      ["serve", "--data", directory.path + "/data", "--socket", path],
      in: directory
    )
    #expect(ended.status == 1)
    #expect(ended.errors.contains(path))
    #expect(FileManager.default.contents(atPath: path) == Data("keep me".utf8))
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `what was acknowledged is there after a stop`(signal: Int32) async throws {
    let directory = try TestDirectory()
    let server = try await Server(in: directory)
    let receipts = try await server.submit(Scenario.lines)
    let before = try await answers(server)
    #expect(await server.stop(signal) == 0)
    #expect(!FileManager.default.fileExists(atPath: server.socket))
    try await withServer(in: directory) { server in
      let after = try await answers(server)
      #expect(after == before)
      let again = try await self.receipts(again: Scenario.lines, server)
      #expect(again == Array(receipts.dropLast()))
    }
  }

  @Test func `a stop does not wait for clients that keep their connections open`() async throws {
    let directory = try TestDirectory()
    let server = try await Server(in: directory)
    let client = try Program.python(
      Clients.endless,
      [server.socket],
      input: Array((Scenario.lines + #"{"id":"half","#).utf8),
      in: directory
    )
    #expect(try await eventually { Self.receipts(client.output).count == 26 })
    #expect(await server.stop() == 0)
    let receipts = Self.receipts(await client.end().output)
    #expect(receipts.count == 27 && receipts.last?["summary"]?["accepted"] == .integer(25))
    try await withServer(in: directory) { server in
      let position = try await server.position()
      #expect(position == 26)
    }
  }

  /// Long enough that the server is killed in the middle.
  private static let manyCommands = 20_000

  @Test func `every receipt that was read stands after kill -9`() async throws {
    let directory = try TestDirectory()
    let sample = try await Program.run(
      Program.shopledger,
      ["generate", "--seed", "7", "--commands", String(Self.manyCommands)],
      in: directory
    )
    let server = try await Server(in: directory)
    let client = try Program.python(
      Clients.endless,
      [server.socket],
      input: sample.output,
      in: directory
    )
    let hasBegun = try await eventually {
      client.output.count { $0 == UInt8(ascii: "\n") } > 500
    }
    #expect(hasBegun)
    #expect(await server.stop(SIGKILL) == -SIGKILL)
    let read = Self.receipts(await client.end().output)
    #expect((500..<Self.manyCommands).contains(read.count))

    try await withServer(in: directory) { server in
      let head = try await server.position()
      let known = read.compactMap { $0["positions"]?[1]?.integer }.max() ?? 0
      #expect(head >= known)
      let all = try await server.submit(sample.text)
      let changed = zip(read, all).first { receipt, again in
        again != .object((receipt.members ?? []) + [.init("repeated", .bool(true))])
      }
      #expect(changed == nil)
      let positions = all.compactMap { receipt -> ClosedRange<Int64>? in
        guard let first = receipt["positions"]?[0]?.integer,
          let last = receipt["positions"]?[1]?.integer
        else { return nil }
        return first...last
      }
      let events = positions.flatMap { Array($0) }
      let end = try await server.position()
      #expect(events == Array(1...end))
      let rebuild = try await server.cli(["rebuild", "--all"])
      #expect(rebuild.status == 0, "\(rebuild.text) \(rebuild.errors)")
      #expect(rebuild.lines.count { $0.hasSuffix("no difference") } == 5)
    }
  }

  // MARK: Reading what was answered

  private static func receipts(_ output: [UInt8]) -> [JSONValue] {
    output.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONValue(parsing: $0) }
  }

  /// The receipts of commands that were all sent before, without the word that says so.
  private func receipts(again lines: String, _ server: Server) async throws -> [JSONValue] {
    try await server.submit(lines).dropLast().map { receipt in
      #expect(receipt["repeated"] == .bool(true))
      return .object(receipt.members?.filter { $0.name != "repeated" } ?? [])
    }
  }
}

/// What every view and the log say of the scenario.
func answers(_ server: Server) async throws -> [String] {
  let paths = [
    "shops", "shops/s1/dashboard", "shops/s2/dashboard", "agency/b1", "agency/b1/agents",
    "agency/b1/agents/li", "agency/b1/agents/mei", "shopping-modes", "shopping-modes?brand=b1",
    "shopping-modes?shop=s1&period=week", "people/dong", "people/li", "shares/g2",
  ].map { $0 + ($0.contains("?") ? "&" : "?") + "after=26&wait=60" }
  let things = ["products/p1", "orders/o1", "orders/o3", "commands/c25", "commands/c26"]
  let events = ["events", "events?shop=s1", "events?buyer=chen&product=p1", "events?command=c25"]
  return try await server.curl((paths + things + events).map { "/v1/" + $0 }).map {
    #expect($0.status == 200)
    return String(decoding: $0.body, as: UTF8.self)
  }
}
