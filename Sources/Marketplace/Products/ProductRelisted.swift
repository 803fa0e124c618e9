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

extension Lent<ProductRelisted> {
  package var whole: ProductRelisted {
    get throws(RecordError) {
      try ProductRelisted(
        product: reference(1),
        shop: reference(2),
        reasonHash: hash(3)
      )
    }
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
