import Foundation
import JSON
import Testing

/// Checkpoints, tiles and proofs of a real server, checked by the program without it.
@Suite struct AuditTests {
  private let directory: TestDirectory
  private let verifier: String

  init() async throws {
    directory = try TestDirectory()
    let made = try await Program.run(
      Program.shopledger,
      ["keygen", "--origin", "example.com/ledger", "--key", directory.path + "/key"],
      in: directory
    )
    verifier = made.lines[0]
    try #require(made.status == 0 && verifier.hasPrefix("example.com/ledger+"), "\(made.errors)")
  }

  private func server() async throws -> Server {
    try await Server(
      in: directory,
      [],
      under: ["env", "SHOPLEDGER_AUDIT_KEY=\(directory.path)/key"]
    )
  }

  private func openShops(_ range: ClosedRange<Int>, on server: Server) async throws {
    let lines = range.map {
      #"{"id":"c\#($0)","type":"OpenShop","data":{"shop":"s\#($0)","owner":"mei","name":"n","#
        + #""currency":"CNY","timeZone":"Asia/Shanghai"}}"#
    }
    _ = try await server.submit(lines.joined(separator: "\n") + "\n")
  }

  private func check(_ proof: [UInt8], _ arguments: [String] = []) async throws -> Ended {
    try await Program.run(
      Program.shopledger,
      ["check-proof", "-", "--json", "--key", verifier] + arguments,
      input: proof,
      in: directory
    )
  }

  @Test func `an event is proved to whoever has the key, with the server gone`() async throws {
    let server = try await server()
    try await openShops(1...300, on: server)
    let proof = try await server.cli(["proof", "42"])
    #expect(proof.status == 0)
    // Signed anew, as the event came after the last checkpoint or not.
    let reply = try await server.get("/v1/events/42/proof")
    #expect(reply.body == proof.output && reply.type == "text/plain; charset=utf-8")
    #expect(try await server.get("/v1/events/301/proof").status == 404)
    #expect(await server.stop() == 0)

    let checked = try await check(proof.output)
    #expect(checked.status == 0, "\(checked.errors)")
    let event = try JSONValue(parsing: checked.output)
    #expect(event["origin"] == .string("example.com/ledger"))
    #expect(event["signedEvents"] == .integer(300))
    #expect(event["event"]?["position"] == .integer(42))
    #expect(event["event"]?["data"]?["shop"] == .string("s42"))

    let moved = proof.text.replacingOccurrences(of: "\nindex 41\n", with: "\nindex 42\n")
    let refused = try await check(Array(moved.utf8))
    #expect(refused.status == 1 && refused.errors.contains("is not event 43 of the 300"))
  }

  @Test func `tiles and checkpoint are served as files that may be kept`() async throws {
    let server = try await server()
    try await openShops(1...260, on: server)
    let signed = try await server.post("/v1/tlog/checkpoint", [])
    #expect(signed.status == 200)
    let lines = String(decoding: signed.body, as: UTF8.self).split(separator: "\n")
    #expect(lines[0] == "example.com/ledger" && lines[1] == "260")
    #expect(try await server.get("/v1/tlog/checkpoint").body == signed.body)
    let full = try await server.get("/v1/tlog/tile/0/000")
    #expect(full.status == 200 && full.type == "application/octet-stream")
    #expect(full.body.count == 8192)
    let partial = try await server.get("/v1/tlog/tile/0/001.p/4")
    #expect(partial.body.count == 128)
    #expect(try await server.get("/v1/tlog/tile/0/001.p/5").status == 404)
    #expect(try await server.get("/v1/tlog/tile/entries/001.p/4").status == 200)
    #expect(try await server.get("/v1/tlog/tile/0/1").status == 400)
    let inclusion = try await server.get("/v1/proofs/inclusion?position=3&size=5").json
    #expect(inclusion["path"]?.array?.count == 3)
    #expect(inclusion["size"] == .integer(5))
    let consistency = try await server.get("/v1/proofs/consistency?from=3&to=260").json
    #expect(consistency["path"]?.array?.count ?? 0 > 3)
    for (query, status) in [
      ("inclusion", 400), ("inclusion?position=6&size=5", 404), ("inclusion?position=261", 404),
      ("inclusion?position=1&size=0", 404), ("inclusion?position=1&size=261", 404),
      ("consistency", 400), ("consistency?from=5&to=3", 400), ("consistency?from=5&to=261", 404),
    ] {
      #expect(try await server.get("/v1/proofs/\(query)").status == status, "\(query)")
    }
    #expect(await server.stop() == 0)
  }

