import ArgumentParser

/// Shows one thing as it stands.
struct ShowThing: AsyncParsableCommand {
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case product
    case share
    case order
    case person
    case command

    var collection: String { self == .person ? "people" : rawValue + "s" }
  }

  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows a product, share, order or person as it stands, or a command's receipt.",
    discussion: """
      Examples:
        shopledger show share g12
        shopledger show command s1-100
      """
  )

  @Argument(help: "What it is.")
  var kind: Kind

  @Argument(help: "Its id; a person's name.")
  var id: String

  @OptionGroup var freshness: FreshnessOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await connection.client.get([kind.collection, id], freshness.query)
    try output.show(answer) { ThingReport.lines($0, width: Terminal.width()) }
  }
}
