internal import EventLog
internal import Marketplace

/// Brings the state from its checkpoint to the end of the log.
extension State {
  /// Folds what the log has beyond the checkpoint; called before anybody else has the state.
  ///
  /// `flush` writes the recent changes to disk; it is called when enough have gathered, so that a
  /// state built anew needs no more memory than one that runs. Throws what reading the log throws.
  func replay(flush: () throws -> Void) throws {
    while position < log.head {
      try replayBatch()
      if recent.count >= flushEvents { try flush() }
    }
    while refusals < (try log.refusalCount()) {
      try replayRefusals()
      if recent.count >= flushEvents { try flush() }
    }
    if log.head > 0 { lastRecordedAt = try durableRecord(at: log.head).envelope.recordedAt }
  }

  private func replayBatch() throws {
    let reader = StateReader(state: self)
    _ = try log.read(after: position, limit: 16_384) { _, bytes in
      let record = try Record(decoding: bytes)
      for newcomer in record.envelope.newPeople {
        reader.note(newcomer.person, named: try log.person(newcomer.person.number)?.name)
      }
      try reader.apply(record)
      return true
    }
    merge(reader.pending, recordedUpTo: 0)
  }

  private func replayRefusals() throws {
    let reader = StateReader(state: self)
    let end = min(try log.refusalCount(), refusals + 16_384)
    for serial in refusals..<end {
      // One that the ring has overwritten is forgotten.
      guard let row = try log.refusal(serial), let refusal = Refusal(row: row) else {
        reader.pending.refusals += 1
        continue
      }
      reader.noteRefusal(of: refusal.id, serial: serial)
    }
    merge(reader.pending, recordedUpTo: 0)
  }
}
