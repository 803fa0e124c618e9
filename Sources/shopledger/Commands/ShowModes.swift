import ArgumentParser

/// Shows how shoppers arrived.
struct ShowModes: AsyncParsableCommand {
  enum Period: String, CaseIterable, ExpressibleByArgument {
    case day
    case week
    case month
  }

  static let configuration = CommandConfiguration(
    commandName: "modes",
    abstract: "Shows how shoppers arrived: strolling, by a share or by search.",
    discussion: """
      Examples:
        shopledger modes
        shopledger modes --shop s1 --period week --from 2026-02-01
      """
  )

  @Option(help: "Of this shop only.")
  var shop: String?

  @Option(help: "Of this brand's products only.")
  var brand: String?

  @Option(help: "Gross in this currency, such as CNY.")
  var currency: String?

  @Option(help: "Also for each day, week or month, with the change from the one before.")
  var period: Period?

  @OptionGroup var range: RangeOptions
  @OptionGroup var freshness: FreshnessOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard shop == nil || brand == nil else {
      throw ValidationError("A shop or a brand, not both.")
    }
  }

  func run() async throws {
    let filters: [URLQuery.Item] = [
      ("shop", shop), ("brand", brand), ("currency", currency), ("period", period?.rawValue),
    ]
    let answer = try await connection.client.get(
      ["shopping-modes"],
      filters + range.query + freshness.query
    )
    try output.show(answer) { ModesReport.lines($0, width: Terminal.width()) }
  }
}
