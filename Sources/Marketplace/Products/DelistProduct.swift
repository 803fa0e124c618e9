/// Takes a product off sale.
package struct DelistProduct: CommandData, Hashable {
  package static let type = "DelistProduct"

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
    guard product.listed else {
      throw Rejection(.noChange, "\(self.product) is off sale already; nothing is to be done")
    }
    let event = ProductDelisted(product: product.product, shop: product.shop, reasonHash: [])
    return Decision([.productDelisted(event)], text: reason)
  }
}
