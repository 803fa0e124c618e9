import Foundation
import Testing

/// The program of a browser that this machine has.
private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

/// A page in a real browser: that it comes through, and that its script runs under its policy.
///
/// `tools/test-web` looks at every page; this tells early when none works any more.
@Suite(.enabled(if: chromium != nil, "there is no Chromium to try the pages in"))
struct BrowserTests {
  @Test(.timeLimit(.minutes(2))) func `the link of a token opens the overview`() async throws {
    let server = try await Server(
      in: try TestDirectory(),
      under: ["env", "SHOPLEDGER_TCP_LISTEN=127.0.0.1:0"]
    )
    _ = try await server.submit(Scenario.lines)
    _ = try await server.get("/v1/shopping-modes?after=26&wait=60")
    let added = try await Program.run(
      Program.shopledger,
      ["token", "add", "office", "--role", "read", "--data", server.data],
      in: server.directory
    )
    let ready = try await eventually { server.program.errors.contains("http://127.0.0.1:") }
    try #require(ready, "\(server.program.errors)")
    let address = try #require(
      server.program.errors.firstMatch(of: #/http:\/\/127\.0\.0\.1:[0-9]+/#)?.output
    )
    let browser = try await Program.run(
      try #require(chromium),
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
        "--user-data-dir=" + server.directory.path + "/browser",
        "\(address)/login?token=\(added.lines[0])",
      ],
      in: server.directory
    )
    #expect(browser.text.contains(#"data-figure="orders""#), "\(browser.text.prefix(500))")
    // The script says so itself.
    #expect(browser.text.contains(#"class="scripted""#))
    #expect(await server.stop() == 0, "\(server.program.errors)")
  }
}
