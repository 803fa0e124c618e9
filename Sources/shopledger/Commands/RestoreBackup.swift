import ArgumentParser
import JSON
import Ledger

/// Makes a ledger of a backup.
struct RestoreBackup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Verifies a backup, and makes a ledger of it in an empty directory.",
    discussion: """
      Refuses a backup that does not verify, and a directory that is in use or not empty. What is \
      restored is a fork where the ledger that the backup was taken of went on: restored.json says \
      from which event and root hash it departs.

      Example:
        shopledger restore /backup/ledger --data data
      """
  )

  @Argument(help: ArgumentHelp("The backup.", valueName: "dir"))
  var backup: String

  @OptionGroup var directory: DirectoryOptions

  func run() async throws {
    let configuration = try await directory.settings.ledger
    var report = VerifyReport(directory: backup)
    var display = ProgressDisplay()
    let task = VerifyingChild.Task(directory: backup, config: directory.config)
    let ending = try VerifyingChild.run(task) { line in
      if let progress = try report.take(line) { display.show(progress) }
    }
    display.end()
    if case .failed(let status) = ending { throw Failure(status, "") }
    if case .crashed(let signal) = ending { report.noteCrash(signal: signal) }
    guard report.isClean else {
      for line in report.lines { Terminal.writeError(line + "\n") }
      throw Failure(
        .refused,
        "nothing was restored, since \(backup) does not verify; take another backup"
      )
    }
    var pace = TransferProgress("restore")
    do {
      let contents = try Restore.run(backup: backup, to: configuration) { pace.show($0, of: $1) }
      pace.end()
      try Terminal.write([
        "\(configuration.directory): \(Figure.count(Int64(contents.position))) events; root hash "
          + contents.rootHash,
        "a fork from event \(Figure.count(Int64(contents.position))) on, if the ledger that it is of "
          + "went on",
      ])
    } catch let error as LedgerError {
      throw Failure(error)
    }
  }
}
