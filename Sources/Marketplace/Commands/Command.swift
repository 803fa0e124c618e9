/// A wish to record something, read from JSON and well formed, not yet decided.
package struct Command: Sendable {
  /// 1 to 64 bytes; makes the command idempotent.
  package var id: String
  /// When it happened, as claimed; nil leaves it to the ledger's clock.
  package var occurredAt: ClaimedTime?
  /// Who claims to have sent it.
  package var actor: String?
  package var correlation: String?
  package var data: any CommandData

  package init(
    id: String,
    occurredAt: ClaimedTime?,
    actor: String?,
    correlation: String?,
    data: any CommandData
  ) {
    self.id = id
    self.occurredAt = occurredAt
    self.actor = actor
    self.correlation = correlation
    self.data = data
  }
}

/// An instant as a caller claimed it, with the offset from UTC that it was written in.
package struct ClaimedTime: Hashable, Sendable {
  package var instant: Microseconds
  package var offsetMinutes: Int32

  package init(instant: Microseconds, offsetMinutes: Int32) {
    self.instant = instant
    self.offsetMinutes = offsetMinutes
  }
}

/// The data of one type of command, and the decision over it.
///
/// A new command is one file with a conformer, and one line in `CommandRegistry`.
package protocol CommandData: Sendable {
  /// The name in JSON, such as `ListProduct`.
  static var type: String { get }

  /// Reads the data; every field that is not read here is reported as unknown.
  init(_ fields: inout CommandFields) throws(MalformedCommand)

  /// The events that record the command, or the first reason that forbids it.
  ///
  /// Pure: no clock, no chance, no disk. Does not change the state: the caller applies the events.
  ///
  /// - Throws: a `Rejection`, or what reading the state throws.
  func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision
}

/// What a decision may know beside the state.
package struct DecisionContext: Sendable {
  /// The position that the first event would get.
  package var position: Position
  package var occurredAt: Microseconds

  package init(position: Position, occurredAt: Microseconds) {
    self.position = position
    self.occurredAt = occurredAt
  }
}

/// What an accepted command records.
package struct Decision: Sendable {
  /// At least one; they get consecutive positions.
  package var events: [Event]
  /// The private text of the first event (a name, story, reason or query), kept out of the record.
  package var text: String?

  package init(_ events: [Event], text: String? = nil) {
    self.events = events
    self.text = text
  }
}

/// What is no command at all: bad JSON, an unknown, missing or mistyped field, a bad identifier.
package struct MalformedCommand: Error, Hashable, Sendable {
  /// The command's id, when that much could be read; else empty.
  package var id: String
  /// One sentence that names the field and the cure.
  package var detail: String

  package init(id: String = "", detail: String) {
    self.id = id
    self.detail = detail
  }
}
