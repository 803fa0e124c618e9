/// One event of the log with its envelope: everything that a later reader needs.
///
/// The bytes are described by `events.proto` beside this file.
package struct Record: Hashable, Sendable {
  package var envelope: Envelope
  package var event: Event

  package init(envelope: Envelope, event: Event) {
    self.envelope = envelope
    self.event = event
  }

  package var position: Position { envelope.position }
}

/// What every event says of itself, whatever happened.
package struct Envelope: Hashable, Sendable {
  package var position: Position
  /// When the ledger took it; rises strictly from event to event of the log.
  package var recordedAt: Microseconds
  package var occurredAt: Microseconds
  /// Minutes east of UTC, as claimed; nil when the command claimed no time.
  package var occurredOffsetMinutes: Int32?
  /// The day in the shop's or brand's zone, decided once; UTC for events of neither.
  package var localDay: Day
  package var commandID: String
  package var commandDigest: CommandDigest
  /// Which event of its command this is, from 0.
  package var commandEvent: UInt32
  /// How many events the command has.
  package var commandEvents: UInt32
  package var actor: Person?
  package var peer: UInt32?
  package var correlation: String
  /// Position of the event that caused this one; 0 when a command did.
  package var causation: Position
  package var newPeople: [NewPerson]

  package init(
    position: Position,
    recordedAt: Microseconds,
    occurredAt: Microseconds,
    occurredOffsetMinutes: Int32? = nil,
    localDay: Day,
    commandID: String,
    commandDigest: CommandDigest,
    commandEvent: UInt32 = 0,
    commandEvents: UInt32 = 1,
    actor: Person? = nil,
    peer: UInt32? = nil,
    correlation: String = "",
    causation: Position = 0,
    newPeople: [NewPerson] = []
  ) {
    self.position = position
    self.recordedAt = recordedAt
    self.occurredAt = occurredAt
    self.occurredOffsetMinutes = occurredOffsetMinutes
    self.localDay = localDay
    self.commandID = commandID
    self.commandDigest = commandDigest
    self.commandEvent = commandEvent
    self.commandEvents = commandEvents
    self.actor = actor
    self.peer = peer
    self.correlation = correlation
    self.causation = causation
    self.newPeople = newPeople
  }

  /// The position of the command's first event.
  package var firstOfCommand: Position { position - UInt64(commandEvent) }

  /// The position of the command's last event; a fold stops only here.
  package var lastOfCommand: Position {
    position - UInt64(commandEvent) + UInt64(commandEvents) - 1
  }
}

/// 16 bytes of HMAC-SHA-256 over a command's content: tells whether two contents are the same.
package struct CommandDigest: Hashable, Sendable {
  package static let byteCount = 16

  // Two integers and not an array, which would cost an allocation and be counted at every copy.
  private var high: UInt64
  private var low: UInt64

  private init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameter bytes: 16 of them.
  package init(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == Self.byteCount, "a digest has 16 bytes")
    high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  package init(_ bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { CommandDigest($0) }
  }

  package var bytes: [UInt8] { withBytes { Array($0) } }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { body($0) }
  }

  /// No digest; it is left out of a record's bytes.
  package static let zero = CommandDigest(high: 0, low: 0)
}

/// A person's first appearance: the number, bound to the name that `people` holds.
package struct NewPerson: Hashable, Sendable {
  package var person: Person
  /// SHA-256(salt ‖ name), 32 bytes.
  package var nameHash: [UInt8]

  package init(person: Person, nameHash: [UInt8]) {
    self.person = person
    self.nameHash = nameHash
  }
}
