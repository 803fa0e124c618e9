import ArgumentParser
import Ledger

/// Reads a whole ledger and tells what is wrong with it.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads everything that a stopped ledger holds, and tells what is wrong with it.",
    discussion: """
      Recomputes the hash tree over every event, decodes every record, and holds people, texts, \
      state and views against the records. Repairs nothing. Exit status 1 when something is wrong, \
      3 when there is no ledger.

      Examples:
        shopledger verify --data data
        shopledger verify --data /backup/2026-11-22 --json
      """
  )

  @OptionGroup var directory: DirectoryOptions

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Flag(help: .hidden)
  var inProcess = false

  func run() async throws {
    let configuration = try await directory.settings.ledger
    if inProcess { return try VerifyingChild.read(configuration) }
    var report = VerifyReport(directory: configuration.directory)
    var display = ProgressDisplay()
    let ending = try VerifyingChild.run(
      directory: configuration.directory,
      config: directory.config
    ) { line in
      if let progress = try report.take(line) { display.show(progress) }
    }
    display.end()
    if case .failed(let status) = ending { throw Failure(status, "") }
    if case .crashed(let signal) = ending { report.noteCrash(signal: signal) }
    try Terminal.write(json ? [report.json] : report.lines)
    if !report.isClean { throw Failure(.refused, "") }
  }
}
