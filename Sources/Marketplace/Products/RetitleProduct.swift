/// Gives a product another title.
package struct RetitleProduct: CommandData, Hashable {
  package static let type = "RetitleProduct"

  let product: String
  let title: String

  package init(product: String, title: String) {
    self.product = product
    self.title = title
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    product = try fields.identifier("product")
    title = try fields.text("title", maxBytes: Limits.nameBytes)
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let product = try state.knownProduct(self.product)
    // Bytes, not characters: two spellings that Unicode calls equal are two titles on record.
    guard !title.utf8.elementsEqual(product.title.utf8) else {
      throw Rejection(.noChange, "\(self.product) has this title already; nothing is to be done")
    }
    let event = ProductRetitled(product: product.product, shop: product.shop, title: title)
    return Decision([.productRetitled(event)])
  }
}
