internal import JSON

/// A product's price changed.
package struct PriceChanged: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var from: Int64
  package var to: Int64
}

// MARK: The record

extension PriceChanged {
  func encode(into output: inout ProtobufWriter) {
    output.entity(1, product)
    output.entity(2, shop)
    output.varint(3, from)
    output.varint(4, to)
  }
}

extension PriceChanged: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> PriceChanged {
    PriceChanged(
      product: fields.entity(1),
      shop: fields.entity(2),
      from: fields.int64(3),
      to: fields.int64(4)
    )
  }
}

// MARK: In answers

extension PriceChanged {
  func write(to json: inout JSONWriter) {
    json.member("product", product.id)
    json.member("shop", shop.id)
    json.member("from", from)
    json.member("to", to)
  }
}
