import Foundation
import JSON
import Testing

/// Who tried what, and who did what.
@Suite struct RecordOfUseTests {
  @Test func `refusals are listed with reason, type and sender, and survive`() async throws {
    let directory = try TestDirectory()
    for _ in 0..<2 {
      try await withServer(in: directory) { server in
        _ = try await server.submit(Scenario.lines)
        for id in ["x1", "x2", "x3"] {
          let command = Wire.shop("s1").replacingOccurrences(
            of: #""id":"s1""#,
            with: #""id":"\#(id)""#
          )
          #expect(try await server.command(command).status == 422)
        }
        let stale = #"{"id":"x4","type":"ChangePrice","data":{"product":"nowhere","price":1}}"#
        #expect(try await server.command(stale).status == 422)

        let all = try #require(try await server.get("/v1/refusals").json["refusals"]?.array)
        let own = all.filter { $0["command"]?.string?.hasPrefix("x") == true }
        #expect(own.map { $0["command"]?.string } == ["x1", "x2", "x3", "x4"])
        #expect(
          own.map { $0["type"]?.string } == ["OpenShop", "OpenShop", "OpenShop", "ChangePrice"]
        )
        #expect(own.allSatisfy { $0["peer"]?.integer == Int64(getuid()) })
        #expect(own[0]["rejection"]?.string == "ShopExists" && own[0]["detail"]?.string != nil)

        let first = try #require(own[0]["refusal"]?.integer)
        let page = try await server.get("/v1/refusals?after=\(first)&limit=1&reason=ShopExists")
          .json
        #expect(page["refusals"]?.array?.map { $0["command"]?.string } == ["x2"])
        #expect(page["next"]?.integer == first + 1)
        let nobody = try await server.get("/v1/refusals?peer=4000000").json
        #expect(nobody["refusals"]?.array == [])
        #expect(try await server.get("/v1/refusals?reason=Nothing").status == 400)
        let listed = try await server.cli(["refusals", "--reason", "UnknownProduct"])
        #expect(listed.text.contains("UnknownProduct  ChangePrice  x4  peer \(getuid())"))
      }
    }
  }

  @Test func `operations are listed with who asked for them, and are in a backup`() async throws {
    let directory = try TestDirectory()
    let path = directory.path
    try await withServer(in: directory) { server in
      _ = try await server.submit(Scenario.lines)
      #expect(try await server.cli(["rebuild", "modes"]).status == 0)
      #expect(try await server.cli(["rollback", "modes"]).status == 0)
      #expect(try await server.cli(["rollback", "nothing"]).status == 1)
      #expect(try await server.cli(["backup", path + "/backup"]).status == 0)
      let list = try #require(try await server.get("/v1/operations").json["operations"]?.array)
      #expect(list.map { $0["operation"]?.string } == ["start", "rebuild", "rollback", "backup"])
      #expect(list.map { $0["number"]?.integer } == [1, 2, 3, 4])
      #expect(list.allSatisfy { $0["by"]?.string == "user \(getuid())" })
      #expect(list[1]["view"]?.string == "modes" && list[1]["position"]?.integer == 26)
      let root = try await server.get("/v1/status").json["log"]?["rootHash"]
      #expect(list[3]["rootHash"] == root)
      let page = try await server.get("/v1/operations?after=1&limit=2").json
      #expect(page["operations"]?.array?.count == 2 && page["next"]?.integer == 3)
      let table = try await server.cli(["operations"])
      #expect(table.text.contains("rollback") && table.text.contains("view=modes"))
    }
    // A line that a crash has cut was never answered for; it makes room for the next.
    let file = path + "/data/operations.ndjson"
    let handle = try #require(FileHandle(forWritingAtPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"at":"2026"#.utf8))
    try handle.close()
    let restored = try await Program.run(
      Program.shopledger,
      ["restore", path + "/backup", "--data", path + "/copy"],
      in: directory
    )
    #expect(restored.status == 0)
    for (data, operations) in [
      (path + "/data", ["start", "rebuild", "rollback", "backup", "stop", "start"]),
      (path + "/copy", ["start", "rebuild", "rollback", "backup", "restore", "start"]),
    ] {
      let server = try await Server(in: directory, data: data)
      let list = try #require(try await server.get("/v1/operations").json["operations"]?.array)
      #expect(list.map { $0["operation"]?.string } == operations)
      #expect(await server.stop() == 0)
    }
  }
}
