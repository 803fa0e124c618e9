internal import Crypto
internal import EventLog
internal import Marketplace

/// One batch while it is decided: the commands of many callers that will share one commit.
///
/// Nothing here is visible to anybody else until the log has committed it.
struct Batch {
  private let reader: StateReader
  private let timeZones: TimeZones
  private let maxBackdating: Microseconds?
  private let salts: Salts

  private(set) var appends = AppendBatch()
  private var refusals: [Refusal] = []
  private let firstRefusal: UInt64
  private var lastRecordedAt: Microseconds
  private var nextPosition: Position
  /// People first named by the command being decided; forgotten again when it is refused.
  private var newcomers: [(name: String, person: Person)] = []

  /// An empty batch behind the log's head.
  init(
    state: State,
    timeZones: TimeZones,
    maxBackdating: Microseconds?,
    salts: Salts
  ) {
    reader = StateReader(state: state)
    self.timeZones = timeZones
    self.maxBackdating = maxBackdating
    self.salts = salts
    firstRefusal = state.refusals
    lastRecordedAt = state.lastRecordedAt
    nextPosition = state.log.head + 1
  }

  var isEmpty: Bool { reader.records.isEmpty && refusals.isEmpty }
  var changes: StateChanges { reader.pending }
  var recordedUpTo: Microseconds { lastRecordedAt }

  /// Decides one command, and takes its events or its refusal into the batch.
  mutating func decide(_ submission: Submission, clock: Microseconds) throws -> Receipt {
    let command = submission.command
    switch try reader.outcome(of: command.id, refusals: refusals) {
    case .accepted(let first): return repeated(first, submission)
    case .refused(let refusal): return repeated(refusal, submission, clock)
    case nil: break
    }
    let recordedAt = max(lastRecordedAt + 1, clock)
    let occurredAt = command.occurredAt?.instant ?? clock
    do {
      // A clock that jumped back is no fault of those who claim no time.
      if command.occurredAt != nil { try checkTime(occurredAt, recordedAt) }
      newcomers.removeAll(keepingCapacity: true)
      let decision = try command.data.decide(
        &self,
        DecisionContext(position: nextPosition, occurredAt: occurredAt)
      )
      return try accept(decision, of: submission, recordedAt, occurredAt)
    } catch let rejection as Rejection {
      return try refuse(rejection, submission, recordedAt)
    }
  }

  // MARK: Answers

  private func repeated(_ first: Record, _ submission: Submission) -> Receipt {
    let id = submission.command.id
    guard first.envelope.commandDigest == submission.digest else {
      return idReused(id, first.envelope.recordedAt)
    }
    return Receipt(accepted: first, repeated: true)
  }

  private func repeated(
    _ refusal: Refusal,
    _ submission: Submission,
    _ clock: Microseconds
  ) -> Receipt {
    guard refusal.digest == submission.digest else { return idReused(refusal.id, clock) }
    return Receipt(refused: refusal, repeated: true)
  }

  private func idReused(_ id: String, _ recordedAt: Microseconds) -> Receipt {
    let rejection = Rejection(
      .commandIdReused,
      "the id \(id) was used for a command with other content; give each command an id of its own"
    )
    return Receipt(id: id, outcome: .rejected(rejection, recordedAt: recordedAt))
  }

  private func checkTime(_ occurredAt: Microseconds, _ recordedAt: Microseconds) throws {
    if occurredAt > recordedAt + 300_000_000 {
      throw Rejection(
        .occurredInFuture,
        "occurredAt \(Timestamp.text(occurredAt)) is more than 5 minutes past the ledger's clock, "
          + "\(Timestamp.text(recordedAt)); correct the time or the sender's clock"
      )
    }
    if let maxBackdating, occurredAt < recordedAt - maxBackdating {
      throw Rejection(
        .occurredTooEarly,
        "occurredAt \(Timestamp.text(occurredAt)) is before "
          + "\(Timestamp.text(recordedAt - maxBackdating)), the earliest that maxBackdating allows"
      )
    }
  }

  private mutating func refuse(
    _ rejection: Rejection,
    _ submission: Submission,
    _ recordedAt: Microseconds
  ) throws -> Receipt {
    let refusal = Refusal(
      id: submission.command.id,
      digest: submission.digest,
      rejection: rejection,
      recordedAt: recordedAt
    )
    reader.noteRefusal(of: refusal.id, serial: firstRefusal + UInt64(refusals.count))
    refusals.append(refusal)
    appends.add(refusal: refusal.row)
    return Receipt(id: refusal.id, outcome: .rejected(rejection, recordedAt: recordedAt))
  }

