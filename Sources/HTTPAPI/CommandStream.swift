internal import JSON
internal import Ledger
internal import Marketplace
internal import NIOCore

/// Many commands in one body, one a line, and their receipts in order.
///
/// Lives on the event loop of its connection. Memory stays bounded: `wantsInput` says when there is
/// enough at the writer, and whoever feeds it then stops to read.
final class CommandStream {
  /// What a line counts beside its own bytes: a line of two becomes a receipt of a hundred.
  private static let receiptBytes = 256
  /// How many commands make a piece before the reading pauses: small enough for the writer to begin
  /// while the rest is still read.
  private static let pieceCommands = 512
  /// How many bytes are looked at before it is asked again whether there is room: as lines of two
  /// they become half a megabyte of receipts.
  private static let stepBytes = 8_192
  /// The part of its share that receipts may take that wait for the sender to read them.
  private static let outputPart = 4

  private let ledger: Ledger
  private let loop: any EventLoop
  private let refusedOnly: Bool
  private let budget: StreamBudget
  /// Called when there is output, room for input, or an end.
  private let progressed: () -> Void

  private var framer = LineFramer(limit: CommandParser.maxBytes)
  private var reader: CommandReader
  /// Of the lines that the reader has gathered.
  private var gatheredBytes = 0
  /// What was read of the body and waits for room.
  private var unread = CircularBuffer<ByteBuffer>()
  /// Once there is no more to read: whether what follows the last line break is a line.
  private var endsWhole: Bool?
  private var inputEnded = false
  /// Every piece whose receipts have not been rendered yet, in order.
  private var pieces = CircularBuffer<Piece>()
  /// The last of those, which the writer's queue had no room for.
  private var unsent = CircularBuffer<Piece>()
  private var bytesInFlight = 0
  private var output: [UInt8] = []
  private var summary = CommandSummary()

  /// Some lines of the body.
  private final class Piece {
    let commands: GatheredCommands
    let bytes: Int
    var receipts: [Receipt]?

    init(_ commands: GatheredCommands, bytes: Int) {
      self.commands = commands
      self.bytes = bytes
    }
  }

  init(
    ledger: Ledger,
    caller: Caller,
    refusedOnly: Bool,
    budget: StreamBudget,
    on loop: any EventLoop,
    progressed: @escaping () -> Void
  ) {
    self.ledger = ledger
    self.loop = loop
    self.refusedOnly = refusedOnly
    self.budget = budget
    budget.enter()
    self.progressed = progressed
    reader = ledger.reader(peer: caller.user, refusal: caller.commandRefusal)
  }

  deinit {
    budget.leave()
  }

  // MARK: Input

  /// Whether it makes sense to read more of the body now.
  var wantsInput: Bool { hasRoom && unread.isEmpty }

  private var hasRoom: Bool {
    let share = budget.share
    return bytesInFlight < share && unsent.isEmpty && output.count < share / Self.outputPart
  }

  func receive(_ part: ByteBuffer) {
    unread.append(part)
    readLines()
  }

  /// For now there is no more to read: what was gathered goes to the writer.
  func pause() {
    send()
  }

  /// Goes on with what was read, as far as there is room now.
  func resume() {
    readLines()
    send()
  }

  /// The body has ended, or will not be read any further.
  ///
  /// - Parameter isWhole: whether what follows the last line break is a line.
  func endInput(isWhole: Bool) {
    guard endsWhole == nil else { return }
    endsWhole = isWhole
    readLines()
  }

  private func readLines() {
    while hasRoom, var part = unread.popFirst() {
      let step = part.readSlice(length: min(part.readableBytes, Self.stepBytes)) ?? ByteBuffer()
      if part.readableBytes > 0 { unread.prepend(part) }
      framer.add(Array(step.readableBytesView)) { read($0) }
      gatheredBytes += step.readableBytes
      if reader.count >= Self.pieceCommands { send() }
    }
    guard unread.isEmpty, !inputEnded, let endsWhole else { return }
    inputEnded = true
    if endsWhole { framer.finish { read($0) } }
    send()
    progressed()
  }

  private func read(_ line: LineFramer.Line) {
    switch line {
    case .complete(let bytes): reader.read(bytes)
    case .tooLong: reader.refuse("the line is longer than \(CommandParser.maxBytes) bytes")
    }
  }

  private func send() {
    guard reader.count > 0 else { return }
    let bytes = gatheredBytes + Self.receiptBytes * reader.count
    let piece = Piece(reader.take(), bytes: bytes)
    bytesInFlight += bytes
    gatheredBytes = 0
    pieces.append(piece)
    unsent.append(piece)
    // Else somebody waits for room already, and will send this one in its turn.
    if unsent.count == 1 { sendUnsent() }
  }

  private func sendUnsent() {
    while let piece = unsent.first {
      let bound = NIOLoopBound((self, piece), eventLoop: loop)
      let loop = loop
      let isTaken = ledger.submit(piece.commands) { receipts in
        loop.execute {
          let (this, piece) = bound.value
          this.take(receipts, of: piece)
        }
      }
      guard isTaken else {
        return ledger.whenRoom(for: piece.commands) {
          loop.execute {
            let (this, _) = bound.value
            this.sendUnsent()
            this.progressed()
          }
        }
      }
      unsent.removeFirst()
    }
  }

  // MARK: Output

  /// Whether the input has ended and all that there is to say is in the output.
  var hasEnded: Bool { inputEnded && pieces.isEmpty }

  /// The receipts rendered since it was last asked.
  func takeOutput() -> ByteBuffer? {
    guard !output.isEmpty else { return nil }
    defer { output.removeAll(keepingCapacity: true) }
    return ByteBuffer(bytes: output)
  }

  /// What became of all lines; the stream's last line.
  var lastLine: ByteBuffer { ByteBuffer(bytes: summary.line) }

  private func take(_ receipts: [Receipt], of piece: Piece) {
    piece.receipts = receipts
    while let first = pieces.first, let receipts = first.receipts {
      pieces.removeFirst()
      bytesInFlight -= first.bytes
      render(receipts)
    }
    progressed()
  }

  private func render(_ receipts: [Receipt]) {
    for receipt in receipts {
      summary.count(receipt)
      if refusedOnly, case .accepted = receipt.outcome { continue }
      receipt.append(to: &output)
      output.append(UInt8(ascii: "\n"))
    }
  }
}

/// What became of the lines of a stream.
private struct CommandSummary {
  private var accepted = 0
  /// Those of the accepted and rejected that had been answered before.
  private var repeated = 0
  private var rejected = 0
  private var malformed = 0
  private var forbidden = 0
  private var unavailable = 0

  mutating func count(_ receipt: Receipt) {
    if receipt.repeated { repeated += 1 }
    switch receipt.outcome {
    case .accepted: accepted += 1
    case .rejected: rejected += 1
    case .malformed: malformed += 1
    case .forbidden: forbidden += 1
    case .unavailable: unavailable += 1
    }
  }

  var line: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.object("summary") { json in
        json.member("accepted", accepted)
        json.member("repeated", repeated)
        json.member("rejected", rejected)
        json.member("malformed", malformed)
        if forbidden > 0 { json.member("forbidden", forbidden) }
        json.member("unavailable", unavailable)
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}
