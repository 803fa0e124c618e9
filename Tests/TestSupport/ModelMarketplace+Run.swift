package import Marketplace

extension ModelMarketplace {
  /// Decides a command, and applies what it records, as the ledger would.
  ///
  /// The envelope is filled by plain stand-ins: the command's id counts the positions, digests and
  /// hashes are no hashes but as long as those, and the day is eight hours east of UTC, or UTC's own
  /// in a shop or brand that keeps UTC.
  ///
  /// - Returns: the records, at least one; or the rejection, and then nothing has changed.
  @discardableResult
  package mutating func run(
    _ command: some CommandData,
    at occurredAt: Microseconds,
    actor: String? = nil
  ) -> Result<[Record], Rejection> {
    let first = UInt64(records.count) + 1
    let peopleBefore = people.count
    let decision: Decision
    do {
      let context = DecisionContext(position: first, occurredAt: occurredAt)
      decision = try command.decide(&self, context)
    } catch let rejection as Rejection {
      forgetPeople(after: peopleBefore)
      return .failure(rejection)
    } catch {
      preconditionFailure("the model throws nothing of its own: \(error)")
    }

    let actor = actor.map { person($0) }
    let newcomers = people.indices[peopleBefore...].map { index in
      NewPerson(person: Person(UInt64(index + 1)), nameHash: standIn(UInt64(index + 1), bytes: 32))
    }
    for (index, decided) in decision.events.enumerated() {
      var event = decided
      let position = first + UInt64(index)
      if index == 0, let text = decision.text {
        event.bindText(hash: standIn(position, bytes: 32))
        keep(text, at: position)
      }
      let envelope = Envelope(
        position: position,
        recordedAt: max(occurredAt, records.last.map { $0.envelope.recordedAt + 1 } ?? occurredAt),
        occurredAt: occurredAt,
        localDay: localDay(of: event, at: occurredAt),
        commandID: "command-\(first)",
        commandDigest: CommandDigest(standIn(first, bytes: 16)),
        commandEvent: UInt32(index),
        commandEvents: UInt32(decision.events.count),
        actor: actor,
        causation: index == 0 ? 0 : first,
        newPeople: index == 0 ? newcomers : []
      )
      apply(Record(envelope: envelope, event: event))
    }
    return .success(Array(records[Int(first - 1)...]))
  }

  private func localDay(of event: Event, at occurredAt: Microseconds) -> Day {
    let east: Microseconds = zone(of: event) == "Asia/Shanghai" ? 8 * 3_600_000_000 : 0
    let (day, rest) = (occurredAt + east).quotientAndRemainder(dividingBy: 86_400_000_000)
    return Day(rest < 0 ? day - 1 : day)
  }

  private func zone(of event: Event) -> String? {
    switch event {
    case .shopOpened(let event): event.timeZone
    case .brandRegistered(let event): event.timeZone
    case .agentSignedUp(let event): brand(event.brand.id)?.timeZone
    case .agentReparented(let event): brand(event.brand.id)?.timeZone
    case .agentLeft(let event): brand(event.brand.id)?.timeZone
    default: event.shop(at: 0).flatMap { shop($0.id)?.timeZone }
    }
  }

  /// Bytes that differ from number to number.
  private func standIn(_ number: UInt64, bytes count: Int) -> [UInt8] {
    (0..<count).map { index in UInt8(truncatingIfNeeded: number >> UInt64(index % 8 * 8)) }
  }
}
