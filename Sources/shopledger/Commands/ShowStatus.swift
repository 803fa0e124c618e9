import ArgumentParser

/// Shows how the server does.
struct ShowStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows the server's version, the log's last event, sizes and uptime.",
    discussion: """
      Example:
        shopledger status
      """
  )

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await connection.client.get(["status"])
    try output.show(answer) { ThingReport.lines($0, width: Terminal.width()) }
  }
}
