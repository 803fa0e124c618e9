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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    brand = ""
    owner = Person(0)
    name = ""
    levelLimit = 0
    currency = ""
    timeZone = ""
    while let field = try input.next() {
      switch field {
      case 1: brand = try input.text()
      case 2: owner = try input.person()
      case 3: name = try input.text()
      case 4: levelLimit = try input.uint32()
      case 5: currency = try input.text()
      case 6: timeZone = try input.text()
      default: try input.skip()
      }
    }
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
