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

extension Lent<ProductRetitled> {
  package var whole: ProductRetitled {
    get throws(RecordError) {
      try ProductRetitled(
        product: reference(1),
        shop: reference(2),
        title: text(3)
      )
    }
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
