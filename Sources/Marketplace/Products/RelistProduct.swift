/// Puts a product on sale again.
package struct RelistProduct: CommandData, Hashable {
  package static let type = "RelistProduct"

  let product: String
  let reason: String?

  package init(product: String, reason: String? = nil) {
    self.product = product
    self.reason = reason
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    product = try fields.identifier("product")
    reason = try fields.optionalText("reason")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let product = try state.knownProduct(self.product)
    guard !product.listed else {
      throw Rejection(.noChange, "\(self.product) is on sale already; nothing is to be done")
    }
    if let brand = product.brand {
      try state.checkAuthorised(product.seller, for: state.knownBrand(brand.id))
    }
    let event = ProductRelisted(product: product.product, shop: product.shop, reasonHash: [])
    return Decision([.productRelisted(event)], text: reason)
  }
}
