internal import Marketplace

/// Decodes records one after the other, and holds each envelope against its place and the one
/// before.
struct EnvelopeCheck {
  private let found: (Finding) -> Void
  /// The envelope before; nil at the start and behind a record that could not be read.
  private var previous: Envelope?

  init(found: @escaping (Finding) -> Void) {
    self.found = found
  }

  /// The record; nil when it cannot be read, which is told.
  mutating func take(_ bytes: RawSpan, at position: Position) -> Record? {
    let record: Record
    do throws(RecordError) {
      record = try Record(decoding: bytes)
    } catch {
      tell(position, "\(error)")
      previous = nil
      return nil
    }
    check(record.envelope, at: position)
    previous = record.envelope
    return record
  }

  /// What comes next does not follow what came last.
  mutating func skip() {
    previous = nil
  }

  /// There are no more.
  func end() {
    guard let previous, previous.eventsLeft > 0 else { return }
    tell(previous.position, "the log ends within the command \(previous.commandID)")
  }

  private func check(_ envelope: Envelope, at position: Position) {
    if envelope.position != position {
      tell(position, "the record says that it is event \(envelope.position)")
    }
    if envelope.commandEvent >= envelope.commandEvents {
      let event = "event \(envelope.commandEvent) of \(envelope.commandEvents)"
      tell(position, "the record says that it is \(event) of its command")
    }
    guard let previous else { return }
    if envelope.recordedAt <= previous.recordedAt {
      tell(position, "it was recorded no later than the event before")
    }
    let isNext =
      envelope.commandEvent > 0
      ? envelope.commandEvent - 1 == previous.commandEvent
        && envelope.commandEvents == previous.commandEvents
        && envelope.commandID == previous.commandID
        && envelope.commandDigest == previous.commandDigest
      : previous.eventsLeft == 0
    if !isNext {
      tell(position, "the events of the command before or of its own are not together")
    }
  }

  private func tell(_ position: Position, _ detail: String) {
    found(Finding(check: "records", position: position, detail: detail))
  }
}

extension Envelope {
  /// How many events of the command come behind this one; the envelope may say anything.
  fileprivate var eventsLeft: UInt32 {
    commandEvents > commandEvent ? commandEvents - commandEvent - 1 : 0
  }
}
