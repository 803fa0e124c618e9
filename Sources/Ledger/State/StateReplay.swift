internal import EventLog
internal import Marketplace

/// Brings the state from its mark to the end of the log.
extension StateContents {
  /// Folds what the log has beyond the mark, while nobody else has the state.
  ///
  /// `flushIfDue` is called between pieces, so that a state built anew needs no more memory than one
  /// that runs. Throws what reading the log throws.
  mutating func replay(_ flushIfDue: (inout StateContents) throws -> Void) throws {
    while mark.position < log.head {
      try replayRecords()
      try flushIfDue(&self)
    }
    while mark.refusals < (try log.refusalCount()) {
      try replayRefusals()
      try flushIfDue(&self)
    }
    if log.head > 0 { lastRecordedAt = try record(at: log.head).envelope.recordedAt }
  }

  private mutating func replayRecords() throws {
    _ = try log.read(after: mark.position, limit: 16_384) { _, bytes in
      let record = try Record(decoding: bytes)
      for newcomer in record.envelope.newPeople {
        note(newcomer.person, named: try log.person(newcomer.person.number)?.name)
      }
      try apply(record)
      return true
    }
  }

  private mutating func replayRefusals() throws {
    let end = min(try log.refusalCount(), mark.refusals + 16_384)
    for serial in mark.refusals..<end {
      // One that the ring has overwritten is forgotten.
      let refusal = try log.refusal(serial).flatMap(Refusal.init(row:))
      noteRefusal(of: refusal?.id)
    }
  }
}
