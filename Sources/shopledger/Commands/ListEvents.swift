import ArgumentParser
import JSON

/// Lists events of the log.
struct ListEvents: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Lists events in the order of the log, those that meet every filter.",
    discussion: """
      Examples:
        shopledger events --shop s1 --type ProductPurchased --limit 20
        shopledger events --follow
      """
  )

  @Option(help: ArgumentHelp("Events behind this one only.", valueName: "position"))
  var after: Int64?

  @Option(help: "How many at most, unless they are followed.")
  var limit = 100

  @Flag(help: "Go on with new events as they come; without --after, with those only.")
  var follow = false

  @Option(help: "Of this shop.") var shop: String?
  @Option(help: "Of this product.") var product: String?
  @Option(help: "Of this share.") var share: String?
  @Option(help: "Of this order.") var order: String?
  @Option(help: "Of this buyer.") var buyer: String?
  @Option(help: "Of this agent.") var agent: String?
  @Option(help: "Of this brand.") var brand: String?
  @Option(help: "Of this command.") var command: String?
  @Option(help: "Of this type, such as ProductPurchased.") var type: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is 1 or more, not \(limit).") }
  }

  func run() async throws {
    let client = try await connection.client
    var position = after ?? 0
    if follow, after == nil {
      position = try await client.get(["status"]).checked().parsed()["position"]?.integer ?? 0
    }
    var left = limit
    while true {
      let answer = try await page(client, after: position, limit: follow ? 500 : min(left, 500))
      let page = try answer.parsed()
      let events = page["events"]?.array ?? []
      if output.json {
        // Pages without an event say nothing to whoever follows.
        if !follow || !events.isEmpty { try Terminal.write(answer.body + Array("\n".utf8)) }
      } else if !events.isEmpty {
        try Terminal.write(events.map { Self.line($0) })
      }
      left -= events.count
      let next = page["next"]?.integer
      position = next ?? events.last?["position"]?.integer ?? position
      if follow {
        if next == nil { try await Task.sleep(for: .milliseconds(500)) }
      } else if next == nil {
        return
      } else if left <= 0 {
        Terminal.writeError("more with --after \(position)\n")
        return
      }
    }
  }

  private func page(_ client: LedgerClient, after: Int64, limit: Int) async throws -> Answer {
    try await client.get(
      ["events"],
      [
        ("after", String(after)), ("limit", String(limit)), ("shop", shop), ("product", product),
        ("share", share), ("order", order), ("buyer", buyer), ("agent", agent), ("brand", brand),
        ("command", command), ("type", type),
      ]
    ).checked()
  }

  /// One event, such as `12  2026-03-01T00:00:00Z  ShopOpened  shop=s1 owner=li`.
  static func line(_ event: JSONValue) -> String {
    [
      Figure.text(event["position"]), Figure.text(event["recordedAt"]), Figure.text(event["type"]),
      ThingReport.compact(event["data"] ?? .object([])),
    ].joined(separator: "  ")
  }
}
