import ArgumentParser
import JSON
import Ledger
import Logging
import Marketplace

/// Shows how the figures would differ under another policy.
struct ShowWhatIf: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if",
    abstract: "Decides history anew under another policy, and shows what would differ.",
    discussion: """
      Changes nothing. The fields of a policy: attributionWindowDays, thresholdLevels, \
      thresholdHeadcount, impulseMinutes; what is not named is as it was in force at each event. \
      Reads the whole log. Without any field it checks that the rule gives what was recorded.

      Examples:
        shopledger what-if attributionWindowDays=1
        shopledger what-if thresholdLevels=2 thresholdHeadcount=10 --data data --json
      """
  )

  @Argument(help: ArgumentHelp("The fields of the policy.", valueName: "field=number"))
  var fields: [String] = []

  @Option(help: "How many shops, sharers and agents at most, 1 to 1000.")
  var limit = 10

  @Option(help: ArgumentHelp("The data directory, when no server runs.", valueName: "dir"))
  var data: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard data == nil || connection.socket == nil else {
      throw ValidationError("Give --socket to ask a server, or --data where none runs, not both.")
    }
    guard (1...1000).contains(limit) else {
      throw ValidationError("--limit is 1 to 1000, not \(limit).")
    }
    _ = try overrides()
  }

  func run() async throws {
    let answer =
      if let data {
        try await read(data)
      } else {
        try await connection.client.get(
          ["what-if"],
          [("limit", String(limit))]
            + overrides().map { ($0.key, String($0.value)) }.sorted { $0.0 < $1.0 }
        )
      }
    try output.show(answer) { WhatIfReport.lines($0, width: Terminal.width()) }
  }

  private func overrides() throws -> [String: Int64] {
    var overrides: [String: Int64] = [:]
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let value = Int64(parts[1]),
        [
          "attributionWindowDays", "thresholdLevels", "thresholdHeadcount", "impulseMinutes",
        ].contains(parts[0])
      else {
        throw ValidationError("\(field) is no field of a policy; write thresholdLevels=2.")
      }
      guard overrides.updateValue(value, forKey: String(parts[0])) == nil else {
        throw ValidationError("\(parts[0]) is given twice.")
      }
    }
    return overrides
  }

  private func read(_ data: String) async throws -> Answer {
    let settings = try await Settings(file: nil, flags: ["data": data])
    let overrides = try overrides()
    var logger = Logger(label: "shopledger") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    var display = ProgressDisplay()
    defer { display.end() }
    do {
      let ledger = try StoppedLedger(try await settings.ledger, logger: logger)
      defer { ledger.close() }
      let body = try ledger.whatIf(
        AdoptPolicy(
          attributionWindowDays: overrides["attributionWindowDays"],
          thresholdLevels: overrides["thresholdLevels"],
          thresholdHeadcount: overrides["thresholdHeadcount"],
          impulseMinutes: overrides["impulseMinutes"]
        ),
        limit: limit
      ) { done, total in
        display.show(
          Progress(label: "what-if", unit: .events, done: Int(done), total: Int(total))
        )
      }
      return Answer(status: 200, body: body)
    } catch let error as LedgerError {
      throw Failure(error)
    } catch QueryError.badRequest(let detail) {
      throw Failure(.refused, detail)
    }
  }
}
