import Foundation
import JSON
import Testing

/// The command line against a server: exit statuses, tables, JSON.
@Suite(.sharedServer) struct CommandLineTests {
  @Test(
    arguments: [
      (["dashboard", "s1"], 0), (["dashboard", "s99"], 1), (["agency", "b1"], 0),
      (["agency", "b1", "li"], 0), (["agency", "b1", "nobody"], 1), (["modes"], 0),
      (["modes", "--shop", "s1", "--brand", "b1"], 2), (["modes", "--period", "year"], 2),
      (["events", "--limit", "0"], 2), (["events", "--type", "Sold"], 1), (["status"], 0),
      (["views"], 0), (["show", "product", "p1"], 0), (["show", "share", "g2"], 0),
      (["show", "order", "o1"], 0), (["show", "person", "dong"], 0),
      (["show", "command", "c25"], 0),
      (["agency", "b1", "--on", "2026-03-02"], 0), (["dashboard", "s1", "--as-of", "99"], 1),
      (["show", "product", "p1", "--as-of", "8"], 0),
      (["explain", "dashboard", "s1", "--figure", "gross"], 0),
      (["explain", "agency", "b1", "li", "--figure", "peak.levels"], 0),
      (["explain", "modes", "--figure", "modes.share.conversion"], 0),
      (["explain", "dashboard", "s1", "--figure", "profit"], 1), (["explain", "agency"], 2),
      (["show", "person", "nobody"], 1), (["show", "shop", "s1"], 2), (["show"], 2),
      (["rebuild"], 2), (["rebuild", "nothing"], 1), (["rebuild", "dashboard", "--all"], 2),
      (["rollback", "nothing"], 1), (["rollback", "dashboard"], 1), (["fly"], 2),
      (["dashboard", "s1", "--colour"], 2), (["submit", "/nowhere/at/all"], 3),
      (["command", "ChangePrice", "product=p1", "price=1000"], 1),
      (["command", "ChangePrice", "product=p1", "price=many"], 1),
      (["command", "ChangePrice", "price"], 2),
      (["dashboard", "s1", "--after", "27", "--wait", "0"], 1),
    ] as [([String], Int32)]
  )
  func `the exit status says how it ended`(arguments: [String], status: Int32) async throws {
    let ended = try await #require(Server.shared).cli(arguments)
    #expect(ended.status == status, "\(ended.errors)")
    // Whoever failed says so in a sentence; whoever did not says nothing of it.
    #expect(ended.errors.isEmpty == (status == 0))
    #expect(ended.output.isEmpty == (status != 0))
  }

  @Test(arguments: [
    ["status"], ["dashboard", "s1"], ["submit", "-"], ["events", "--follow"],
    ["rebuild", "--all"], ["command", "AdoptPolicy", "impulseMinutes=3"],
  ])
  func `without a server the status is 3, and the sentence says how to start one`(
    arguments: [String]
  ) async throws {
    let directory = try TestDirectory()
    let ended = try await Program.run(
      Program.shopledger,
      arguments + ["--socket", directory.path + "/none.sock"],
      in: directory
    )
    #expect(ended.status == 3)
    #expect(ended.errors.contains("none.sock") && ended.errors.contains("shopledger serve"))
  }

  @Test(arguments: [["--help"], ["serve", "--help"], ["submit", "--help"], ["events", "--help"]])
  func `help has examples`(arguments: [String]) async throws {
    let directory = try TestDirectory()
    let ended = try await Program.run(Program.shopledger, arguments, in: directory)
    #expect(ended.status == 0 && ended.errors.isEmpty)
    #expect(ended.text.contains("Example") && ended.text.contains("shopledger "))
  }

  @Test(arguments: [
    (["dashboard", "s1"], "shops/s1/dashboard"), (["agency", "b1"], "agency/b1"),
    (["agency", "b1", "li"], "agency/b1/agents/li"), (["modes"], "shopping-modes"),
    (["show", "person", "dong"], "people/dong"), (["show", "share", "g2"], "shares/g2"),
    (["show", "command", "c26"], "commands/c26"), (["events"], "events?limit=100"),
    (["show", "order", "o99"], "orders/o99"),
  ])
  func `--json is the server's answer as it came`(arguments: [String], path: String) async throws {
    let server = try #require(Server.shared)
    _ = try await answers(server)
    let ended = try await server.cli(arguments + ["--json"])
    let reply = try await server.get("/v1/" + path)
    #expect(ended.output == reply.body + [UInt8(ascii: "\n")])
    #expect(ended.status == (reply.status == 200 ? 0 : 1))
  }