  @Test func `an export adds only what is missing, from a server and from its directory`()
    async throws
  {
    let server = try await server()
    try await openShops(1...300, on: server)
    let tiles = directory.path + "/tiles"
    #expect(try await server.cli(["tiles", tiles, "--sign"]).status == 0)
    let first = TestDirectory.files(below: tiles)
    #expect(
      Set(first.keys.filter { $0.hasPrefix("tile/") && first[$0] != nil && !$0.hasSuffix(".p") })
        .isSuperset(of: [
          "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000",
          "tile/entries/001.p/44",
        ])
    )
    try await openShops(301...520, on: server)
    #expect(await server.stop() == 0)
    let key = ["env", "SHOPLEDGER_AUDIT_KEY=\(directory.path)/key", Program.shopledger]
    let more = try await Program.run(
      "env",
      key.dropFirst() + ["tiles", tiles, "--data", server.data],
      in: directory
    )
    // Two files that became full, and three partial ones; signed when the server stopped.
    #expect(more.status == 0 && more.text.contains("520 events"), "\(more.errors)")
    #expect(more.text.contains("5 files written"), "\(more.text)")
    for (name, bytes) in first where name != "checkpoint" {
      #expect(TestDirectory.files(below: tiles)[name] == bytes, "\(name)")
    }
  }

  @Test func `a log that was put back is not signed, not exported and not published`() async throws
  {
    let before = try await server()
    try await openShops(1...20, on: before)
    #expect(await before.stop() == 0)
    try FileManager.default.copyItem(
      atPath: before.data + "/log",
      toPath: directory.path + "/older"
    )
    let after = try await server()
    try await openShops(21...40, on: after)
    let kept = directory.path + "/kept"
    #expect(try await after.cli(["checkpoint", "publish", "--file", kept]).status == 0)
    #expect(try await after.cli(["tiles", directory.path + "/tiles"]).status == 0)
    #expect(await after.stop() == 0)

    try FileManager.default.removeItem(atPath: after.data + "/log")
    try FileManager.default.moveItem(
      atPath: directory.path + "/older",
      toPath: after.data + "/log"
    )
    let stopped = try Program(
      "env",
      [
        "SHOPLEDGER_AUDIT_KEY=\(directory.path)/key", Program.shopledger, "serve", "--data",
        after.data,
      ],
      in: directory
    )
    defer { stopped.send(SIGKILL) }
    let isTold = try await eventually { stopped.errors.contains("signing has stopped") }
    #expect(isTold, "\(stopped.errors)")
    func cli(_ arguments: String...) async throws -> Ended {
      try await Program.run(
        Program.shopledger,
        arguments + ["--socket", after.socket],
        in: directory
      )
    }
    _ = try await eventually { try await cli("status").status == 0 }
    #expect(try await cli("status").text.contains("signing has stopped"))
    #expect(try await cli("checkpoint", "--sign").errors.contains("signing has stopped"))
    #expect(try await cli("proof", "3").errors.contains("signing has stopped"))
    #expect(try await cli("checkpoint", "publish", "--file", kept).status == 1)

    // With the file gone as well, only what is kept elsewhere tells.
    stopped.send(SIGTERM)
    _ = await stopped.end()
    try FileManager.default.removeItem(atPath: after.data + "/checkpoint")
    let forked = try await server()
    try await openShops(101...150, on: forked)
    let published = try await forked.cli(["checkpoint", "publish", "--file", kept])
    #expect(published.status == 1 && published.errors.contains("does not continue"))
    let exported = try await forked.cli(["tiles", directory.path + "/tiles", "--sign"])
    #expect(exported.status == 1 && exported.errors.contains("does not continue"))
    #expect(await forked.stop() == 0)
  }

  @Test func `without a key nothing is signed, and the answer says how to set it up`() async throws
  {
    try await withServer { server in
      let answer = try await server.get("/v1/tlog/checkpoint")
      #expect(answer.status == 409)
      #expect(try answer.json["detail"]?.string?.contains("shopledger keygen") == true)
      #expect(try await server.cli(["checkpoint", "--sign"]).status == 1)
    }
  }

  @Test func `a key that others can read stops the start`() async throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644],
      ofItemAtPath: directory.path + "/key"
    )
    let ended = try await Program.run(
      "env",
      [
        "SHOPLEDGER_AUDIT_KEY=\(directory.path)/key", Program.shopledger, "serve", "--data",
        directory.path + "/data",
      ],
      in: directory
    )
    #expect(ended.status == 1 && ended.errors.contains("chmod 600"), "\(ended.errors)")
  }
}
