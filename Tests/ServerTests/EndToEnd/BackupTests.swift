import Foundation
import JSON
import Testing

/// Backing up while the server runs, and what a ledger is made of the backup.
@Suite struct BackupTests {
  private func verify(_ directory: String, in test: TestDirectory) async throws -> JSONValue {
    let ended = try await Program.run(
      Program.shopledger,
      ["verify", "--json", "--data", directory],
      in: test
    )
    return try JSONValue(ended.text)
  }

  private func backUp(_ server: Server, to name: String = "backup") async throws -> JSONValue {
    let ended = try await server.cli(["backup", server.directory.path + "/" + name, "--json"])
    try #require(ended.status == 0, "\(ended.errors)")
    return try JSONValue(ended.text)
  }

  private func restore(
    _ backup: String,
    to data: String,
    in test: TestDirectory
  ) async throws
    -> Ended
  {
    try await Program.run(Program.shopledger, ["restore", backup, "--data", data], in: test)
  }

  /// So many shops, with ids that begin in the same way, and between them commands that are refused.
  private func commands(_ prefix: String, _ count: Int) -> String {
    (0..<count).map { index in
      Wire.shop("\(prefix)\(index)") + "\n"
        + Wire.shop("\(prefix)\(index)").replacingOccurrences(
          of: #""id":""#,
          with: #""id":"again-"#
        )
    }.joined(separator: "\n")
  }

  @Test func `a backup holds what was recorded, and becomes a ledger that answers the same`()
    async throws
  {
    let directory = try TestDirectory()
    let (backup, copy) = (directory.path + "/backup", directory.path + "/copy")
    var answers: [[UInt8]] = []
    let asked = [
      "/v1/events?limit=1000", "/v1/commands/c1", "/v1/shops/s1/dashboard?after=26",
      "/v1/orders/o1", "/v1/people/mei?after=26",
    ]
    var root = ""
    try await withServer(in: directory) { server in
      _ = try await server.submit(Scenario.lines)
      _ = try await server.submit(commands("r", 5))
      for path in asked { answers.append(try await server.get(path).body) }
      let contents = try await backUp(server)
      #expect(contents["position"]?.integer == contents["added"]?.integer)
      root = contents["rootHash"]?.string ?? ""
      #expect(root == (try await server.get("/v1/status").json["log"]?["rootHash"]?.string))
    }
    let verified = try await verify(backup, in: directory)
    #expect(verified["clean"]?.bool == true && verified["rootHash"]?.string == root)
    let restored = try await restore(backup, to: copy + "/data", in: directory)
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(restored.text.contains(root) && restored.text.contains("a fork from event"))
    let mark = try JSONValue(
      parsing: try #require(FileManager.default.contents(atPath: copy + "/data/restored.json"))
    )
    #expect(mark["rootHash"]?.string == root && mark["epoch"]?.integer == 2)
    let other = try await Server(in: directory, data: copy + "/data")
    defer { other.program.send(SIGKILL) }
    for (path, answer) in zip(asked, answers) {
      #expect(try await other.get(path).body == answer, "\(path)")
    }
    // What was refused gets the same answer again, and what was accepted is not recorded twice.
    let receipts = try await other.submit(commands("r", 5))
    #expect(receipts.last?["summary"]?["repeated"]?.integer == 10)
  }

  @Test func `a later backup adds what is missing, also beside a server that takes commands`()
    async throws
  {
    let directory = try TestDirectory()
    var position: Int64 = 0
    try await withServer(in: directory) { server in
      _ = try await server.submit(commands("a", 300))
      #expect(try await backUp(server)["added"]?.integer == 300)
      async let more = server.submit(commands("b", 4_000))
      for _ in 0..<5 {
        let contents = try await backUp(server)
        #expect(try #require(contents["position"]?.integer) >= position)
        position = try #require(contents["position"]?.integer)
      }
      _ = try await more
      let last = try await backUp(server)
      #expect(last["position"]?.integer == 4_300)
      #expect(last["added"]?.integer == 4_300 - position)
    }
    let verified = try await verify(directory.path + "/backup", in: directory)
    #expect(verified["clean"]?.bool == true && verified["events"]?.integer == 4_300)
    // Where no server runs, the same directory is gone on with.
    let stopped = try await Program.run(
      Program.shopledger,
      ["backup", directory.path + "/backup", "--data", directory.path + "/data"],
      in: directory
    )
    #expect(stopped.status == 0 && stopped.text.contains("4,300 events, 0 of them new"))
  }

