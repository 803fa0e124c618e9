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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    product = ""
    shop = .unread
    seller = Person(0)
    brand = nil
    kind = .other
    title = ""
    currency = ""
    price = 0
    stock = 0
    storyHash = []
    while let field = try input.next() {
      switch field {
      case 1: product = try input.text()
      case 2: shop = try input.entity()
      case 3: seller = try input.person()
      case 4: brand = try input.entity()
      case 5: kind = try input.choice()
      case 6: title = try input.text()
      case 7: currency = try input.text()
      case 8: price = try input.int64()
      case 9: stock = try input.int64()
      case 10: storyHash = try input.hash()
      default: try input.skip()
      }
    }
    try input.require(shop, in: 2)
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
