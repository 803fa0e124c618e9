import ArgumentParser
import JSON
import Ledger
import NIOCore

/// Makes a ledger of an export.
struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a ledger of a whole export, in an empty directory.",
    discussion: """
      It is the same ledger: the same events, hash tree and key, so that a command sent again is \
      known. Every record, name and text is checked, and the root hash against the file's first \
      line; when anything is wrong or missing, nothing is left. What was refused is not in an \
      export: such an id is decided anew. Run the one ledger or the other, not both.

      Examples:
        shopledger import ledger.ndjson --data data2
        xzcat ledger.ndjson.xz | shopledger import - --data data2
      """
  )

  @Argument(help: "The file, or - for standard input.")
  var file: String

  @Option(help: ArgumentHelp("The directory, empty or absent.", valueName: "dir"))
  var data: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() async throws {
    let input = try InputFile(file)
    let settings = try await Settings(file: nil, flags: ["data": data])
    do {
      let ledger = try LogImport(try await settings.ledger)
      do {
        try await read(input, into: ledger)
      } catch {
        ledger.abandon()
        throw error
      }
    } catch let error as LedgerError {
      throw Failure(error)
    } catch let error as ImportError {
      throw Failure(.refused, "\(file): \(error)".printable)
    }
  }

  private func read(_ input: InputFile, into ledger: LogImport) async throws {
    var display = ProgressDisplay()
    defer { display.end() }
    var splitter = LineSplitter()
    var bytes = 0
    while let piece = try await input.read() {
      try splitter.split(piece.readableBytesView) { line in
        if !line.isEmpty { try ledger.take(line) }
      }
      guard splitter.restCount <= LogImport.lineByteLimit else {
        throw ImportError(description: "a line is longer than any event's; this is no export")
      }
      bytes += piece.readableBytes
      display.show(Progress(label: "import", unit: .bytes, done: bytes, total: input.size))
    }
    let total = Int(ledger.size)
    let (events, rootHash) = try ledger.finish { checked in
      display.show(
        Progress(label: "check", unit: .events, done: Int(checked), total: total)
      )
    }
    display.end()
    guard !json else {
      var json = JSONWriter()
      json.object { json in
        json.member("events", events)
        json.member("rootHash", rootHash)
      }
      return try Terminal.write([json.text])
    }
    var table = Table([.text(""), .text("")])
    table.add(["events", Figure.count(events)])
    table.add(["root hash", rootHash])
    try Terminal.write(table.lines(width: .max))
  }
}
