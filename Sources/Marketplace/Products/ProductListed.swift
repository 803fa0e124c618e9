internal import JSON

/// A shop put a product on sale.
package struct ProductListed: Hashable, Sendable {
  package var product: String
  package var shop: Reference
  package var seller: Person
  package var brand: Reference?
  package var kind: GoodsKind
  package var title: String
  package var currency: String
  package var price: Int64
  package var stock: Int64
  package var storyHash: [UInt8]
}

// MARK: The record

extension ProductListed {
  func encode(into output: inout ProtobufWriter) {
    output.text(1, product)
    output.entity(2, shop)
    output.person(3, seller)
    output.entity(4, brand)
    output.choice(5, kind)
    output.text(6, title)
    output.text(7, currency)
    output.varint(8, price)
    output.varint(9, stock)
    output.hash(10, storyHash)
  }
}

extension ProductListed: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> ProductListed {
    try ProductListed(
      product: fields.text(1),
      shop: fields.entity(2),
      seller: fields.person(3),
      brand: fields.optionalEntity(4),
      kind: fields.choice(5),
      title: fields.text(6),
      currency: fields.text(7),
      price: fields.int64(8),
      stock: fields.int64(9),
      storyHash: fields.hash(10)
    )
  }
}

// MARK: In answers

extension ProductListed {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    json.member("product", product)
    json.member("shop", shop.id)
    json.member("seller", try names(seller))
    json.member("brand", ifPresent: brand?.id)
    json.member("kind", kind.name)
    json.member("title", title)
    json.member("currency", currency)
    json.member("price", price)
    json.member("stock", stock)
    json.member("story", ifPresent: text)
  }
}
