internal import JSON

/// A product got another title.
package struct ProductRetitled: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var title: String
}

// MARK: The record

extension ProductRetitled {
  func encode(into output: inout ProtobufWriter) {
    output.entity(1, product)
    output.entity(2, shop)
    output.text(3, title)
  }
}

extension ProductRetitled: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> ProductRetitled {
    ProductRetitled(
      product: fields.entity(1),
      shop: fields.entity(2),
      title: fields.text(3)
    )
  }
}

// MARK: In answers

extension ProductRetitled {
  func write(to json: inout JSONWriter) {
    json.member("product", product.id)
    json.member("shop", shop.id)
    json.member("title", title)
  }
}
