/// Records that a person visited a shop, and how they arrived.
package struct RecordVisit: CommandData, Hashable {
  package static let type = "RecordVisit"

  let visit: String
  let shop: String
  let visitor: String
  let product: String?
  let entry: Entry
  let query: String?

  package init(
    visit: String,
    shop: String,
    visitor: String,
    product: String? = nil,
    entry: Entry,
    query: String? = nil
  ) {
    self.visit = visit
    self.shop = shop
    self.visitor = visitor
    self.product = product
    self.entry = entry
    self.query = query
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    visit = try fields.identifier("visit")
    shop = try fields.identifier("shop")
    visitor = try fields.identifier("visitor")
    product = try fields.optionalIdentifier("product")
    (entry, query) = try fields.entry("entry")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    if try state.visitExists(visit) {
      throw Rejection(.visitExists, "visit \(visit) is recorded already; choose another id")
    }
    let shop = try state.knownShop(self.shop)
    let product = try self.product.map { try state.knownProduct($0) }
    if let product, product.shop != shop.shop {
      throw Rejection(
        .productOfAnotherShop,
        "\(product.product.id) is sold by \(product.shop.id), not by \(self.shop); "
          + "name that shop, or leave the product out"
      )
    }
    let event = VisitRecorded(
      visit: visit,
      shop: shop.shop,
      visitor: try state.person(visitor),
      product: product?.product,
      brand: product?.brand,
      entry: entry,
      attribution: try Arrival(by: entry, at: shop.shop, &state).attribution
    )
    return Decision([.visitRecorded(event)], text: query)
  }
}
