internal import JSON

/// A person visited a shop.
package struct VisitRecorded: Hashable, Sendable {
  package var visit: String
  package var shop: Reference
  package var visitor: Person
  package var product: Reference?
  package var brand: Reference?
  package var entry: Entry
  package var attribution: Attribution
}

// MARK: The record

extension VisitRecorded {
  func encode(into output: inout ProtobufWriter) {
    output.text(1, visit)
    output.entity(2, shop)
    output.person(3, visitor)
    output.entity(4, product)
    output.entity(5, brand)
    output.message(6) { entry.encode(into: &$0) }
    output.message(7) { attribution.encode(into: &$0) }
  }
}

extension VisitRecorded: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> VisitRecorded {
    try VisitRecorded(
      visit: fields.text(1),
      shop: fields.entity(2),
      visitor: fields.person(3),
      product: fields.optionalEntity(4),
      brand: fields.optionalEntity(5),
      entry: fields.message(6),
      attribution: fields.message(7)
    )
  }
}

// MARK: In answers

extension VisitRecorded {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    json.member("visit", visit)
    json.member("shop", shop.id)
    json.member("visitor", try names(visitor))
    json.member("product", ifPresent: product?.id)
    json.member("brand", ifPresent: brand?.id)
    json.object("entry") { entry.write(to: &$0, query: text) }
    json.object("attribution") { attribution.write(to: &$0) }
  }
}
