internal import JSON

/// A product was put on sale again.
package struct ProductRelisted: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var reasonHash: [UInt8]
}

// MARK: The record

extension ProductRelisted {
  func encode(into output: inout ProtobufWriter) {
    output.entity(1, product)
    output.entity(2, shop)
    output.hash(3, reasonHash)
  }
}

extension ProductRelisted: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> ProductRelisted {
    ProductRelisted(
      product: fields.entity(1),
      shop: fields.entity(2),
      reasonHash: fields.hash(3)
    )
  }
}

// MARK: In answers

extension ProductRelisted {
  func write(to json: inout JSONWriter, text: String?) {
    json.member("product", product.id)
    json.member("shop", shop.id)
    json.member("reason", ifPresent: text)
  }
}
