import EventLog
import Ledger
import Marketplace
import Projections
import Projectors
import TestSupport

/// What is held against the model.
extension Simulation {
  // MARK: The log

  /// The log has what was answered, event for event, and nothing else.
  func checkLog(of driven: DrivenLedger) throws {
    let model = book.model
    guard driven.log.head == UInt64(model.records.count) else {
      throw Violation("the log has \(driven.log.head) events, the model \(model.records.count)")
    }
    guard try driven.log.refusalCount() == book.refusals else {
      throw Violation("the log has other refusals than the model's \(book.refusals)")
    }
    let from = book.checked
    var recordedAt = book.lastRecordedAt
    _ = try driven.log.read(after: from, limit: .max) { position, bytes in
      let record = try Record(decoding: bytes)
      guard record.envelope.recordedAt > recordedAt else {
        throw Violation("event \(position) was recorded before the one before it")
      }
      recordedAt = record.envelope.recordedAt
      try check(record, position, driven)
      return true
    }
    book.checked = driven.log.head
    book.lastRecordedAt = recordedAt
    if let root = book.roots[driven.log.head], root != driven.log.rootHash {
      throw Violation("the tree of \(driven.log.head) events has another root than before")
    }
    book.roots[driven.log.head] = driven.log.rootHash
  }

  private func check(_ record: Record, _ position: Position, _ driven: DrivenLedger) throws {
    let index = Int(position) - 1
    var wanted = book.model.records[index].withoutHashes
    let found = record.withoutHashes
    guard found.envelope.commandID == book.commandOfEvent[index] else {
      throw Violation("event \(position) is of \(found.envelope.commandID)")
    }
    wanted.envelope.take(whatModelsCannotKnowFrom: found.envelope)
    guard wanted == found else {
      throw Violation("event \(position) is \(found), and the model's \(wanted)")
    }
    for newcomer in record.envelope.newPeople {
      let name = try driven.log.person(newcomer.person.number)?.name
      guard name == book.model.people[Int(newcomer.person.number) - 1] else {
        throw Violation("person \(newcomer.person.number) is \(name ?? "nobody")")
      }
    }
    guard try driven.log.text(at: position)?.text == book.model.texts[position] else {
      throw Violation("event \(position) has another text")
    }
  }

  /// After a start: everything answered is there, and at most one batch more, as a whole.
  func checkStart(of driven: DrivenLedger, candidate: [Int]?) throws {
    let head = driven.log.head
    let refusals = try driven.log.refusalCount()
    let answered = UInt64(book.model.records.count)
    if head != answered || refusals != book.refusals {
      guard let candidate, head >= answered, refusals >= book.refusals else {
        throw Violation(
          "after a start the log has \(head) events and \(refusals) refusals; answered were "
            + "\(answered) and \(book.refusals)"
        )
      }
      book.absorb(candidate)
      count("batch found in the log")
    }
    book.checked = min(book.checked, head)
    try checkLog(of: driven)
  }

  // MARK: Folds

  /// The state knows of products and orders what the model knows, while nothing is under way.
  func checkState(of driven: DrivenLedger) throws {
    guard isQuiet else { return }
    count("state checked")
    let model = book.model
    for record in model.records.suffix(40) {
      switch record.event {
      case .productListed(let event): try checkProduct(event.product, driven)
      case .productPurchased(let event):
        try checkProduct(event.product.id, driven)
        let found = try driven.order(event.order)
        let wanted = model.order(event.order)
        guard found == wanted else {
          throw Violation("order \(event.order): \(String(describing: found))")
        }
      default: break
      }
    }
  }

  private func checkProduct(_ id: String, _ driven: DrivenLedger) throws {
    let found = try driven.product(id)
    let wanted = book.model.product(id)
    guard found == wanted else {
      throw Violation(
        "product \(id) is \(String(describing: found)), and the model's \(String(describing: wanted))"
      )
    }
  }

  /// Every view shows the rows that its events folded at once give, at the end of a command.
  func checkViews(of driven: DrivenLedger) throws {
    count("views checked")
    var records: [Record] = []
    _ = try driven.log.read(after: 0, limit: .max) { _, bytes in
      records.append(try Record(decoding: bytes))
      return true
    }
    for (view, projector) in zip(driven.views, Ledger.projectors) {
      do {
        try view.read { rows, position in
          try check(view.name, rows, position, try folded(records.prefix(Int(position)), projector))
          guard position == 0 || records[Int(position) - 1].envelope.lastOfCommand == position
          else { throw Violation("\(view.name) stands at \(position), within a command") }
        }
      } catch is ViewError {
        // It is being built, or a fault stopped it; then it shows nothing.
      }
    }
  }

  private func folded(
    _ records: some Sequence<Record>,
    _ projector: any Projector.Type
  ) throws -> MemoryRows {
    func folded<Fold: Projector>(_ projector: Fold.Type) throws -> MemoryRows {
      try MemoryRows(folding: records, by: projector)
    }
    return try folded(projector)
  }

  private func check(
    _ name: String,
    _ rows: SnapshotRows,
    _ position: Position,
    _ wanted: MemoryRows
  ) throws {
    var index = 0
    try rows.scan(from: []) { key, value in
      guard index < wanted.keys.count, wanted.keys[index] == key.copy,
        wanted.values[index] == value.copy
      else { throw Violation("\(name) has another row \(index) at \(position) than its fold") }
      index += 1
      return true
    }
    guard index == wanted.keys.count else {
      throw Violation("\(name) has \(index) rows at \(position), its fold \(wanted.keys.count)")
    }
  }
}

extension Record {
  fileprivate var withoutHashes: Record {
    var record = self
    if !record.event.textHash.isEmpty { record.event.bindText(hash: [0]) }
    for index in record.envelope.newPeople.indices {
      record.envelope.newPeople[index].nameHash = []
    }
    return record
  }
}

extension Envelope {
  fileprivate mutating func take(whatModelsCannotKnowFrom other: Envelope) {
    recordedAt = other.recordedAt
    occurredOffsetMinutes = other.occurredOffsetMinutes
    commandID = other.commandID
    commandDigest = other.commandDigest
    correlation = other.correlation
    peer = other.peer
  }
}
