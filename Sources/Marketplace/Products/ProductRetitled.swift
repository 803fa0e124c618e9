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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    product = .unread
    shop = .unread
    title = ""
    while let field = try input.next() {
      switch field {
      case 1: product = try input.entity()
      case 2: shop = try input.entity()
      case 3: title = try input.text()
      default: try input.skip()
      }
    }
    try input.require(product, in: 1)
    try input.require(shop, in: 2)
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
