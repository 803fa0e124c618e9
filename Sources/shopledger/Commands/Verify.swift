import ArgumentParser
import Ledger

/// Reads a whole ledger and tells what is wrong with it.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads everything that a stopped ledger holds, and tells what is wrong with it.",
    discussion: """
      Recomputes the hash tree over every event, decodes every record, and holds people, texts, \
      state and views against the records, and the log against the last checkpoint that was signed. \
      Repairs nothing. Exit status 1 when something is wrong, 3 when there is no ledger.

      A log that was rewritten as a whole can only be told by a checkpoint that was kept elsewhere.

      Examples:
        shopledger verify --data data
        shopledger verify --data /backup/2026-11-22 --json
        shopledger verify --data data --checkpoint /mnt/elsewhere/ledger.checkpoint --key "$KEY"
        shopledger verify --tiles /srv/ledger-tiles --key "$KEY"
      """
  )

  @OptionGroup var directory: DirectoryOptions

  @Option(help: ArgumentHelp("An export to read, in place of a ledger.", valueName: "dir"))
  var tiles: String?

  @Option(
    help: ArgumentHelp(
      "A checkpoint kept elsewhere, which the log must continue.",
      valueName: "file"
    )
  )
  var checkpoint: String?

  @Option(help: ArgumentHelp("The verifier key that must have signed it.", valueName: "key"))
  var key: String?

  @Flag(help: "Fold every view anew and compare it row by row.")
  var deep = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Flag(help: .hidden)
  var inProcess = false

  func validate() throws {
    guard tiles == nil || directory.data == nil && !deep else {
      throw ValidationError(
        "An export has no views, and --data is another place: give --tiles alone."
      )
    }
    guard key == nil || checkpoint != nil || tiles != nil else {
      throw ValidationError("Give the checkpoint that the key is to check, with --checkpoint.")
    }
  }

  func run() async throws {
    let configuration = try await directory.settings.ledger
    var task = VerifyingChild.Task(directory: tiles ?? configuration.directory)
    task.isExport = tiles != nil
    task.isDeep = deep
    task.config = directory.config
    task.checkpoint = checkpoint
    task.key = key
    if inProcess { return try await VerifyingChild.read(task, configuration) }
    var report = VerifyReport(directory: task.directory)
    var display = ProgressDisplay()
    let ending = try VerifyingChild.run(task) { line in
      if let progress = try report.take(line) { display.show(progress) }
    }
    display.end()
    if case .failed(let status) = ending { throw Failure(status, "") }
    if case .crashed(let signal) = ending { report.noteCrash(signal: signal) }
    try Terminal.write(json ? [report.json] : report.lines)
    if !report.isClean { throw Failure(.refused, "") }
  }
}
