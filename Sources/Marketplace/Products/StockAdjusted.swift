internal import JSON

/// A product's stock was adjusted by hand.
package struct StockAdjusted: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var by: Int64
  package var after: Int64
  package var reasonHash: [UInt8]
}

// MARK: The record

extension StockAdjusted {
  func encode(into output: inout ProtobufWriter) {
    output.entity(1, product)
    output.entity(2, shop)
    output.varint(3, by)
    output.varint(4, after)
    output.hash(5, reasonHash)
  }

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    product = .unread
    shop = .unread
    by = 0
    after = 0
    reasonHash = []
    while let field = try input.next() {
      switch field {
      case 1: product = try input.entity()
      case 2: shop = try input.entity()
      case 3: by = try input.int64()
      case 4: after = try input.int64()
      case 5: reasonHash = try input.hash()
      default: try input.skip()
      }
    }
    try input.require(product, in: 1)
    try input.require(shop, in: 2)
  }
}

// MARK: In answers

extension StockAdjusted {
  func write(to json: inout JSONWriter, text: String?) {
    json.member("product", product.id)
    json.member("shop", shop.id)
    json.member("by", by)
    json.member("after", after)
    json.member("reason", ifPresent: text)
  }
}
