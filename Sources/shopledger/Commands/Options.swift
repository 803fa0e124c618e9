import ArgumentParser
import JSON

/// Where the server is.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The server's socket (default: the configured one, else data/shopledger.sock).",
      valueName: "path"
    )
  )
  var socket: String?

  var client: LedgerClient {
    get async throws {
      let settings = try await Settings(file: nil)
      let configured = try await settings.socket
      return LedgerClient(socket: socket ?? configured, serverUser: try await settings.serverUser)
    }
  }
}

/// Which directory is worked on, where no server does.
struct DirectoryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The data directory (default: the configured one).", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config: String?

  var settings: Settings {
    get async throws {
      try await Settings(file: config, flags: data.map { ["data": $0] } ?? [:])
    }
  }
}

/// How an answer is shown.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print the server's answer as it came, in JSON.")
  var json = false

  /// Prints an answer: its JSON as it came, or the lines that `report` makes of it.
  ///
  /// - Throws: a `Failure` when the answer is a refusal.
  func show(_ answer: Answer, _ report: (JSONValue) throws -> [String]) throws {
    guard json else {
      return try Terminal.write(report(answer.checked().parsed()))
    }
    try Terminal.write(answer.body + Array("\n".utf8))
    if let status = answer.failureStatus { throw Failure(status, "") }
  }
}

/// How fresh a view has to be, or how far back in the past.
struct FreshnessOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Wait until the view reflects this event.", valueName: "position"))
  var after: UInt64?

  @Option(help: ArgumentHelp("For at most so many seconds, 0 to 300.", valueName: "seconds"))
  var wait: Int?

  @Option(
    help: ArgumentHelp(
      "As the ledger knew then: an event's position, or a time such as 2026-11-22T15:26:16Z.",
      valueName: "position|time"
    )
  )
  var asOf: String?

  var query: [URLQuery.Item] {
    [("after", after.map(String.init)), ("wait", wait.map(String.init)), ("asOf", asOf)]
  }
}

/// Which local days count.
struct RangeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The first day, such as 2026-03-01.", valueName: "day"))
  var from: String?

  @Option(help: ArgumentHelp("The last day.", valueName: "day"))
  var to: String?

  var query: [URLQuery.Item] { [("from", from), ("to", to)] }
}

/// Which events are meant; those that meet every filter.
struct EventFilterOptions: ParsableArguments {
  @Option(help: "Of this shop.") var shop: String?
  @Option(help: "Of this product.") var product: String?
  @Option(help: "Of this share.") var share: String?
  @Option(help: "Of this order.") var order: String?
  @Option(help: "Of this buyer.") var buyer: String?
  @Option(help: "Of this agent.") var agent: String?
  @Option(help: "Of this brand.") var brand: String?
  @Option(help: "Of this command.") var command: String?
  @Option(help: "Of this type, such as ProductPurchased.") var type: String?

  var query: [URLQuery.Item] {
    [
      ("shop", shop), ("product", product), ("share", share), ("order", order), ("buyer", buyer),
      ("agent", agent), ("brand", brand), ("command", command), ("type", type),
    ]
  }
}
