import JSON
import Testing

/// `POST /v1/commands?dryRun=1`, and `command --dry-run`.
@Suite(.sharedServer) struct DryRunRouteTests {
  private static let signUp =
    #"{"id":"dry","type":"SignUpAgent","data":{"agent":"wu","brand":"b1","sponsor":"zhao"}}"#

  @Test func `a dry run answers events and crossings, and records nothing`() async throws {
    let server = try #require(Server.shared)
    let answer = try await server.post("/v1/commands?dryRun=1", Array(Self.signUp.utf8))
    #expect(answer.status == 200 && answer.type == "application/json")
    let json = try answer.json
    #expect(json["dryRun"] == .bool(true) && json["position"] == .integer(26))
    let event = try #require(json["events"]?[0])
    #expect(event["type"] == .string("AgentSignedUp") && event["position"] == nil)
    #expect(event["recordedAt"] == nil && event["data"]?["agent"] == .string("wu"))
    // li is the root, zhao below, wu would be the third level and the third person.
    #expect(
      json["crossings"]
        == (try JSONValue(
          #"[{"brand":"b1","agent":"li","levels":3,"headcount":3,"levelsBefore":2,"#
            + #""headcountBefore":2}]"#
        ))
    )
    #expect(try await server.position() == 26)
    #expect(try await server.get("/v1/commands/dry").status == 404)
    #expect(try await server.get("/v1/people/wu").status == 404)
  }

  @Test func `a refusal is told as the command would get it`() async throws {
    let server = try #require(Server.shared)
    let late = #"{"id":"dry2","type":"ChangePrice","data":{"product":"p1","price":1000}}"#
    let refused = try await server.post("/v1/commands?dryRun=1", Array(late.utf8))
    #expect(refused.status == 422 && refused.type == "application/problem+json")
    #expect(try refused.json["rejection"] == .string("NoChange"))
    #expect(try await server.get("/v1/commands/dry2").status == 404)
    let malformed = try await server.post("/v1/commands?dryRun=1", Array("{}".utf8))
    #expect(malformed.status == 400)
  }

  @Test func `what is no plain dry run is refused, and not recorded`() async throws {
    let server = try #require(Server.shared)
    for query in ["dryRun=0", "dryRun=true", "dryRun=1&dryRun=1", "dryRun=1&receipts=all"] {
      let reply = try await server.post("/v1/commands?" + query, Array(Self.signUp.utf8))
      #expect(reply.status == 400, "\(query)")
    }
    let stream = try await server.post(
      "/v1/commands?dryRun=1",
      Array(Self.signUp.utf8),
      type: "application/x-ndjson"
    )
    #expect(stream.status == 400)
    #expect(try stream.json["detail"]?.string?.contains("send one command") == true)
    #expect(try await server.position() == 26)
  }

  @Test func `the command line tells what would be crossed`() async throws {
    let server = try #require(Server.shared)
    let run = try await server.cli([
      "command", "SignUpAgent", "agent=wu", "brand=b1", "sponsor=zhao", "--dry-run",
    ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("nothing is recorded; after event 26 it would be accepted:"))
    #expect(
      run.text.contains(
        "li would reach 3 levels and 3 people at brand b1, from 2 levels and 2 people; "
          + "the policy marks 3 levels and 3 people"
      )
    )
  }
}
