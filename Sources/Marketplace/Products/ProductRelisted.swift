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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    product = .unread
    shop = .unread
    reasonHash = []
    while let field = try input.next() {
      switch field {
      case 1: product = try input.entity()
      case 2: shop = try input.entity()
      case 3: reasonHash = try input.hash()
      default: try input.skip()
      }
    }
    try input.require(product, in: 1)
    try input.require(shop, in: 2)
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
