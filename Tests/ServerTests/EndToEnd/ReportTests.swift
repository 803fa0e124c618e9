import Crypto
import Foundation
import JSON
import Testing

/// `report agency`, by the real program.
@Suite(.sharedServer) struct ReportTests {
  @Test func `a report has the brand's figures and trees, and says how to check them`() async throws
  {
    let server = try #require(Server.shared)
    // Of an earlier event, at which one agent had not left yet.
    let ended = try await server.cli(["report", "agency", "b1", "--as-of", "24", "--out", "early"])
    #expect(ended.status == 0, "\(ended.errors)")
    let json = try JSONValue(parsing: try contents("early.json", server))
    #expect(json["position"] == .integer(24))
    let agents = try #require(json["agents"]?.array)
    #expect(agents.map { $0["agent"]?.string } == ["li", "mei", "zhao"])
    #expect(agents.map { $0["headcount"]?.integer } == [3, 2, 1])
    #expect(agents.map { $0["levels"]?.integer } == [3, 2, 1])
    #expect(agents[0]["peak"]?["headcount"] == .integer(3))
    // 3 levels and 3 people, by the policy of the scenario: li, whose tree is drawn.
    #expect(json["overThreshold"]?.array?.count == 1)
    #expect(json["withOwnerAsLevel1"]?["levels"] == .integer(4))
    let page = String(decoding: try contents("early.html", server), as: UTF8.self)
    #expect(page.contains("<svg") && page.contains("What this report cannot know"))
    #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"))
  }

  @Test func `a report of now knows who left, and is signed over its bytes`() async throws {
    let server = try #require(Server.shared)
    let made = try await Program.run(
      Program.shopledger,
      ["keygen", "--origin", "example.com/ledger", "--key", "report.key"],
      in: server.directory
    )
    #expect(made.status == 0, "\(made.errors)")
    let ended = try await server.cli([
      "report", "agency", "b1", "--out", "now", "--key", "report.key",
    ])
    #expect(ended.status == 0, "\(ended.errors)")
    let json = try JSONValue(parsing: try contents("now.json", server))
    let mei = try #require(json["agents"]?[1])
    #expect(mei["leftAt"]?.string != nil && mei["level"] == .integer(0))
    #expect(json["overThreshold"]?.array?.isEmpty == true)
    let note = String(decoding: try contents("now.html.note", server), as: UTF8.self)
    let hash = SHA256.hash(data: try contents("now.html", server))
      .map { String(format: "%02x", $0) }.joined()
    #expect(note.hasPrefix("shopledger report\nnow.html\n\(hash)\n\n— example.com/ledger "))
  }

  @Test func `a brand that is not there has no report`() async throws {
    let server = try #require(Server.shared)
    let ended = try await server.cli(["report", "agency", "b9", "--out", "none"])
    #expect(ended.status == 1)
    #expect(!FileManager.default.fileExists(atPath: server.directory.path + "/none.html"))
  }

  private func contents(_ name: String, _ server: Server) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: server.directory.path + "/" + name))
  }
}
