import ArgumentParser

/// Takes a view back to the generation before.
struct Rollback: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes a view back to the generation before its last rebuild.",
    discussion: """
      Example:
        shopledger rollback dashboard
      """
  )

  @Argument(help: "The view.")
  var view: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await connection.client.post(["views", view, "rollback"])
    try output.show(answer) { _ in ["\(view): back at the generation before"] }
  }
}
