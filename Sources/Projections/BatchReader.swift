import Marketplace
import Projectors

/// Takes one batch of records off the log.
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

  /// Folds the whole batch.
  ///
  /// - Throws: `FoldFailure`.
  mutating func fold(
    _ records: DecodedLog,
    into projector: inout any Projector,
    _ rows: BatchRows
  ) throws {
    while let end {
      do {
        try records.read(after: position, to: end) { record, byteCount in
          try take(record, byteCount, into: &projector, rows)
        }
      } catch let failure as RecordFailure {
        throw FoldFailure(
          position: failure.position,
          lastWhole: lastWhole,
          detail: failure.detail
        )
      }
    }
  }

  /// How far to read now; nil when the batch is whole.
  private var end: Position? {
    let end =
      position < lastWithinEvents && bytesLeft > 0
      ? min(target, lastWithinEvents) : endOfCommand
    return position < end ? end : nil
  }

  /// Folds the record behind `position`; answers whether the batch goes on.
  private mutating func take(
    _ record: Record,
    _ byteCount: Int,
    into projector: inout any Projector,
    _ rows: BatchRows
  ) throws -> Bool {
    let position = position + 1
    let envelope = record.envelope
    do {
      guard envelope.position == position, envelope.commandEvent < envelope.commandEvents,
        envelope.commandEvent < position
      else { throw FoldError(position: position, detail: "its envelope contradicts the log") }
      try projector.fold(record, rows)
      self.position = position
      endOfCommand = envelope.lastOfCommand
      if endOfCommand == position { lastWhole = position }
      bytesLeft -= byteCount
      return bytesLeft > 0 || position < endOfCommand
    } catch {
      let detail = (error as? FoldError)?.detail ?? "\(error)"
      throw FoldFailure(
        position: position,
        lastWhole: lastWhole,
        type: record.event.type,
        detail: detail
      )
    }
  }
}
