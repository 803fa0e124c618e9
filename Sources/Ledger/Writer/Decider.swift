internal import Crypto
internal import EventLog
internal import Marketplace

/// Decides the commands of one batch, one after the other, over the state and over each other.
///
/// Nothing here is visible to anybody else until the log has committed it.
struct Decider {
  /// The state itself, while its lock is held; see `State.withLock`.
  var state: StateContents
  /// What the batch adds to the log beside its records.
  var appends = AppendBatch()
  private let timeZones: TimeZones
  private let maxBackdating: Microseconds?
  private let salts: Salts
  /// People first named by the command being decided; forgotten again when it is refused.
  private var newcomers: [(name: String, person: Person)] = []

  /// `state` is an empty one, to be changed for the real one while that is locked.
  init(
    state: StateContents,
    timeZones: TimeZones,
    maxBackdating: Microseconds?,
    salts: Salts
  ) {
    self.state = state
    self.timeZones = timeZones
    self.maxBackdating = maxBackdating
    self.salts = salts
  }

  /// Decides one command, and takes its events or its refusal into the batch.
  mutating func decide(_ submission: Submission, clock: Microseconds) throws -> Receipt {
    switch try judge(submission, clock) {
    case .known(let receipt):
      return receipt
    case .accepted(let decision, let recordedAt, let occurredAt):
      return try accept(decision, of: submission, recordedAt, occurredAt)
    case .rejected(let rejection, let recordedAt):
      return refuse(rejection, submission, recordedAt)
    }
  }

  private enum Judgement {
    /// The id was answered before.
    case known(Receipt)
    case accepted(Decision, recordedAt: Microseconds, occurredAt: Microseconds)
    case rejected(Rejection, recordedAt: Microseconds)
  }

  /// What is to become of a command; changes nothing but what is kept for the next look-up.
  private mutating func judge(
    _ submission: Submission,
    _ clock: Microseconds
  ) throws -> Judgement {
    switch try state.outcome(of: submission.command.id) {
    case .accepted(let first): return .known(repeated(first, submission))
    case .refused(let refusal): return .known(repeated(refusal, submission, clock))
    case nil: break
    }
    let claimed = submission.command.occurredAt
    let recordedAt = max(state.lastRecordedAt + 1, clock)
    let occurredAt = claimed?.instant ?? clock
    do {
      // A clock that jumped back is no fault of those who claim no time.
      if claimed != nil { try checkTime(occurredAt, recordedAt) }
      newcomers.removeAll(keepingCapacity: true)
      let decision = try submission.command.data.decide(
        &self,
        DecisionContext(position: state.mark.position + 1, occurredAt: occurredAt)
      )
      return .accepted(decision, recordedAt: recordedAt, occurredAt: occurredAt)
    } catch let rejection as Rejection {
      return .rejected(rejection, recordedAt: recordedAt)
    }
  }

