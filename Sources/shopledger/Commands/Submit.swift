import ArgumentParser
import Glibc
import JSON
import NIOCore

/// Sends many commands.
struct Submit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sends commands, one JSON object a line, and sums up what became of them.",
    discussion: """
      A line that is no command spoils only itself. Sending a file again is safe: each id is \
      recorded once. Exit status 1 when a line was malformed or unavailable.

      Examples:
        shopledger submit commands.ndjson
        xzcat commands.ndjson.xz | shopledger submit - --receipts > receipts.ndjson
      """
  )

  @Argument(help: "The file, or - for standard input.")
  var file = "-"

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Print the receipt of every command, one JSON object a line.")
  var receipts = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @Flag(help: "Exit with 1 when a command was rejected, too.")
  var strict = false

  func run() async throws {
    let input = try InputFile(file)
    let clock = ContinuousClock()
    let start = clock.now
    var splitter = LineSplitter()
    var tally = ReceiptTally()
    let answer = try await connection.client.upload(
      URLQuery.uri(["v1", "commands"], [("receipts", receipts ? nil : "refused")]),
      contentType: "application/x-ndjson"
    ) { body in
      try await send(input, to: body)
    } receive: { piece in
      var lines: [UInt8] = []
      try splitter.split(piece.readableBytesView) { line in
        guard !line.isEmpty, try tally.take(line), receipts else { return }
        lines += line
        lines.append(UInt8(ascii: "\n"))
      }
      try Terminal.write(lines)
    }
    _ = try answer.checked()
    guard tally.summary != nil else {
      throw Failure(
        .unavailable,
        "the server stopped before the end; what it recorded is kept, so send the same again"
      )
    }
    let status = tally.status(strict: strict)
    if json {
      try Terminal.write(tally.summaryLine + Array("\n".utf8))
    } else {
      let report = tally.report(seconds: start.duration(to: clock.now).inSeconds)
      // Standard output is the receipts', when they are asked for.
      if receipts {
        Terminal.writeError(report.joined(separator: "\n") + "\n")
      } else {
        try Terminal.write(report)
      }
    }
    if status != .done { throw Failure(status, "") }
  }

  private func send(_ input: InputFile, to body: UploadBody) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    var display = ProgressDisplay()
    defer { display.end() }
    var bytes = 0
    var commands = 0
    while let piece = try await input.read() {
      try await body.write(piece)
      bytes += piece.readableBytes
      commands += piece.readableBytesView.withUnsafeBytes(Self.lines(in:))
      let seconds = start.duration(to: clock.now).inSeconds
      display.show(
        Progress(
          label: "submit",
          unit: .bytes,
          done: bytes,
          total: input.size,
          rate: Figure.count(Int(Double(commands) / seconds)) + " commands/s",
          secondsLeft: input.size.map { Double(max(0, $0 - bytes)) / Double(bytes) * seconds }
        )
      )
    }
  }

  private static func lines(in bytes: UnsafeRawBufferPointer) -> Int {
    guard var place = bytes.baseAddress else { return 0 }
    let end = place + bytes.count
    var lines = 0
    while let newline = memchr(place, 0x0A, end - place) {
      lines += 1
      place = UnsafeRawPointer(newline) + 1
    }
    return lines
  }
}

extension Duration {
  var inSeconds: Double { self / .seconds(1) }
}
