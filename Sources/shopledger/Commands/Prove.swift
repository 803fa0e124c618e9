import ArgumentParser
import Ledger

/// Writes a file that proves one event.
struct Prove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof",
    abstract: "Prints a proof that an event is in the log, to be checked without the ledger.",
    discussion: """
      Example:
        shopledger proof 42 > 42.tlog-proof
        shopledger check-proof 42.tlog-proof --key example.com/ledger+1f2e3d4c+Ab…
      """
  )

  @Argument(help: ArgumentHelp("The event's.", valueName: "position"))
  var position: UInt64

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let client = try await connection.client
    let answer = try await client.get(["events", "\(position)", "proof"]).checked()
    try Terminal.write(answer.body)
  }
}

/// Checks such a file.
struct CheckProof: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-proof",
    abstract: "Checks a proof with the log's verifier key alone; needs no server and no data.",
    discussion: """
      Exit status 1 when the proof does not hold.

      Examples:
        shopledger check-proof 42.tlog-proof --key example.com/ledger+1f2e3d4c+Ab…
        shopledger check-proof 42.tlog-proof --key "$KEY" --record 42.record
      """
  )

  @Argument(help: ArgumentHelp("The proof, or - for standard input.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("The log's verifier key, as keygen prints it.", valueName: "key"))
  var key: String

  @Option(
    help: ArgumentHelp("The record's bytes, to be the ones that are proved.", valueName: "file")
  )
  var record: String?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let bytes = try await InputFile(file).contents(limit: 1 << 21)
    var wanted: [UInt8]?
    if let record { wanted = try await InputFile(record).contents(limit: 1 << 16) }
    let proved: ProvedEvent
    do throws(AuditError) {
      proved = try ProvedEvent(checking: bytes, record: wanted, by: VerifierKey(parsing: key))
    } catch {
      throw Failure(.refused, error.description)
    }
    try output.show(Answer(status: 200, body: proved.json)) {
      ThingReport.lines($0, width: Terminal.width())
    }
  }
}
