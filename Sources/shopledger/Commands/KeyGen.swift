import ArgumentParser
import Ledger

/// Makes the key that signs checkpoints.
struct KeyGen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Makes the key that signs checkpoints, and prints the one that checks them.",
    discussion: """
      The private key goes to a new file that only you can read: keep a copy where the ledger is \
      not. What is printed is the verifier key: give it to whoever checks.

      Examples:
        shopledger keygen --origin example.com/ledger --key ledger.key
        SHOPLEDGER_AUDIT_KEY=ledger.key shopledger serve --data data
      """
  )

  @Option(
    help: ArgumentHelp("The log's name (default: the configured audit.origin).", valueName: "name")
  )
  var origin: String?

  @Option(
    help: ArgumentHelp("The file to make (default: the configured audit.key).", valueName: "file")
  )
  var key: String?

  @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config: String?

  func run() async throws {
    let settings = try await Settings(file: config)
    let configuredOrigin = try await settings.auditOrigin
    guard let name = origin ?? configuredOrigin else {
      throw Failure(.usage, "name the log with --origin, such as example.com/ledger")
    }
    let configuredKey = try await settings.auditKey
    guard let path = key ?? configuredKey else {
      throw Failure(.usage, "name the file for the private key with --key")
    }
    do {
      let key = try SigningKey(name: name)
      try KeyFile.create(path, key)
      try Terminal.write(["\(key.verifier)"])
    } catch let error as AuditError {
      throw Failure(.refused, error.description)
    }
  }
}
