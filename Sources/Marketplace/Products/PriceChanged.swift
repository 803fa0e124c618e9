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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    product = .unread
    shop = .unread
    from = 0
    to = 0
    while let field = try input.next() {
      switch field {
      case 1: product = try input.entity()
      case 2: shop = try input.entity()
      case 3: from = try input.int64()
      case 4: to = try input.int64()
      default: try input.skip()
      }
    }
    try input.require(product, in: 1)
    try input.require(shop, in: 2)
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
