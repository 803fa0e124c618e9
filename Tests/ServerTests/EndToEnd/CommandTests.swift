import Foundation
import JSON
import Testing

/// `POST /v1/commands`, one command at a time.
@Suite(.sharedServer) struct CommandTests {
  @Test func `a command is recorded once, and its answer given again`() async throws {
    try await withServer { server in
      for command in Scenario.commands.dropLast(2) {
        #expect(try await server.command(command).status == 201)
      }
      let leave = Scenario.commands[24]
      let first = try await server.command(leave)
      #expect(first.status == 201 && first.type == "application/json")
      let receipt = try first.json
      #expect(receipt.members?.map(\.name) == ["id", "outcome", "positions", "recordedAt"])
      #expect(
        receipt.sorted(without: ["recordedAt"])
          == (try JSONValue(#"{"id":"c25","outcome":"accepted","positions":[25,26]}"#))
      )
      let again = try await server.command(leave)
      #expect(again.status == 200)
      #expect(try again.json == .object((receipt.members ?? []) + [.init("repeated", .bool(true))]))
      #expect(try await server.get("/v1/commands/c25").json == receipt)
      #expect(try await server.position() == 26)
    }
  }

  @Test func `spacing, key order and the writing of the time are no other content`() async throws {
    try await withServer { server in
      let first =
        #"{"id":"a","type":"OpenShop","occurredAt":"2026-03-01T08:00:00+08:00","#
        + #""data":{"shop":"s","owner":"o","name":"n","currency":"CNY","timeZone":"Asia/Shanghai"}}"#
      let again =
        #"{ "type":"OpenShop", "occurredAt":"2026-03-01T00:00:00.000Z", "id":"a","#
        + #""data":{"timeZone":"Asia/Shanghai","currency":"CNY","name":"\u006e","owner":"o","#
        + #""shop":"s"}}"#
      #expect(try await server.command(first).status == 201)
      #expect(try await server.command(again).status == 200)
      let other = first.replacingOccurrences(of: "\"n\"", with: "\"m\"")
      let refused = try await server.command(other)
      #expect(refused.status == 422 && refused.type == "application/problem+json")
      let problem = try refused.json
      #expect(problem["rejection"] == .string("CommandIdReused"))
      #expect(problem["command"] == .string("a"))
      #expect(try await server.position() == 1)
    }
  }

  @Test func `a refusal is a problem that names itself, and is remembered`() async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      let late = #"{"id":"late","type":"ChangePrice","data":{"product":"p1","price":1000}}"#
      let first = try await server.command(late)
      #expect(first.status == 422 && first.type == "application/problem+json")
      let problem = try first.json
      #expect(problem["title"] == .string("NoChange") && problem["status"] == .integer(422))
      #expect(problem["rejection"] == .string("NoChange") && problem["repeated"] == nil)
      #expect(problem["command"] == .string("late"))
      #expect(problem["type"]?.string != nil && problem["detail"]?.string?.contains("p1") == true)
      // What was refused stays refused, though it would be accepted now.
      let change = #"{"id":"up","type":"ChangePrice","data":{"product":"p1","price":1100}}"#
      #expect(try await server.command(change).status == 201)
      let again = try await server.command(late)
      #expect(again.status == 422)
      #expect(try again.json == .object((problem.members ?? []) + [.init("repeated", .bool(true))]))
      let receipt = try await server.get("/v1/commands/late").json
      #expect(
        receipt["outcome"] == .string("rejected") && receipt["rejection"] == .string("NoChange")
      )
      #expect(try await server.position() == 27)
    }
  }

  @Test func `whoever wrote reads their own writes`() async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      for visit in 1...20 {
        let receipt = try await server.command(
          #"{"id":"w\#(visit)","type":"RecordVisit","data":{"visit":"w\#(visit)","shop":"s2","#
            + #""visitor":"ivy","entry":{"mode":"stroll"}}}"#
        ).json
        let position = try #require(receipt["positions"]?[1]?.integer)
        let answer = try await server.get("/v1/shops/s2/dashboard?after=\(position)&wait=60").json
        #expect(answer["total"]?["visits"] == .integer(Int64(visit)))
        #expect(answer["position"]?.integer ?? 0 >= position)
      }
    }
  }

  @Test(arguments: [
    "/v1/shops", "/v1/shops/s1", "/v1/shops/s1/dashboard", "/v1/brands", "/v1/agency/b1",
    "/v1/agency/b1/agents", "/v1/agency/b1/agents/li", "/v1/agency/b1/agents/li/recruits",
    "/v1/shopping-modes", "/v1/people/li", "/v1/shares/g1", "/v1/products/p1", "/v1/orders/o1",
  ])
  func `a wait that ends too early says how far it is`(path: String) async throws {
    let server = try #require(Server.shared)
    let reply = try await server.get(path + "?after=27&wait=1")
    #expect(reply.status == 504 && reply.type == "application/problem+json")
    #expect(reply.seconds >= 1)
    #expect(try reply.json["detail"]?.string?.contains("26") == true)
  }

  @Test(arguments: ["/v1/shops/s1/dashboard", "/v1/products/p1", "/v1/shopping-modes"])
  func `a question can wait for what is not recorded yet`(path: String) async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      async let waiting = server.get(path + "?after=27&wait=60")
      let change = #"{"id":"up","type":"ChangePrice","data":{"product":"p1","price":1100}}"#
      #expect(try await server.command(change).status == 201)
      let reply = try await waiting
      #expect(reply.status == 200)
      #expect(try reply.json["position"] == .integer(27))
    }
  }
}
