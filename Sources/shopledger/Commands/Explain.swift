import ArgumentParser

/// Shows the events behind a figure.
struct Explain: AsyncParsableCommand {
  enum View: String, CaseIterable, ExpressibleByArgument {
    case dashboard
    case agency
    case modes
  }

  static let configuration = CommandConfiguration(
    abstract: "Shows the events behind a figure: what each moved it by, up to what it is.",
    discussion: """
      A figure is named by its place in the view's answer in JSON, such as gross or
      modes.share.orders; a wrong name is told which there are.

      Examples:
        shopledger explain dashboard s12 --day 2017-03-11 --figure gross
        shopledger explain agency b1 m91 --figure headcount
        shopledger explain modes --shop s12 --figure sharing.greatestCascade
      """
  )

  @Argument(help: "The view.")
  var view: View

  @Argument(help: "The shop of a dashboard; the brand of an agency, then perhaps the agent.")
  var things: [String] = []

  @Option(help: "The figure.")
  var figure: String

  @Option(help: ArgumentHelp("Of this local day only.", valueName: "day"))
  var day: String?

  @Option(help: "Modes of this shop only.")
  var shop: String?

  @Option(help: "Modes of this brand's products only.")
  var brand: String?

  @Option(help: "Gross in this currency, such as CNY.")
  var currency: String?

  @Option(help: "How many events at most (default: 100).")
  var limit: Int?

  @Option(help: "The page behind the one that ended with this cursor.")
  var cursor: String?

  @OptionGroup var range: RangeOptions
  @OptionGroup var freshness: FreshnessOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let wanted: ClosedRange<Int> =
      switch view {
      case .dashboard: 1...1
      case .agency: 1...2
      case .modes: 0...0
      }
    guard wanted.contains(things.count) else {
      throw ValidationError(
        "Give a dashboard its shop, an agency its brand and perhaps an agent, and modes neither."
      )
    }
  }

  func run() async throws {
    var path = ["explain", view.rawValue] + things.prefix(1)
    if things.count == 2 { path += ["agents", things[1]] }
    let answer = try await connection.client.get(
      path,
      [
        ("figure", figure), ("day", day), ("shop", shop), ("brand", brand),
        ("currency", currency), ("limit", limit.map(String.init)), ("cursor", cursor),
      ] + range.query + freshness.query
    )
    try output.show(answer) { ExplainReport.lines($0, width: Terminal.width()) }
  }
}
