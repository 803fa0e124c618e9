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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    shop = ""
    owner = Person(0)
    nameHash = []
    currency = ""
    timeZone = ""
    while let field = try input.next() {
      switch field {
      case 1: shop = try input.text()
      case 2: owner = try input.person()
      case 3: nameHash = try input.hash()
      case 4: currency = try input.text()
      case 5: timeZone = try input.text()
      default: try input.skip()
      }
    }
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
