import ArgumentParser
import JSON

/// Rebuilds views from the log.
struct Rebuild: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rebuilds views from the log, one after the other, and compares old with new.",
    discussion: """
      The view answers from its old rows until the new ones have caught up. Exit status 1 when a \
      row differs.

      Examples:
        shopledger rebuild dashboard
        shopledger rebuild --all
      """
  )

  @Argument(help: ArgumentHelp("The views.", valueName: "view"))
  var views: [String] = []

  @Flag(help: "Every view.")
  var all = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard views.isEmpty == all else {
      throw ValidationError("Name the views to rebuild, or give --all.")
    }
  }

  func run() async throws {
    let client = try await connection.client
    let known = try await Self.views(client)
    var differences: Int64 = 0
    for view in all ? known.compactMap({ $0["view"]?.string }) : views {
      let outcome = try await rebuild(view, client)
      differences += outcome["differences"]?.integer ?? 0
      if !output.json { try Terminal.write([ViewsReport.outcome(of: view, outcome)]) }
    }
    if output.json { try Terminal.write(try await client.get(["views"]).body + [0x0A]) }
    if differences > 0 { throw Failure(.refused, "") }
  }

  /// Starts a rebuild and stays with it to its end.
  private func rebuild(_ name: String, _ client: LedgerClient) async throws -> JSONValue {
    let before = try await Self.views(client).first { $0["view"]?.string == name }?["lastRebuild"]
    _ = try await client.post(["views", name, "rebuild"]).checked()
    var display = ProgressDisplay()
    defer { display.end() }
    while true {
      let view = try await Self.views(client).first { $0["view"]?.string == name }
      guard let view else { throw Failure(.refused, "there is no view \(name) any more") }
      if let rebuild = view["rebuild"] {
        display.show(ViewsReport.progress(view, rebuild))
      } else if let outcome = view["lastRebuild"], outcome != before {
        return outcome
      } else {
        let detail = view["detail"].map { ": " + Figure.text($0) } ?? ""
        throw Failure(.refused, "the rebuild of \(name) ended without a result\(detail)")
      }
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  private static func views(_ client: LedgerClient) async throws -> [JSONValue] {
    try await client.get(["views"]).checked().parsed()["views"]?.array ?? []
  }
}