  @Test func `what is in use, not empty, foreign or damaged is refused with the cure`() async throws
  {
    let directory = try TestDirectory()
    let (backup, path) = (directory.path + "/backup", directory.path)
    try await withServer(in: directory) { server in
      _ = try await server.submit(commands("a", 300))
      _ = try await backUp(server)
      for (target, reason) in [
        (server.data, "is in use"), (path, "name an empty directory"),
        ("/proc/nowhere", "/proc/nowhere"),
      ] {
        let refused = try await server.cli(["backup", target])
        #expect(refused.status == 1 && refused.errors.contains(reason), "\(refused.errors)")
      }
      let busy = try await restore(backup, to: server.data, in: directory)
      #expect(busy.status == 1 && busy.errors.contains("in use"))
    }
    let served = try await Program.run(
      Program.shopledger,
      ["serve", "--data", backup],
      in: directory
    )
    #expect(served.status == 1 && served.errors.contains("restore"))
    let full = try await restore(backup, to: path + "/data", in: directory)
    #expect(full.status == 1 && full.errors.contains("is not empty"))
    let other = try TestDirectory()
    try await withServer(in: other) { server in
      let refused = try await server.cli(["backup", backup])
      #expect(refused.status == 1 && refused.errors.contains("of another ledger"))
    }
    // The shop's id, in its record and wherever else it stands.
    let file = backup + "/log/data.mdb"
    var bytes = try #require(FileManager.default.contents(atPath: file))
    while let place = bytes.range(of: Data("a299".utf8)) { bytes[place.lowerBound] ^= 1 }
    try bytes.write(to: URL(fileURLWithPath: file))
    let damaged = try await restore(backup, to: path + "/new", in: directory)
    #expect(damaged.status == 1 && damaged.errors.contains("does not verify"))
    #expect(!FileManager.default.fileExists(atPath: path + "/new"))
  }

  @Test func `a restored ledger does not go on with the backups of the one that it left`()
    async throws
  {
    let directory = try TestDirectory()
    let copy = directory.path + "/copy"
    try await withServer(in: directory) { server in
      _ = try await server.submit(commands("a", 10))
      _ = try await backUp(server)
      _ = try await server.submit(commands("b", 10))
      _ = try await restore(directory.path + "/backup", to: copy, in: directory)
      _ = try await backUp(server)
    }
    let other = try await Server(in: directory, data: copy)
    defer { other.program.send(SIGKILL) }
    _ = try await other.submit(commands("c", 20))
    let refused = try await other.cli(["backup", directory.path + "/backup"])
    #expect(refused.status == 1 && refused.errors.contains("not the first ones of this ledger"))
  }

  @Test func `a restored ledger signs under another name`() async throws {
    let directory = try TestDirectory()
    let (copy, key) = (directory.path + "/copy", directory.path + "/key")
    try await withServer(in: directory) { server in
      _ = try await server.submit(commands("a", 10))
      _ = try await backUp(server)
    }
    let made = try await Program.run(
      Program.shopledger,
      ["keygen", "--origin", "example.com/ledger", "--key", key],
      in: directory
    )
    try #require(made.status == 0, "\(made.errors)")
    _ = try await restore(directory.path + "/backup", to: copy, in: directory)
    for (data, origin) in [
      (directory.path + "/data", "example.com/ledger"), (copy, "example.com/ledger/epoch2"),
    ] {
      let server = try await Server(
        in: directory,
        under: ["env", "SHOPLEDGER_AUDIT_KEY=" + key],
        data: data
      )
      let checkpoint = try await server.get("/v1/tlog/checkpoint").body
      #expect(String(decoding: checkpoint, as: UTF8.self).hasPrefix(origin + "\n10\n"))
      #expect(await server.stop() == 0)
    }
  }
}