  @Test func `columns stand under their heads, also behind wide characters`() async throws {
    let server = try #require(Server.shared)
    let ended = try await server.cli(["dashboard", "s1", "--after", "26", "--wait", "60"])
    let lines = ended.lines
    let head = try #require(lines.firstIndex { $0.hasPrefix("top product") })
    #expect(
      Array(lines[head..<head + 4]) == [
        "top product  title      units  gross",
        "───────────  ─────────  ─────  ─────",
        "p1           手工香皂       5  45.00",
        "p2           Lotus Tea      3  75.00",
      ]
    )
    #expect(lines.first == "s1 七里香小铺 · CNY · Asia/Shanghai · as of event 26")
    #expect(
      lines.contains(
        "2026-03-02       2         2       4      6       4  102.00  102.00      100.0%"
      )
    )
    #expect(!lines.contains { $0.hasSuffix(" ") })
  }

  @Test func `submit takes standard input, and its status tells what went wrong`() async throws {
    try await withServer { server in
      let all = try await server.cli(["submit", "-"], input: Array(Scenario.lines.utf8))
      #expect(all.status == 0, "\(all.errors)")
      #expect(all.lines.contains("accepted      25") && all.lines.contains("  StalePrice   1"))
      let strict = try await server.cli(
        ["submit", "--strict", "--receipts"],
        input: Array(Scenario.lines.utf8)
      )
      #expect(strict.status == 1)
      #expect(strict.lines.count { $0.contains(#""repeated":true"#) } == 26)
      let bad = try await server.cli(["submit"], input: Array("no command\n".utf8))
      #expect(bad.status == 1 && bad.text.contains("malformed"))
      let one = try await server.cli(["command", "ChangePrice", "product=p1", "price=1100"])
      #expect(one.status == 0 && one.text.hasPrefix("accepted: event 27"))
    }
  }

  @Test func `events are followed as they come`() async throws {
    try await withServer { server in
      let follower = try Program(
        Program.shopledger,
        ["events", "--follow", "--after", "0", "--socket", server.socket],
        in: server.directory
      )
      for (index, command) in Scenario.commands.prefix(3).enumerated() {
        let reply = try await server.command(command)
        #expect(reply.status == 201)
        let isSeen = try await eventually {
          follower.output.count { $0 == UInt8(ascii: "\n") } == index + 1
        }
        #expect(isSeen)
      }
      follower.send(SIGINT)
      let types = await follower.end().lines.compactMap {
        $0.split(separator: " ").dropFirst(2).first
      }
      #expect(types == ["ShopOpened", "ShopOpened", "BrandRegistered"])
    }
  }

  @Test func `a rebuild finds no difference, and can be taken back`() async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      let before = try await answers(server)
      let rebuild = try await server.cli(["rebuild", "--all"])
      #expect(rebuild.status == 0, "\(rebuild.errors)")
      #expect(rebuild.lines.count { $0.contains("generation 2 from 26 events") } == 5)
      #expect(rebuild.lines.count { $0.hasSuffix("no difference") } == 5)
      let rebuilt = try await answers(server)
      #expect(rebuilt == before)
      for view in ["dashboard", "agency", "modes", "people", "index"] {
        let rollback = try await server.cli(["rollback", view])
        #expect(rollback.status == 0, "\(rollback.errors)")
      }
      let views = try await server.get("/v1/views").json["views"]?.array ?? []
      #expect(views.map { $0["generation"] } == Array(repeating: .integer(1), count: 5))
      let rolledBack = try await answers(server)
      #expect(rolledBack == before)
    }
  }

  @Test(arguments: [
    [#"{"colour":"red"}"#, "colour"], ["{", "JSON"], ["[]", "object"],
    [#"{"http":{"maxConnections":"many"}}"#, "http.maxConnections"],
    [#"{"logLevel":"loud"}"#, "logLevel"],
  ])
  func `a configuration that nobody understands is wrong usage`(pair: [String]) async throws {
    let directory = try TestDirectory()
    let path = directory.path + "/config.json"
    try Data(pair[0].utf8).write(to: URL(fileURLWithPath: path))
    let ended = try await Program.run(
      Program.shopledger,
      ["serve", "--data", directory.path + "/data", "--config", path],
      in: directory
    )
    #expect(ended.status == 2)
    #expect(ended.errors.contains(pair[1]), "\(ended.errors)")
  }
}
