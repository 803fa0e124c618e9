internal import Crypto
internal import EventLog
internal import Marketplace

/// Decodes every record and holds it against its place, its neighbours, and the rows of the people
/// and the text that it is bound to.
struct RecordCheck {
  private let log: EventLog
  private let found: (Finding) -> Void
  private var envelopes: EnvelopeCheck
  private var lastPerson: UInt64 = 0
  private var people: [Promise] = []
  private var texts: [Promise] = []

  /// A row that a record says is there.
  private struct Promise {
    var number: UInt64
    var hash: [UInt8]
    var position: Position
  }

  init(log: EventLog, found: @escaping (Finding) -> Void) {
    self.log = log
    self.found = found
    envelopes = EnvelopeCheck(found: found)
  }

  /// Reads the whole log, some thousands of events at a time.
  mutating func run(_ progress: (_ checked: Position) -> Void) throws {
    var position: Position = 0
    while position < log.head {
      let start = position
      let firstPerson = lastPerson + 1
      position = try readPage(after: position)
      guard position > start else {
        tell("records", start + 1, "there is no event from here to \(log.head)")
        break
      }
      try compare(.texts, texts, in: start + 1...position)
      texts.removeAll(keepingCapacity: true)
      if lastPerson >= firstPerson { try compare(.people, people, in: firstPerson...lastPerson) }
      people.removeAll(keepingCapacity: true)
      progress(position)
    }
    envelopes.end()
    try compare(.texts, [], in: log.head + 1...UInt64.max)
    try compare(.people, [], in: lastPerson + 1...UInt64.max)
  }

  /// Answers the last position that has been checked, be it that there was no event.
  private mutating func readPage(after position: Position) throws -> Position {
    do {
      return try log.read(after: position, limit: 4096) { position, bytes in
        take(bytes, at: position)
        return true
      }
    } catch LogError.damaged(_, let gap, let detail) {
      tell("records", gap, detail)
      envelopes.skip()
      return gap
    }
  }

  private mutating func take(_ bytes: RawSpan, at position: Position) {
    guard let record = envelopes.take(bytes, at: position) else { return }
    for newcomer in record.envelope.newPeople { admit(newcomer, at: position) }
    let hash = record.event.textHash
    if !hash.isEmpty { texts.append(Promise(number: position, hash: hash, position: position)) }
  }

  private mutating func admit(_ newcomer: NewPerson, at position: Position) {
    let number = newcomer.person.number
    if number != lastPerson + 1 {
      tell("people", position, "person \(number) is new where \(lastPerson + 1) comes next")
      // Behind a record that could not be read the numbers go on; a number out of the blue does not.
      guard number > lastPerson, number - lastPerson < 1 << 16 else { return }
    }
    lastPerson = number
    people.append(Promise(number: number, hash: newcomer.nameHash, position: position))
  }

  // MARK: Rows

  /// Holds the rows in a range against those that records promised.
  private func compare(
    _ table: SaltedTable,
    _ promises: [Promise],
    in numbers: ClosedRange<UInt64>
  ) throws {
    var next = promises[...]
    try log.readSalted(table, in: numbers) { number, salted in
      while let promise = next.first, promise.number < number {
        tellMissing(table, promise)
        next.removeFirst()
      }
      guard let promise = next.first, promise.number == number else {
        tellStray(table, number)
        return
      }
      next.removeFirst()
      let hash = salted.withUnsafeBytes { SHA256.hash(data: $0) }
      guard !hash.elementsEqual(promise.hash) else { return }
      switch table {
      case .people:
        tell("people", promise.position, "the name of person \(number) is not the one recorded")
      case .texts:
        tell("texts", promise.position, "the text is not the one recorded")
      }
    }
    for promise in next { tellMissing(table, promise) }
  }

  private func tellMissing(_ table: SaltedTable, _ promise: Promise) {
    switch table {
    case .people:
      tell("people", promise.position, "the name of person \(promise.number) is forgotten or lost")
    case .texts:
      tell("texts", promise.position, "the text of the event is forgotten or lost")
    }
  }

  private func tellStray(_ table: SaltedTable, _ number: UInt64) {
    switch table {
    case .people:
      found(Finding(check: "people", detail: "no readable record names person \(number)"))
    case .texts:
      tell("texts", number, "there is a text, and no readable record has one")
    }
  }

  private func tell(_ check: String, _ position: Position, _ detail: String) {
    found(Finding(check: check, position: position, detail: detail))
  }
}
