import Marketplace
import Projectors

/// Takes one batch of records off the log in pages, each in a short read transaction.
///
/// A batch ends behind a command's last event: when its bound falls into a command, the rest of the
/// command belongs to it too.
struct BatchReader {
  private(set) var position: Position
  private let target: Position
  private let lastWithinEvents: Position
  private var bytesLeft: Int
  /// Where the command of the event at `position` ends.
  private var endOfCommand: Position
  private var lastWhole: Position

  init(after position: Position, target: Position, events: Int, bytes: Int) {
    self.position = position
    self.target = target
    lastWithinEvents = position + UInt64(events)
    bytesLeft = bytes
    endOfCommand = position
    lastWhole = position
  }

  /// How many events to read next; nil when the batch is whole.
  var nextPage: Int? {
    let end =
      position < lastWithinEvents && bytesLeft > 0
      ? min(target, lastWithinEvents) : endOfCommand
    return position < end ? Int(min(end - position, Self.pageEvents)) : nil
  }

  /// Decodes the record behind `position` and folds it; answers whether the batch goes on.
  ///
  /// - Throws: `FoldFailure`.
  mutating func take(
    _ bytes: RawSpan,
    into projector: inout any Projector,
    _ rows: BatchRows
  ) throws -> Bool {
    let position = position + 1
    var type: String?
    do {
      let record = try Record(decoding: bytes)
      type = record.event.type
      let envelope = record.envelope
      guard envelope.position == position, envelope.commandEvent < envelope.commandEvents,
        envelope.commandEvent < position
      else { throw FoldError(position: position, detail: "its envelope contradicts the log") }
      try projector.fold(record, rows)
      self.position = position
      endOfCommand = envelope.lastOfCommand
      if endOfCommand == position { lastWhole = position }
      bytesLeft -= bytes.byteCount
      return bytesLeft > 0 || position < endOfCommand
    } catch {
      let detail = (error as? FoldError)?.detail ?? "\(error)"
      throw FoldFailure(position: position, lastWhole: lastWhole, type: type, detail: detail)
    }
  }

  private static let pageEvents: UInt64 = 4096
}
