import Foundation
import HTTPAPI
import JSON
import Testing

/// `/metrics` as Prometheus reads it, and what is built upon it.
@Suite struct MetricsTests {
  /// Every sample by its name and labels, as they stand in the text.
  private static func samples(_ server: Server) async throws -> [String: Double] {
    let reply = try await server.get("/metrics")
    #expect(reply.status == 200)
    #expect(reply.type == "text/plain; version=0.0.4; charset=utf-8")
    let lines = String(decoding: reply.body, as: UTF8.self).split(separator: "\n")
    let pairs = try lines.filter { !$0.hasPrefix("#") }.map { line in
      let place = try #require(line.lastIndex(of: " "))
      return (String(line[..<place]), try #require(Double(line[line.index(after: place)...])))
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  @Test func `what was done is what is counted`() async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      _ = try await server.submit(Scenario.lines)
      _ = try await server.command("nonsense")
      _ = try await server.get("/v1/shops/s1/dashboard?after=26&wait=60")
      _ = try await server.get("/v1/shops/none/dashboard")
      _ = try await server.get("/v1/nowhere/at/all")
      for view in ["dashboard", "agency", "modes", "people", "index"] {
        let isThere = try await eventually {
          try await Self.samples(server)["shopledger_view_position{view=\"\(view)\"}"] == 26
        }
        #expect(isThere, "\(view)")
      }
      let samples = try await Self.samples(server)
      func commands(_ type: String, _ outcome: String) -> Double? {
        samples["shopledger_commands_total{type=\"\(type)\",outcome=\"\(outcome)\"}"]
      }
      #expect(commands("Purchase", "accepted") == 6)
      #expect(commands("Purchase", "rejected") == 1)
      #expect(commands("Purchase", "repeated") == 7)
      #expect(commands("OpenShop", "accepted") == 2)
      #expect(commands("none", "malformed") == 1)
      #expect(samples["shopledger_refusals_total{reason=\"StalePrice\"}"] == 1)
      #expect(samples["shopledger_log_head"] == 26)
      #expect(samples["shopledger_batch_commands_sum"] == 52)
      let commits = try #require(samples["shopledger_commit_seconds_count"])
      #expect(commits >= 1 && commits <= 26)
      #expect(samples["shopledger_commit_seconds_bucket{le=\"+Inf\"}"] == commits)
      #expect(samples["shopledger_writer_up"] == 1)
      #expect(samples["shopledger_view_state{view=\"modes\",state=\"live\"}"] == 1)
      #expect(samples["shopledger_view_lag_events{view=\"modes\"}"] == 0)
      func requests(_ method: String, _ route: String, _ status: Int) -> Double? {
        samples[
          "shopledger_http_requests_total{method=\"\(method)\",route=\"\(route)\",status=\"\(status)\"}"
        ]
      }
      #expect(requests("POST", "/v1/commands", 200) == 2)
      #expect(requests("POST", "/v1/commands", 400) == 1)
      #expect(requests("GET", "/v1/shops/{shop}/dashboard", 200) == 1)
      #expect(requests("GET", "/v1/shops/{shop}/dashboard", 404) == 1)
      #expect(requests("GET", "none", 404) == 1)
      let used = try #require(samples["shopledger_lmdb_used_bytes{environment=\"log\"}"])
      let size = try FileManager.default.attributesOfItem(atPath: server.data + "/log/data.mdb")
      let fileSize = try #require(size[.size] as? Int)
      #expect(used > 0 && used <= Double(fileSize))
      let memory = try #require(samples["shopledger_anonymous_memory_bytes"])
      #expect(memory > 1e6 && memory < 1e9)
    }
  }

  private static let hasPromtool = FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")
  private static let config = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../config").standardizedFileURL.path

  @Test(.enabled(if: hasPromtool, "promtool is not installed: apt-get install prometheus"))
  func `promtool finds nothing to mend`() async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      let reply = try await server.get("/metrics")
      let check = try await Program.run(
        "/usr/bin/promtool",
        ["check", "metrics"],
        input: reply.body,
        in: server.directory
      )
      #expect(check.status == 0, "\(check.text)\(check.errors)")
      for words in [
        ["check", "rules", "prometheus-alerts.yml"],
        ["test", "rules", "prometheus-alerts.test.yml"],
      ] {
        let file = Self.config + "/" + words[2]
        let rules = try await Program.run(
          "/usr/bin/promtool",
          words.dropLast() + [file],
          in: server.directory
        )
        #expect(rules.status == 0, "\(rules.text)\(rules.errors)")
      }
    }
  }

  @Test(arguments: ["prometheus-alerts.yml", "grafana-dashboard.json"])
  func `what the files in config ask for is there`(file: String) async throws {
    try await withServer { server in
      _ = try await server.submit(Scenario.lines)
      let shown = Set(
        try await Self.samples(server).keys.map { String($0.prefix { $0 != "{" }) }
      )
      let text = try String(contentsOfFile: Self.config + "/" + file, encoding: .utf8)
      let asked = Set(
        text.matches(of: /\b(?:shopledger|process)_[a-z_]+/).map { String($0.output) }
      )
      #expect(asked.count > 5)
      // It is there as long as a view is being built, and no longer.
      let passing: Set = ["shopledger_view_rebuild_progress_ratio"]
      #expect(asked.subtracting(shown).subtracting(passing) == [])
    }
  }

  @Test func `an answer has the name that its lines in the log have`() async throws {
    let directory = try TestDirectory()
    let settings = directory.path + "/settings.json"
    try Data(#"{"slowMilliseconds": 100}"#.utf8).write(to: URL(fileURLWithPath: settings))
    let server = try await Server(in: directory, ["--config", settings])
    let connection = try RawConnection(server)
    try connection.send(Wire.get("/v1/shops?after=1&wait=60"))
    try await Task.sleep(for: .milliseconds(300))
    _ = try await server.command(Wire.shop("s"))
    let answer = try connection.answer()
    #expect(answer.status == 200)
    let id = try #require(answer.fields["x-request-id"])
    #expect(await server.stop() == 0)
    let lines = server.program.errors.split(separator: "\n").filter { $0.contains("request=\(id)") }
    #expect(lines.contains { $0.contains("waited for the view") && $0.contains("view=dashboard") })
    #expect(lines.contains { $0.contains("slow request") && $0.contains("status=200") })
  }
}
