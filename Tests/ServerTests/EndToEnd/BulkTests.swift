import Foundation
import JSON
import Testing

/// `POST /v1/commands` with a command a line.
@Suite struct BulkTests {
  private static func shop(_ id: String) -> String {
    #"{"id":"open-\#(id)","type":"OpenShop","data":{"shop":"\#(id)","owner":"o","name":"n","#
      + #""currency":"CNY","timeZone":"Asia/Shanghai"}}"#
  }

  /// Good and bad lines, blank ones between them, the last one without a line break.
  private static let mixed = [
    shop("s1"), "", "no JSON", shop("s1"), "  \t", #"{"id":"a","type":"Nothing","data":{}}"#,
    String(repeating: "x", count: 300_000), shop("s2") + "\r",
    #"{"id":"b","type":"OpenShop","data":{"shop":"s2","owner":"o","name":"n","currency":"CNY","#
      + #""timeZone":"Asia/Shanghai"}}"#,
    "[]", shop("s3"), "", String(repeating: "y", count: 262_145), shop("s4"),
  ].joined(separator: "\n")

  private static let outcomes = [
    #"{"id":"open-s1","outcome":"accepted","positions":[1,1]}"#,
    #"{"outcome":"malformed"}"#,
    #"{"id":"open-s1","outcome":"accepted","positions":[1,1],"repeated":true}"#,
    #"{"id":"a","outcome":"malformed"}"#,
    #"{"outcome":"malformed"}"#,
    #"{"id":"open-s2","outcome":"accepted","positions":[2,2]}"#,
    #"{"id":"b","outcome":"rejected","rejection":"ShopExists"}"#,
    #"{"outcome":"malformed"}"#,
    #"{"id":"open-s3","outcome":"accepted","positions":[3,3]}"#,
    #"{"outcome":"malformed"}"#,
    #"{"id":"open-s4","outcome":"accepted","positions":[4,4]}"#,
  ]

  private static func shape(_ receipts: some Sequence<JSONValue>) -> [JSONValue] {
    receipts.map { $0.sorted(without: ["recordedAt", "detail"]) }
  }

  private static func values(_ texts: [String]) throws -> [JSONValue] {
    try texts.map { try JSONValue($0).sorted() }
  }

  @Test func `a bad line spoils only itself, and every line has its receipt in order`() async throws
  {
    try await withServer { server in
      let receipts = try await server.submit(Self.mixed)
      #expect(try Self.shape(receipts.dropLast()) == (Self.values(Self.outcomes)))
      for receipt in receipts.dropLast() {
        let isAccepted = receipt["outcome"] == .string("accepted")
        #expect((receipt["detail"] == nil) == isAccepted)
        let isMalformed = receipt["outcome"] == .string("malformed")
        #expect((receipt["recordedAt"] == nil) == isMalformed)
      }
      #expect(
        try receipts.last
          == (JSONValue(
            #"{"summary":{"accepted":5,"repeated":1,"rejected":1,"malformed":5,"unavailable":0}}"#
          ))
      )
    }
  }

  @Test func `everything sent again is answered as before, and nothing is appended`() async throws {
    try await withServer { server in
      let first = try await server.submit(Scenario.lines).dropLast()
      let again = try await server.submit(Scenario.lines)
      #expect(first.count == 26)
      #expect(
        Array(again.dropLast())
          == first.map { .object(($0.members ?? []) + [.init("repeated", .bool(true))]) }
      )
      #expect(
        try again.last
          == (JSONValue(
            #"{"summary":{"accepted":25,"repeated":26,"rejected":1,"malformed":0,"unavailable":0}}"#
          ))
      )
      #expect(try await server.position() == 26)
    }
  }

  @Test func `only what was not accepted is told to those who ask for no more`() async throws {
    try await withServer { server in
      let receipts = try await server.submit(Self.mixed, "?receipts=refused")
      let refused = Self.outcomes.filter { !$0.contains("accepted") }
      #expect(try Self.shape(receipts.dropLast()) == (Self.values(refused)))
      #expect(receipts.last?["summary"]?["accepted"] == .integer(5))
    }
  }

  @Test(arguments: ["", "\n\n", " \r\n"])
  func `a body without a command has a summary`(body: String) async throws {
    try await withServer { server in
      let receipts = try await server.submit(body)
      #expect(receipts.map { $0["summary"]?["accepted"] } == [.integer(0)])
    }
  }

  @Test(arguments: [
    "application/x-ndjson; charset=utf-8", "Application/X-NDJSON", "application/ndjson",
  ])
  func `the type of the body may be written otherwise`(type: String) async throws {
    try await withServer { server in
      let reply = try await server.post("/v1/commands", Array(Scenario.lines.utf8), type: type)
      #expect(reply.body.split(separator: UInt8(ascii: "\n")).count == 27)
    }
  }

  @Test func `a sender who waits for each receipt gets it while the body is open`() async throws {
    try await withServer { server in
      let client = try Program.python(
        Clients.oneByOne,
        [server.socket],
        input: Array(Scenario.lines.utf8),
        in: server.directory
      )
      let ended = await client.end()
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.lines.count { $0.contains("outcome") } == 26)
      #expect(ended.text.contains(#"{"summary":{"accepted":25"#))
    }
  }

  @Test func `a body that breaks off inside a line leaves the whole lines`() async throws {
    try await withServer { server in
      let client = try Program.python(
        Clients.breakingOff,
        [server.socket],
        input: Array((Self.shop("s1") + "\n" + Self.shop("s2")).utf8.dropLast(5)),
        in: server.directory
      )
      #expect(await client.end().status == 0)
      #expect(try await server.get("/v1/commands/open-s1").status == 200)
      #expect(try await server.get("/v1/commands/open-s2").status == 404)
      #expect(try await server.submit(Self.shop("s2")).first?["outcome"] == .string("accepted"))
    }
  }
}
