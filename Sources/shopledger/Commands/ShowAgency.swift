import ArgumentParser

/// Shows the agents of a brand.
struct ShowAgency: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agency",
    abstract: "Shows a brand's agents: how many, how deep; or one agent and those above it.",
    discussion: """
      Examples:
        shopledger agency b1 --limit 20
        shopledger agency b1 li
        shopledger agency b1 --on 2017-03-11
      """
  )

  @Argument(help: "The brand.")
  var brand: String

  @Argument(help: "The agent.")
  var agent: String?

  @Option(help: "How many of the largest trees (default: 5).")
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "As the business stood at the end of this day, by what had occurred whenever it was recorded.",
      valueName: "day"
    )
  )
  var on: String?

  @OptionGroup var freshness: FreshnessOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard agent == nil || limit == nil else {
      throw ValidationError("--limit is about the brand's largest trees; leave out the agent.")
    }
  }

  func run() async throws {
    if let agent {
      let answer = try await connection.client.get(
        ["agency", brand, "agents", agent],
        freshness.query + [("on", on)]
      )
      try output.show(answer) { AgencyReport.agent($0, width: Terminal.width()) }
    } else {
      let answer = try await connection.client.get(
        ["agency", brand],
        [("limit", limit.map(String.init)), ("on", on)] + freshness.query
      )
      try output.show(answer) { AgencyReport.brand($0, width: Terminal.width()) }
    }
  }
}
