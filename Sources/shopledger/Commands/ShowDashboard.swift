import ArgumentParser

/// Shows a shop's dashboard.
struct ShowDashboard: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard",
    abstract: "Shows a shop's figures: in all, by mode, by kind of goods and by day.",
    discussion: """
      Examples:
        shopledger dashboard s1
        shopledger dashboard s1 --from 2026-03-01 --to 2026-03-31 --json
      """
  )

  @Argument(help: "The shop.")
  var shop: String

  @OptionGroup var range: RangeOptions
  @OptionGroup var freshness: FreshnessOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await connection.client.get(
      ["shops", shop, "dashboard"],
      range.query + freshness.query
    )
    try output.show(answer) { DashboardReport.lines($0, width: Terminal.width()) }
  }
}
