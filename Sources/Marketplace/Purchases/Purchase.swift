/// Records a paid order of one product.
package struct Purchase: CommandData, Hashable {
  package static let type = "Purchase"

  let order: String
  let product: String
  let buyer: String
  let quantity: Int64
  /// The unit price that the buyer was shown.
  let price: Int64
  let entry: Entry?
  let query: String?

  package init(
    order: String,
    product: String,
    buyer: String,
    quantity: Int64,
    price: Int64,
    entry: Entry? = nil,
    query: String? = nil
  ) {
    self.order = order
    self.product = product
    self.buyer = buyer
    self.quantity = quantity
    self.price = price
    self.entry = entry
    self.query = query
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    order = try fields.identifier("order")
    product = try fields.identifier("product")
    buyer = try fields.identifier("buyer")
    quantity = try fields.integer("quantity")
    price = try fields.integer("price")
    let claimed = try fields.optionalEntry("entry")
    entry = claimed?.entry
    query = claimed?.query
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    if try state.order(order) != nil {
      throw Rejection(.orderExists, "order \(order) is recorded already; choose another id")
    }
    let product = try state.knownProduct(self.product)
    try state.checkListed(product)
    let total = try total()
    guard price == product.price else {
      throw Rejection(
        .stalePrice,
        "\(self.product) costs \(product.price) now, not \(price); "
          + "show the new price and send again"
      )
    }
    guard quantity <= product.stock else {
      throw Rejection(
        .insufficientStock,
        "\(self.product) has a stock of \(product.stock), not \(quantity); buy less"
      )
    }
    let buyer = try state.person(self.buyer)
    let policy = try state.policy
    let attributed = try PurchaseAttribution(
      of: product.product,
      in: product.shop,
      to: buyer,
      entry: entry,
      at: context.occurredAt,
      under: policy.policy,
      &state
    )
    let event = ProductPurchased(
      order: order,
      product: product.product,
      shop: product.shop,
      seller: product.seller,
      brand: product.brand,
      kind: product.kind,
      title: product.title,
      currency: product.currency,
      buyer: buyer,
      unitPrice: product.price,
      quantity: quantity,
      total: total,
      stockAfter: product.stock - quantity,
      entry: entry,
      attribution: attributed.attribution,
      creditedSharer: attributed.creditedSharer,
      halo: attributed.halo,
      selfShare: attributed.selfShare,
      impulse: attributed.impulse,
      policy: policy.position
    )
    return Decision([.productPurchased(event)], text: query)
  }

  /// At the price that the buyer was shown.
  private func total() throws -> Int64 {
    let (total, overflow) = price.multipliedReportingOverflow(by: quantity)
    guard quantity >= 1, !overflow, total <= Limits.amount else {
      throw Rejection(
        .invalidQuantity,
        "the quantity is \(quantity) at a price of \(price); "
          + "it must be 1 or more, and the total at most \(Limits.amount)"
      )
    }
    return total
  }
}
