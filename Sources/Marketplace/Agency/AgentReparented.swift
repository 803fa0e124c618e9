internal import JSON

/// Why an agent moved to another sponsor.
package enum ReparentCause: UInt8, Hashable, Sendable {
  case requested = 0
  case sponsorLeft = 1

  /// The name in answers.
  package var name: String {
    switch self {
    case .requested: "requested"
    case .sponsorLeft: "sponsorLeft"
    }
  }
}

/// An agent, with everybody below, moved to another sponsor or became a root.
package struct AgentReparented: Hashable, Sendable {
  package var brand: Reference
  package var agent: Person
  package var from: Person?
  package var to: Person?
  /// Of the agent after the move, the root 1.
  package var level: UInt32
  package var cause: ReparentCause
  package var reasonHash: [UInt8]

  package init(
    brand: Reference,
    agent: Person,
    from: Person?,
    to: Person?,
    level: UInt32,
    cause: ReparentCause,
    reasonHash: [UInt8]
  ) {
    self.brand = brand
    self.agent = agent
    self.from = from
    self.to = to
    self.level = level
    self.cause = cause
    self.reasonHash = reasonHash
  }
}

// MARK: The record

extension AgentReparented {
  func encode(into output: inout ProtobufWriter) {
    output.entity(1, brand)
    output.person(2, agent)
    output.person(3, from)
    output.person(4, to)
    output.varint(5, level)
    output.choice(6, cause)
    output.hash(7, reasonHash)
  }
}

extension AgentReparented: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> AgentReparented {
    try AgentReparented(
      brand: fields.entity(1),
      agent: fields.person(2),
      from: fields.optionalPerson(3),
      to: fields.optionalPerson(4),
      level: fields.uint32(5),
      cause: fields.choice(6),
      reasonHash: fields.hash(7)
    )
  }
}

// MARK: In answers

extension AgentReparented {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    json.member("brand", brand.id)
    json.member("agent", try names(agent))
    if let from { json.member("from", try names(from)) }
    if let to { json.member("to", try names(to)) }
    json.member("level", level)
    json.member("cause", cause.name)
    json.member("reason", ifPresent: text)
  }
}
