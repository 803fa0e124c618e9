internal import JSON

/// A person became an agent of a brand, or became one again.
package struct AgentSignedUp: Hashable, Sendable {
  package var brand: Reference
  package var agent: Person
  package var sponsor: Person?
  /// Counted from the root, the root itself 1.
  package var level: UInt32
  /// In minor units of the brand's currency; 0 when none was paid.
  package var entryFee: Int64
  package var currency: String
}

// MARK: The record

extension AgentSignedUp {
  func encode(into output: inout ProtobufWriter) {
    output.entity(1, brand)
    output.person(2, agent)
    output.person(3, sponsor)
    output.varint(4, level)
    output.varint(5, entryFee)
    output.text(6, currency)
  }
}

extension AgentSignedUp: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> AgentSignedUp {
    AgentSignedUp(
      brand: fields.entity(1),
      agent: fields.person(2),
      sponsor: fields.optionalPerson(3),
      level: fields.uint32(4),
      entryFee: fields.int64(5),
      currency: fields.text(6)
    )
  }
}

// MARK: In answers

extension AgentSignedUp {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String
  ) rethrows {
    json.member("brand", brand.id)
    json.member("agent", try names(agent))
    if let sponsor { json.member("sponsor", try names(sponsor)) }
    json.member("level", level)
    json.member("entryFee", entryFee)
    json.member("currency", currency)
  }
}
