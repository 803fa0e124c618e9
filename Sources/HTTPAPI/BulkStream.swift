internal import AsyncAlgorithms
internal import Hummingbird
internal import JSON
internal import Ledger
internal import Marketplace
internal import NIOCore
internal import ServiceLifecycle

/// Many commands on one request, one receipt a line, streamed while the body is still read.
///
/// One task reads and submits, the other writes receipts in order; between them stand at most
/// `window` pieces. When the sender does not read its receipts, the window fills, the reading
/// stops, and the kernel's buffers push back on the sender: memory does not grow.
struct BulkStream {
  /// How many pieces of the body one connection may have at the writer: enough to keep it busy,
  /// few enough that one bulk stream does not starve everybody else.
  static let window = 8

  let ledger: Ledger
  let peer: UInt32?
  let refusedOnly: Bool

  func response(to request: Request) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "application/x-ndjson"],
      body: ResponseBody { writer in
        var summary = Summary()
        let pieces = AsyncThrowingChannel<Piece, any Error>()
        async let reading: Void = read(request.body, into: pieces)
        do {
          for try await piece in pieces.buffer(policy: .bounded(Self.window)) {
            let lines = render(await piece.receipts(), &summary)
            if lines.readableBytes > 0 { try await writer.write(lines) }
          }
        } catch {
          pieces.finish()
          await reading
          throw error
        }
        await reading
        try await writer.write(summary.line)
        try await writer.finish(nil)
      }
    )
  }

  /// Reads the body to its end, to the connection's end, or until the server is stopping.
  private func read(
    _ body: RequestBody,
    into pieces: AsyncThrowingChannel<Piece, any Error>
  ) async {
    var framer = LineFramer(limit: CommandParser.maxBytes)
    do {
      for try await buffer in body.cancelOnGracefulShutdown() {
        await submit(framer.add(Array(buffer.readableBytesView)), pieces)
      }
      // A stop cuts the body anywhere: what follows the last line break is no line then.
      if !Task.isShuttingDownGracefully { await submit(framer.finish(), pieces) }
      pieces.finish()
    } catch {
      pieces.fail(error)
    }
  }

  private func submit(
    _ lines: [LineFramer.Line],
    _ pieces: AsyncThrowingChannel<Piece, any Error>
  ) async {
    guard !lines.isEmpty else { return }
    var piece = Piece()
    var commands: [ArraySlice<UInt8>] = []
    commands.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() {
      switch line {
      case .complete(let bytes): commands.append(bytes)
      case .tooLong: piece.tooLong.append(index)
      }
    }
    // Queued here, one piece after the other, so that the order of the lines is kept.
    piece.pending = await ledger.enqueue(commands, peer: peer)
    await pieces.send(piece)
  }

  /// Some lines of the body, queued at the writer.
  private struct Piece: Sendable {
    var pending = PendingReceipts?.none
    /// Where among the lines those stand that were too long to be kept.
    var tooLong: [Int] = []

    func receipts() async -> [Receipt] {
      var receipts = await pending?.value() ?? []
      for index in tooLong {
        let detail = "the line is longer than \(CommandParser.maxBytes) bytes"
        receipts.insert(Receipt(id: "", outcome: .malformed(detail: detail)), at: index)
      }
      return receipts
    }
  }

  private func render(_ receipts: [Receipt], _ summary: inout Summary) -> ByteBuffer {
    var text: [UInt8] = []
    text.reserveCapacity(refusedOnly ? 0 : receipts.count * 112)
    for receipt in receipts {
      summary.count(receipt)
      if refusedOnly, case .accepted = receipt.outcome { continue }
      var json = JSONWriter()
      receipt.write(to: &json)
      text += json.bytes
      text.append(UInt8(ascii: "\n"))
    }
    return ByteBuffer(bytes: text)
  }

  /// What became of all lines; the stream's last line.
  private struct Summary {
    private var accepted = 0
    /// Those of the accepted and rejected that had been answered before.
    private var repeated = 0
    private var rejected = 0
    private var malformed = 0
    private var unavailable = 0

    mutating func count(_ receipt: Receipt) {
      if receipt.repeated { repeated += 1 }
      switch receipt.outcome {
      case .accepted: accepted += 1
      case .rejected: rejected += 1
      case .malformed: malformed += 1
      case .unavailable: unavailable += 1
      }
    }

    var line: ByteBuffer {
      var json = JSONWriter()
      json.object { json in
        json.object("summary") { json in
          json.member("accepted", accepted)
          json.member("repeated", repeated)
          json.member("rejected", rejected)
          json.member("malformed", malformed)
          json.member("unavailable", unavailable)
        }
      }
      return ByteBuffer(bytes: json.bytes + [UInt8(ascii: "\n")])
    }
  }
}
