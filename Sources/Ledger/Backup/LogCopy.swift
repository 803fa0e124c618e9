internal import EventLog
internal import Marketplace

/// Copies what a log has past the end of another one, which has its beginning.
///
/// Each commit of the copy ends with a whole command and has its people and texts, so it can be broken
/// off anywhere and gone on with. The copy computes the tree anew from the records that were read: that
/// its root is the one committed once, says that all of them are what was recorded.
struct LogCopy {
  /// How many events one commit of the copy has at least: some megabytes, and few waits for the disk
  /// that the writer shares.
  private static let batchEvents = 16_384

  let source: EventLog
  let target: EventLog
  /// Called between two commits; may wait, and throws to break off.
  let pause: (_ position: Position, _ taken: Duration) throws -> Void
  private var batch = AppendBatch()
  private var lastPerson: UInt64

  init(
    from source: EventLog,
    to target: EventLog,
    pause: @escaping (_ position: Position, _ taken: Duration) throws -> Void
  ) throws {
    self.source = source
    self.target = target
    self.pause = pause
    lastPerson = try target.lastPerson()
  }

  /// Copies the events up to a position, the last one of a commit, and the refusals of that time.
  ///
  /// - Throws: `LedgerError.badBackup` when the target's events are not the source's.
  mutating func run(through end: Position) throws {
    let refusals = try source.refusalCount()
    guard target.head <= end, try root(at: target.head) == target.rootHash else {
      throw LedgerError.badBackup(
        directory: target.directory,
        detail:
          "its \(target.head) events are not the first ones of this ledger, of \(end); one of the "
          + "two was restored from an older state, or changed"
      )
    }
    while target.head < end { try pace { copy in try copy.copyEvents(through: end) } }
    while try target.refusalCount() < refusals {
      try pace { copy in try copy.copyRefusals(through: refusals) }
    }
    guard try root(at: end) == target.rootHash else {
      throw LedgerError.badBackup(
        directory: target.directory,
        detail:
          "the events that were read have not the root hash that was committed over them: the "
          + "ledger they came from is damaged, and shopledger verify says where"
      )
    }
  }

  private func root(at size: UInt64) throws -> [UInt8] {
    var prover = source.prover()
    return try prover.rootHash(size: size)
  }

  private mutating func pace(_ step: (inout LogCopy) throws -> Void) throws {
    let start = ContinuousClock.now
    try step(&self)
    try pause(target.head, ContinuousClock.now - start)
  }

  private mutating func copyEvents(through end: Position) throws {
    batch.removeAll()
    let first = target.head + 1
    let firstPerson = lastPerson + 1
    var (events, lastPerson) = (0, lastPerson)
    let last = try source.read(after: target.head, limit: Int(end - target.head)) { _, bytes in
      let envelope = try Record(decoding: bytes).envelope
      if let person = envelope.newPeople.last { lastPerson = person.person.number }
      batch.addRecord { record in bytes.withUnsafeBytes { record.append(contentsOf: $0) } }
      events += 1
      return events < Self.batchEvents || envelope.commandEvent + 1 < envelope.commandEvents
    }
    if lastPerson >= firstPerson {
      try source.readSalted(.people, in: firstPerson...lastPerson) { number, row in
        let (salt, name) = Self.parts(row)
        batch.addPerson(number: number, salt: salt, name: name)
      }
    }
    try source.readSalted(.texts, in: first...last) { position, row in
      let (salt, text) = Self.parts(row)
      batch.addText(position: position, salt: salt, text: text)
    }
    _ = try target.append(batch)
    self.lastPerson = lastPerson
  }

  private static func parts(_ row: RawSpan) -> (salt: [UInt8], text: String) {
    row.withUnsafeBytes { row in
      (Array(row.prefix(16)), String(decoding: row.dropFirst(16), as: UTF8.self))
    }
  }

  private mutating func copyRefusals(through end: UInt64) throws {
    batch.removeAll()
    var serial = try target.refusalCount()
    while serial < end, batch.refusalCount < Self.batchEvents {
      if let refusal = try source.refusal(serial) {
        if batch.firstRefusal == nil { batch.firstRefusal = serial }
        batch.add(refusal: refusal)
        serial += 1
      } else {
        // The ring went on meanwhile: what is gone lies before all that is there.
        batch.removeAll()
        serial = max(serial + 1, try source.firstRefusal())
      }
    }
    if batch.refusalCount == 0 { batch.firstRefusal = end }
    _ = try target.append(batch)
  }
}
