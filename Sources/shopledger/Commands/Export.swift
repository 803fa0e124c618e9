import ArgumentParser
import Ledger
import NIOCore

/// Writes the log as CloudEvents.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the log, or a part of it, as CloudEvents 1.0, one JSON object a line.",
    discussion: """
      A whole export is a ledger: with names, private texts, their salts and the ledger's key. \
      Whoever has it can run the ledger on, so keep it as the data directory is kept; import makes \
      a ledger of it again. To hand out, use --without-names: records, figures and the hash tree \
      are the same, and people are numbers. With --data it reads a directory that no server holds.

      Examples:
        shopledger export --output ledger.ndjson
        shopledger export --data data | xz > ledger.ndjson.xz
        shopledger export --shop s1 --without-names > s1.ndjson
      """
  )

  @Option(help: ArgumentHelp("The data directory, when no server runs.", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("Events behind this one only.", valueName: "position"))
  var after: UInt64?

  @OptionGroup var filters: EventFilterOptions

  @Flag(help: "Leave out people's names, private texts and the key.")
  var withoutNames = false

  @Option(
    help: ArgumentHelp(
      "The file, which appears when it is whole (default: standard output).",
      valueName: "file"
    )
  )
  var output: String?

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    guard data == nil || connection.socket == nil else {
      throw ValidationError("Give --socket to ask a server, or --data where none runs, not both.")
    }
    guard data == nil || filters.query.allSatisfy({ $0.value == nil }) else {
      throw ValidationError("To select by shop, type and the like, ask a server: leave out --data.")
    }
  }

  func run() async throws {
    let file = try OutputFile(output)
    var display = ProgressDisplay()
    defer { display.end() }
    var bytes = 0
    let take: ([UInt8]) throws -> Void = { piece in
      try file.write(piece)
      bytes += piece.count
      display.show(Progress(label: "export", unit: .bytes, done: bytes))
    }
    do {
      if let data { try await copy(from: data, take) } else { try await download(take) }
    } catch {
      file.abandon()
      throw error
    }
    try file.finish()
  }

  private func copy(from data: String, _ take: ([UInt8]) throws -> Void) async throws {
    let settings = try await Settings(file: nil, flags: ["data": data])
    do {
      let ledger = try StoppedLog(try await settings.ledger)
      defer { ledger.close() }
      var export = ledger.export(after: after ?? 0, withNames: !withoutNames)
      while let piece = try export.next() { try take(piece) }
    } catch let error as LedgerError {
      throw Failure(error)
    }
  }

  private func download(_ take: ([UInt8]) throws -> Void) async throws {
    var hasBegun = false
    do {
      let answer = try await connection.client.download(
        ["export"],
        [("after", after.map(String.init)), ("names", withoutNames ? "false" : nil)] + filters.query
      ) { piece in
        hasBegun = true
        try take(Array(piece.readableBytesView))
      }
      _ = try answer.checked()
    } catch let failure as Failure where hasBegun && failure.status == .unavailable {
      throw Failure(.unavailable, "the server stopped before the export's end; export again")
    }
  }
}
