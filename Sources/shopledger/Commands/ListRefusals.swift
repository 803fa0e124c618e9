import ArgumentParser
import JSON

/// Lists refused commands.
struct ListRefusals: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refusals",
    abstract: "Lists the commands that were refused, with the reason and who sent them.",
    discussion: """
      The last 1,048,576 are kept. Takes the role audit.

      Examples:
        shopledger refusals --reason StalePrice
        shopledger refusals --peer 1001 --after 5000 --limit 20
      """
  )

  @Option(help: ArgumentHelp("Begin behind this number.", valueName: "number"))
  var after: UInt64 = 0

  @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
  var limit = 500

  @Option(help: ArgumentHelp("Only those with this reason, such as StalePrice.", valueName: "name"))
  var reason: String?

  @Option(help: ArgumentHelp("Only those that this user sent, by id.", valueName: "user"))
  var peer: UInt32?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let client = try await connection.client
    var (left, after) = (limit, after)
    while true {
      let answer = try await client.get(
        ["refusals"],
        [
          ("after", String(after)), ("limit", String(min(left, 500))), ("reason", reason),
          ("peer", peer.map(String.init)),
        ]
      ).checked()
      let page = try answer.parsed()
      let refusals = page["refusals"]?.array ?? []
      // A page without any says nothing; there may be more behind it.
      if !refusals.isEmpty || page["next"] == nil {
        try output.show(answer) { _ in refusals.map(Self.line) }
      }
      left -= refusals.count
      guard let next = page["next"]?.integer else { return }
      guard left > 0 else { return Terminal.writeError("more with --after \(next)\n") }
      after = UInt64(next)
    }
  }

  /// One refusal, such as `7  2026-03-01T00:00:00Z  StalePrice  Purchase  c12  peer 1001  o1 costs …`.
  private static func line(_ refusal: JSONValue) -> String {
    [
      Figure.text(refusal["refusal"]), Figure.text(refusal["recordedAt"]),
      Figure.text(refusal["rejection"]), Figure.text(refusal["type"]),
      Figure.text(refusal["command"]), "peer " + Figure.text(refusal["peer"]),
      Figure.text(refusal["detail"]),
    ].joined(separator: "  ")
  }
}
