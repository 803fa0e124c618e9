/// Changes a product's price.
package struct ChangePrice: CommandData, Hashable {
  package static let type = "ChangePrice"

  let product: String
  let price: Int64

  package init(product: String, price: Int64) {
    self.product = product
    self.price = price
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    product = try fields.identifier("product")
    price = try fields.integer("price")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let product = try state.knownProduct(self.product)
    try ProductBounds.checkPrice(price)
    guard price != product.price else {
      throw Rejection(.noChange, "\(self.product) costs \(price) already; nothing is to be done")
    }
    let event = PriceChanged(
      product: product.product,
      shop: product.shop,
      from: product.price,
      to: price
    )
    return Decision([.priceChanged(event)])
  }
}
