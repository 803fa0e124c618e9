import EventLog
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
  /// - Throws: `FoldFailure` at an event that cannot be folded; `LogError`.
  mutating func fold(
    _ log: EventLog,
    into projector: inout any Projector,
    _ rows: BatchRows
  ) throws {
    while let end {
      let limit = min(Int(end - position), Self.pageEvents)
      let start = position
      try log.read(after: start, limit: limit) { position, bytes in
        try fold(bytes, at: position, into: &projector, rows)
        return bytesLeft > 0 || position < endOfCommand
      }
      guard position > start else { throw failure(start + 1, nil, "it is not in the log") }
    }
  }

  /// So many events are read in one read transaction.
  private static let pageEvents = 4_096

  /// How far to read now; nil when the batch is whole.
  private var end: Position? {
    let end =
      position < lastWithinEvents && bytesLeft > 0
      ? min(target, lastWithinEvents) : endOfCommand
    return position < end ? end : nil
  }

  private mutating func fold(
    _ bytes: RawSpan,
    at position: Position,
    into projector: inout any Projector,
    _ rows: BatchRows
  ) throws {
    do {
      try LentRecord.read(bytes) { record in
        do {
          guard record.position == position, record.commandEvent < record.commandEvents,
            record.commandEvent < position
          else { throw FoldError(position: position, detail: "its envelope contradicts the log") }
          try projector.fold(record, rows)
          endOfCommand = record.lastOfCommand
        } catch let error where Shortage.mayPass(error) {
          throw error
        } catch {
          throw failure(position, record.type, (error as? FoldError)?.detail ?? "\(error)")
        }
      }
    } catch let error as RecordError {
      throw failure(position, nil, "\(error)")
    }
    self.position = position
    if endOfCommand == position { lastWhole = position }
    bytesLeft -= bytes.byteCount
  }

  private func failure(_ position: Position, _ type: String?, _ detail: String) -> FoldFailure {
    FoldFailure(position: position, lastWhole: lastWhole, type: type, detail: detail)
  }
}
