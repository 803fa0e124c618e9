internal import JSON

/// A brand was registered, with the limit of its agents' levels.
package struct BrandRegistered: Hashable, Sendable {
  package var brand: String
  package var owner: Person
  package var name: String
  package var levelLimit: UInt32
  package var currency: String
  package var timeZone: String
}

// MARK: The record

extension BrandRegistered {
  func encode(into output: inout ProtobufWriter) {
    output.text(1, brand)
    output.person(2, owner)
    output.text(3, name)
    output.varint(4, levelLimit)
    output.text(5, currency)
    output.text(6, timeZone)
  }
}

extension BrandRegistered: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> BrandRegistered {
    BrandRegistered(
      brand: fields.text(1),
      owner: fields.person(2),
      name: fields.text(3),
      levelLimit: fields.uint32(4),
      currency: fields.text(5),
      timeZone: fields.text(6)
    )
  }
}

// MARK: In answers

extension BrandRegistered {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String
  ) rethrows {
    json.member("brand", brand)
    json.member("owner", try names(owner))
    json.member("name", name)
    json.member("levelLimit", levelLimit)
    json.member("currency", currency)
    json.member("timeZone", timeZone)
  }
}
