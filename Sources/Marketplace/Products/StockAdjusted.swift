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
}

extension StockAdjusted: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> StockAdjusted {
    StockAdjusted(
      product: fields.entity(1),
      shop: fields.entity(2),
      by: fields.int64(3),
      after: fields.int64(4),
      reasonHash: fields.hash(5)
    )
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
