import ArgumentParser
import JSON
import NIOCore

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

  @Flag(help: "Go on with new events as they come, one a line; without --after, with those only.")
  var follow = false

  @OptionGroup var filters: EventFilterOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is 1 or more, not \(limit).") }
  }

  func run() async throws {
    let client = try await connection.client
    guard !follow else { return try await follow(client) }
    var position = after ?? 0
    var left = limit
    while true {
      let paging = [("after", String(position)), ("limit", String(min(left, 500)))]
      let answer = try await client.get(["events"], paging + filters.query).checked()
      let page = try answer.parsed()
      let events = page["events"]?.array ?? []
      if output.json {
        try Terminal.write(answer.body + Array("\n".utf8))
      } else if !events.isEmpty {
        try Terminal.write(events.map { Self.line($0) })
      }
      left -= events.count
      guard let next = page["next"]?.integer else { return }
      position = next
      if left <= 0 {
        Terminal.writeError("more with --after \(position)\n")
        return
      }
    }
  }

  /// Prints events as the server streams them; where a stream breaks off, the next goes on.
  private func follow(_ client: LedgerClient) async throws {
    var position = after ?? 0
    if after == nil {
      position = try await client.get(["status"]).checked().parsed()["position"]?.integer ?? 0
    }
    while true {
      var reader = EventStreamReader()
      do {
        let query = [("after", String(position))] + filters.query
        _ = try await client.download(["events"], query, accept: "text/event-stream") { piece in
          try reader.read(piece.readableBytesView) { event in
            guard event.name == "message" else { return }
            try Terminal.write(
              output.json
                ? event.data + Array("\n".utf8)
                : Array((Self.line(try JSONValue(parsing: event.data)) + "\n").utf8)
            )
          }
        }.checked()
      } catch let failure as Failure where failure.status == .unavailable && reader.lastID != nil {
        // It broke off, as it does for a reader that was too slow. Is the server still there?
      }
      position = reader.lastID ?? position
      try await Task.sleep(for: .seconds(1))
    }
  }

  /// One event, such as `12  2026-03-01T00:00:00Z  ShopOpened  shop=s1 owner=li`.
  static func line(_ event: JSONValue) -> String {
    [
      Figure.text(event["position"]), Figure.text(event["recordedAt"]), Figure.text(event["type"]),
      ThingReport.compact(event["data"] ?? .object([])),
    ].joined(separator: "  ")
  }
}
