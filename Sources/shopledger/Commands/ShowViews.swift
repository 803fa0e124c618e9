import ArgumentParser

/// Shows where the views stand.
struct ShowViews: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "views",
    abstract: "Shows how far each view is behind the log, and rebuilds that run.",
    discussion: """
      Example:
        shopledger views
      """
  )

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await connection.client.get(["views"])
    try output.show(answer) { ViewsReport.lines($0, width: Terminal.width()) }
  }
}