  /// What would become of a command, decided as `decide` does it; takes nothing into the batch.
  ///
  /// The state's lock is held as long as its depth of sponsors takes, and no longer than for the
  /// command itself.
  mutating func preview(_ submission: Submission, clock: Microseconds) throws -> Preview {
    switch try judge(submission, clock) {
    case .known(let receipt):
      return .answered(receipt)
    case .rejected(let rejection, let recordedAt):
      let outcome = Receipt.Outcome.rejected(rejection, recordedAt: recordedAt)
      return .answered(Receipt(id: submission.command.id, outcome: outcome))
    case .accepted(let decision, let recordedAt, let occurredAt):
      let actor = try submission.command.actor.map { try person($0) }
      let first = state.mark.position + 1
      let records = try decision.events.enumerated().map { index, event -> Record in
        let day = try localDay(of: event, occurredAt)
        var envelope = envelope(
          index,
          of: decision,
          from: first,
          submission,
          recordedAt,
          occurredAt,
          day,
          actor
        )
        // The position of an event that nobody may refer to yet.
        envelope.causation = 0
        return Record(envelope: envelope, event: event)
      }
      return .accepted(
        WouldRecord(
          records: records,
          text: decision.text,
          newcomers: Dictionary(uniqueKeysWithValues: newcomers.map { ($0.person, $0.name) }),
          policy: state.mark.policy.policy,
          crossings: try Crossing.all(of: records, over: state)
        )
      )
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
  ) -> Receipt {
    let refusal = Refusal(
      id: submission.command.id,
      digest: submission.digest,
      rejection: rejection,
      recordedAt: recordedAt,
      type: Swift.type(of: submission.command.data).type,
      peer: submission.peer
    )
    state.noteRefusal(of: refusal.id)
    state.undurable.last.refusals.append(refusal)
    appends.add(refusal: refusal.row)
    return Receipt(id: refusal.id, outcome: .rejected(rejection, recordedAt: recordedAt))
  }

  private mutating func accept(
    _ decision: Decision,
    of submission: Submission,
    _ recordedAt: Microseconds,
    _ occurredAt: Microseconds
  ) throws -> Receipt {
    var actor: Person?
    if let name = submission.command.actor { actor = try person(name) }
    let newPeople = admitNewcomers()
    let first = state.mark.position + 1
    for (index, decided) in decision.events.enumerated() {
      var event = decided
      if index == 0, let text = decision.text {
        event.bindText(hash: keep(text, at: first))
      }
      let day = try localDay(of: event, occurredAt)
      var envelope = envelope(
        index,
        of: decision,
        from: first,
        submission,
        recordedAt,
        occurredAt,
        day,
        actor
      )
      if index == 0 { envelope.newPeople = newPeople }
      let record = Record(envelope: envelope, event: event)
      try state.apply(record)
      state.undurable.last.records.append(record)
    }
    state.lastRecordedAt = recordedAt + Int64(decision.events.count - 1)
    return Receipt(
      id: submission.command.id,
      outcome: .accepted(
        first: first,
        last: first + UInt64(decision.events.count) - 1,
        recordedAt: recordedAt
      )
    )
  }

  /// What stands around an event of a command, but for the people whom it names first.
  private func envelope(
    _ index: Int,
    of decision: Decision,
    from first: Position,
    _ submission: Submission,
    _ recordedAt: Microseconds,
    _ occurredAt: Microseconds,
    _ localDay: Day,
    _ actor: Person?
  ) -> Envelope {
    Envelope(
      position: first + UInt64(index),
      recordedAt: recordedAt + Int64(index),
      occurredAt: occurredAt,
      occurredOffsetMinutes: submission.command.occurredAt?.offsetMinutes,
      localDay: localDay,
      commandID: submission.command.id,
      commandDigest: submission.digest,
      commandEvent: UInt32(index),
      commandEvents: UInt32(decision.events.count),
      actor: actor,
      peer: submission.peer,
      correlation: submission.command.correlation ?? "",
      causation: index == 0 ? 0 : first
    )
  }

  // MARK: Names, texts and days

  /// Gives the newcomers their rows in `people`, and the hashes that bind the record to them.
  private mutating func admitNewcomers() -> [NewPerson] {
    newcomers.map { newcomer in
      let salt = salts.next()
      state.note(newcomer.person, named: newcomer.name)
      state.undurable.last.names.append(newcomer.name)
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

  private mutating func zone(of brand: Reference) throws -> String? {
    try state.brandFacts(at: brand.position)?.timeZone
  }

  private mutating func localDay(of event: Event, _ occurredAt: Microseconds) throws -> Day {
    let zone: String? =
      switch event {
      case .shopOpened(let event): event.timeZone
      case .brandRegistered(let event): event.timeZone
      case .agentSignedUp(let event): try zone(of: event.brand)
      case .agentReparented(let event): try zone(of: event.brand)
      case .agentLeft(let event): try zone(of: event.brand)
      default: try event.shop(at: 0).flatMap { try state.shopFacts(at: $0.position)?.timeZone }
      }
    return try timeZones.day(of: occurredAt, in: zone ?? "UTC")
  }
}

// MARK: What decisions read

extension Decider: MarketplaceState {
  mutating func person(_ name: String) throws -> Person {
    if let person = try state.existingPerson(name) { return person }
    if let newcomer = newcomers.first(where: { $0.name == name }) { return newcomer.person }
    let person = Person(state.mark.lastPerson + UInt64(newcomers.count) + 1)
    newcomers.append((name, person))
    return person
  }

  mutating func shop(_ id: String) throws -> ShopFacts? { try state.shop(id) }
  mutating func brand(_ id: String) throws -> BrandFacts? { try state.brand(id) }
  func product(_ id: String) throws -> ProductFacts? { try state.product(id) }
  mutating func share(_ id: String) throws -> ShareFacts? { try state.share(id) }
  func order(_ id: String) throws -> OrderFacts? { try state.order(id) }
  func visitExists(_ id: String) throws -> Bool { try state.visitExists(id) }
  func refundExists(_ id: String) throws -> Bool { try state.refundExists(id) }

  func lastVisit(of visitor: Person, to shop: Position) throws -> VisitFacts? {
    try state.lastVisit(of: visitor, to: shop)
  }

  mutating func agent(_ person: Person, of brand: Position) throws -> AgentFacts? {
    try state.agentFacts(person, of: brand)
  }

  mutating func recruits(of person: Person, in brand: Position) throws -> [Person] {
    try state.recruits(of: person, in: brand)
  }

  var policy: PolicyInForce { state.mark.policy }

  func knowsTimeZone(_ name: String) -> Bool { timeZones.knows(name) }
}
