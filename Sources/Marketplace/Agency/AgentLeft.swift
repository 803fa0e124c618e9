internal import JSON

/// Why an agent left; `notSaid` when the command did not tell.
package enum LeaveCause: UInt8, Hashable, Sendable {
  case notSaid = 0
  case left = 1
  case revoked = 2

  /// The name in commands and answers; empty for `notSaid`.
  package var name: String {
    switch self {
    case .notSaid: ""
    case .left: "left"
    case .revoked: "revoked"
    }
  }
}

/// An agent left a brand; those recruited move up to the sponsor.
package struct AgentLeft: Hashable, Sendable {
  package var brand: Reference
  package var agent: Person
  package var sponsor: Person?
  package var cause: LeaveCause
  package var reasonHash: [UInt8]
}

// MARK: The record

extension AgentLeft {
  func encode(into output: inout ProtobufWriter) {
    output.entity(1, brand)
    output.person(2, agent)
    output.person(3, sponsor)
    output.choice(4, cause)
    output.hash(5, reasonHash)
  }
}

extension AgentLeft: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> AgentLeft {
    try AgentLeft(
      brand: fields.entity(1),
      agent: fields.person(2),
      sponsor: fields.optionalPerson(3),
      cause: fields.choice(4),
      reasonHash: fields.hash(5)
    )
  }
}

// MARK: In answers

extension AgentLeft {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    json.member("brand", brand.id)
    json.member("agent", try names(agent))
    if let sponsor { json.member("sponsor", try names(sponsor)) }
    json.member("cause", ifPresent: cause.name)
    json.member("reason", ifPresent: text)
  }
}