  private mutating func accept(
    _ decision: Decision,
    of submission: Submission,
    _ recordedAt: Microseconds,
    _ occurredAt: Microseconds
  ) throws -> Receipt {
    let command = submission.command
    let actor = try command.actor.map { try person($0) }
    let newPeople = admitNewcomers()
    let first = nextPosition
    for (index, decided) in decision.events.enumerated() {
      var event = decided
      if index == 0, let text = decision.text {
        event.bindText(hash: keep(text, at: first))
      }
      let record = Record(
        envelope: Envelope(
          position: nextPosition,
          recordedAt: recordedAt + Int64(index),
          occurredAt: occurredAt,
          occurredOffsetMinutes: command.occurredAt?.offsetMinutes,
          localDay: try localDay(of: event, occurredAt),
          commandID: command.id,
          commandDigest: submission.digest,
          commandEvent: UInt32(index),
          commandEvents: UInt32(decision.events.count),
          actor: actor,
          peer: submission.peer,
          correlation: command.correlation ?? "",
          causation: index == 0 ? 0 : first,
          newPeople: index == 0 ? newPeople : []
        ),
        event: event
      )
      appends.addRecord { record.encode(into: &$0) }
      reader.records.append(record)
      try reader.apply(record)
      nextPosition += 1
    }
    lastRecordedAt = recordedAt + Int64(decision.events.count - 1)
    return Receipt(
      id: command.id,
      outcome: .accepted(first: first, last: nextPosition - 1, recordedAt: recordedAt)
    )
  }

  // MARK: Names, texts and days

  /// Gives the newcomers their rows in `people`, and the hashes that bind the record to them.
  private mutating func admitNewcomers() -> [NewPerson] {
    newcomers.map { newcomer in
      let salt = salts.next()
      reader.note(newcomer.person, named: newcomer.name)
      reader.pendingNames[newcomer.person] = newcomer.name
      appends.addPerson(number: newcomer.person.number, salt: salt, name: newcomer.name)
      return NewPerson(person: newcomer.person, nameHash: Self.hash(salt, newcomer.name))
    }
  }

  private mutating func keep(_ text: String, at position: Position) -> [UInt8] {
    let salt = salts.next()
    appends.addText(position: position, salt: salt, text: text)
    return Self.hash(salt, text)
  }

  private static func hash(_ salt: [UInt8], _ text: String) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: salt)
    hash.update(data: Array(text.utf8))
    return Array(hash.finalize())
  }

  private func zone(of brand: Reference) throws -> String? {
    try reader.brandFacts(at: brand.position)?.timeZone
  }

  private func localDay(of event: Event, _ occurredAt: Microseconds) throws -> Day {
    let zone: String? =
      switch event {
      case .shopOpened(let event): event.timeZone
      case .brandRegistered(let event): event.timeZone
      case .agentSignedUp(let event): try zone(of: event.brand)
      case .agentReparented(let event): try zone(of: event.brand)
      case .agentLeft(let event): try zone(of: event.brand)
      default: try event.shop(at: 0).flatMap { try reader.shopFacts(at: $0.position)?.timeZone }
      }
    return try timeZones.day(of: occurredAt, in: zone ?? "UTC")
  }
}

// MARK: What decisions read

extension Batch: MarketplaceState {
  mutating func person(_ name: String) throws -> Person {
    if let person = try reader.existingPerson(name) { return person }
    if let newcomer = newcomers.first(where: { $0.name == name }) { return newcomer.person }
    let person = Person(reader.lastPerson + UInt64(newcomers.count) + 1)
    newcomers.append((name, person))
    return person
  }

  func shop(_ id: String) throws -> ShopFacts? { try reader.shop(id) }
  func brand(_ id: String) throws -> BrandFacts? { try reader.brand(id) }
  func product(_ id: String) throws -> ProductFacts? { try reader.product(id) }
  func share(_ id: String) throws -> ShareFacts? { try reader.share(id) }
  func order(_ id: String) throws -> OrderFacts? { try reader.order(id) }
  func visitExists(_ id: String) throws -> Bool { try reader.visitExists(id) }
  func refundExists(_ id: String) throws -> Bool { try reader.refundExists(id) }

  func lastVisit(of visitor: Person, to shop: Position) throws -> VisitFacts? {
    try reader.lastVisit(of: visitor, to: shop)
  }

  func agent(_ person: Person, of brand: Position) throws -> AgentFacts? {
    try reader.agentFacts(person, of: brand)
  }

  func recruits(of person: Person, in brand: Position) throws -> [Person] {
    try reader.recruits(of: person, in: brand)
  }

  var policy: PolicyInForce { reader.policyInForce }

  func knowsTimeZone(_ name: String) -> Bool { timeZones.knows(name) }
}
