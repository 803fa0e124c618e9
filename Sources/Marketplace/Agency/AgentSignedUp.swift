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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    brand = .unread
    agent = Person(0)
    sponsor = nil
    level = 0
    entryFee = 0
    currency = ""
    while let field = try input.next() {
      switch field {
      case 1: brand = try input.entity()
      case 2: agent = try input.person()
      case 3: sponsor = try input.optionalPerson()
      case 4: level = try input.uint32()
      case 5: entryFee = try input.int64()
      case 6: currency = try input.text()
      default: try input.skip()
      }
    }
    try input.require(brand, in: 1)
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
