/// Adds to a product's stock or takes from it, by hand.
package struct AdjustStock: CommandData, Hashable {
  package static let type = "AdjustStock"

  let product: String
  let by: Int64
  let reason: String?

  package init(product: String, by: Int64, reason: String? = nil) {
    self.product = product
    self.by = by
    self.reason = reason
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    product = try fields.identifier("product")
    by = try fields.integer("by")
    reason = try fields.optionalText("reason")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    let product = try state.knownProduct(self.product)
    guard by != 0 else {
      throw Rejection(.noChange, "by is 0; nothing is to be done")
    }
    guard by >= -product.stock else {
      throw Rejection(
        .insufficientStock,
        "\(self.product) has a stock of \(product.stock), not \(by.magnitude); take less"
      )
    }
    let event = StockAdjusted(
      product: product.product,
      shop: product.shop,
      by: by,
      after: try ProductBounds.stock(product.stock, adding: by),
      reasonHash: []
    )
    return Decision([.stockAdjusted(event)], text: reason)
  }
}
