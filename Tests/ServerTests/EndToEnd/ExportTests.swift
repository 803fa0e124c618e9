import Foundation
import JSON
import Testing

/// `export`, `import` and `GET /v1/export`, by the real program.
struct ExportTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func `an export is the ledger, over the socket and from the directory`() async throws {
    let directory = try TestDirectory()
    var served: [UInt8] = []
    try await withServer(in: directory) { server in
      _ = try await server.submit(Scenario.lines)
      let ended = try await server.cli(["export", "--output", "ledger.ndjson"])
      #expect(ended.status == 0 && ended.output.isEmpty, "\(ended.errors)")
      served = try await server.get("/v1/export").body
      let part = try await server.get("/v1/export?shop=s2&type=ProductListed&names=false")
      #expect(part.type == "application/x-ndjson")
      #expect(part.body.split(separator: 0x0A).count == 3)
      for query in ["names=no", "shop=s9", "limit=3", "command=c01"] {
        #expect(try await server.get("/v1/export?" + query).status >= 400, "\(query)")
      }
    }
    let path = directory.path + "/ledger.ndjson"
    #expect(FileManager.default.contents(atPath: path).map(Array.init) == served)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let stopped = try await run(["export", "--data", "data"], in: directory)
    #expect(stopped.status == 0 && stopped.output == served, "\(stopped.errors)")

    let imported = try await run(["import", "ledger.ndjson", "--data", "again"], in: directory)
    #expect(imported.status == 0 && imported.text.contains("26"), "\(imported.errors)")
    let verified = try await run(["verify", "--data", "again"], in: directory)
    #expect(verified.status == 0, "\(verified.text)")
    let second = try await run(["import", "ledger.ndjson", "--data", "again"], in: directory)
    #expect(second.status == 1 && second.errors.contains("nothing is put over what is there"))
    // The same ids are known to the new ledger; the one that was refused is decided anew.
    try FileManager.default.removeItem(atPath: directory.path + "/data")
    try FileManager.default.moveItem(
      atPath: directory.path + "/again",
      toPath: directory.path + "/data"
    )
    try await withServer(in: directory) { server in
      let again = try await server.submit(Scenario.lines)
      #expect(again.last?["summary"]?["repeated"] == .integer(25))
      #expect(try await server.position() == 26)
    }
  }

  @Test func `a file that is cut off is not imported`() async throws {
    let directory = try TestDirectory()
    try await withServer(in: directory) { server in
      _ = try await server.submit(Scenario.lines)
      let whole = try await server.get("/v1/export").body
      let cut = Array(whole.dropLast(300))
      let ended = try await Program.run(
        Program.shopledger,
        ["import", "-", "--data", "new"],
        input: cut,
        in: directory
      )
      #expect(ended.status == 1 && ended.errors.contains("cut off; export again"))
      #expect(!FileManager.default.fileExists(atPath: directory.path + "/new"))
    }
  }

  /// Where tools/check-export has installed it, the public SDK reads every line.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(
        atPath: root.appendingPathComponent(".build/cloudevents/bin/python").path
      ),
      "run tools/check-export once, which installs the CloudEvents SDK"
    )
  )
  func `a public SDK takes every line for a CloudEvent, and the root is the ledger's`() async throws
  {
    let directory = try TestDirectory()
    try await withServer(in: directory) { server in
      _ = try await server.submit(Scenario.lines)
      let export = try await server.get("/v1/export").body
      let ended = try await Program.run(
        Self.root.appendingPathComponent("tools/check-export").path,
        ["-"],
        input: export,
        in: directory
      )
      let hash = try #require(try await server.get("/v1/status").json["log"]?["rootHash"]?.string)
      #expect(ended.status == 0 && ended.text.contains("26 CloudEvents"), "\(ended.errors)")
      #expect(ended.text.contains(hash))
    }
  }

  private func run(_ arguments: [String], in directory: TestDirectory) async throws -> Ended {
    try await Program.run(Program.shopledger, arguments, in: directory)
  }
}
