import ArgumentParser
import JSON

/// Lists what was done to the ledger beside commands.
struct ListOperations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations",
    abstract:
      "Lists starts, stops, rebuilds, rollbacks, backups and restores, and who asked for them.",
    discussion: """
      Takes the role audit. Policies are events: shopledger events --type PolicyAdopted.

      Example:
        shopledger operations
      """
  )

  @Option(help: ArgumentHelp("Begin behind this number.", valueName: "number"))
  var after: UInt64 = 0

  @Option(help: ArgumentHelp("How many at most, up to 1000.", valueName: "count"))
  var limit = 500

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await connection.client.get(
      ["operations"],
      [("after", String(after)), ("limit", String(limit))]
    )
    try output.show(answer) { page in
      var table = Table([
        .figure("number"), .text("at"), .text("operation"), .text("by"), .figure("position"),
        .text("detail"),
      ])
      for entry in page["operations"]?.array ?? [] {
        table.add([
          Figure.text(entry["number"]), Figure.text(entry["at"]), Figure.text(entry["operation"]),
          Figure.text(entry["by"]), Figure.count(entry["position"]), Self.detail(entry),
        ])
      }
      if let next = page["next"]?.integer { Terminal.writeError("more with --after \(next)\n") }
      return table.lines(width: Terminal.width())
    }
  }

  private static func detail(_ entry: JSONValue) -> String {
    let shown: Set = ["number", "at", "operation", "by", "position", "rootHash"]
    return (entry.members ?? []).filter { !shown.contains($0.name) }
      .map { $0.name + "=" + Figure.text($0.value) }.joined(separator: " ")
  }
}
