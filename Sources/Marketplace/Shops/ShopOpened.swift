internal import JSON

/// A shop opened.
package struct ShopOpened: Hashable, Sendable {
  package var shop: String
  package var owner: Person
  package var nameHash: [UInt8]
  package var currency: String
  package var timeZone: String
}

// MARK: The record

extension ShopOpened {
  func encode(into output: inout ProtobufWriter) {
    output.text(1, shop)
    output.person(2, owner)
    output.hash(3, nameHash)
    output.text(4, currency)
    output.text(5, timeZone)
  }
}

extension ShopOpened: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> ShopOpened {
    ShopOpened(
      shop: fields.text(1),
      owner: fields.person(2),
      nameHash: fields.hash(3),
      currency: fields.text(4),
      timeZone: fields.text(5)
    )
  }
}

// MARK: In answers

extension ShopOpened {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    json.member("shop", shop)
    json.member("owner", try names(owner))
    json.member("name", ifPresent: text)
    json.member("currency", currency)
    json.member("timeZone", timeZone)
  }
}
