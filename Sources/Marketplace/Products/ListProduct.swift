/// Puts a new product on sale in a shop, at the shop's currency.
package struct ListProduct: CommandData, Hashable {
  package static let type = "ListProduct"

  let shop: String
  let product: String
  let title: String
  let price: Int64
  let stock: Int64
  let kind: GoodsKind
  let brand: String?
  let story: String?

  package init(
    shop: String,
    product: String,
    title: String,
    price: Int64,
    stock: Int64,
    kind: GoodsKind = .other,
    brand: String? = nil,
    story: String? = nil
  ) {
    self.shop = shop
    self.product = product
    self.title = title
    self.price = price
    self.stock = stock
    self.kind = kind
    self.brand = brand
    self.story = story
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    shop = try fields.identifier("shop")
    product = try fields.identifier("product")
    title = try fields.text("title", maxBytes: Limits.nameBytes)
    price = try fields.integer("price")
    stock = try fields.integer("stock")
    let kinds = GoodsKind.allCases.map { (name: $0.name, choice: $0) }
    kind = try fields.optionalChoice("kind", kinds) ?? .other
    brand = try fields.optionalIdentifier("brand")
    story = try fields.optionalText("story", maxBytes: Limits.storyBytes)
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    if try state.product(product) != nil {
      throw Rejection(.productExists, "product \(product) exists already; choose another id")
    }
    let shop = try state.knownShop(self.shop)
    try ProductBounds.checkPrice(price)
    try ProductBounds.checkStock(stock)
    let brand = try self.brand.map { try state.knownBrand($0) }
    if let brand { try state.checkAuthorised(shop.owner, for: brand) }
    let event = ProductListed(
      product: product,
      shop: shop.shop,
      seller: shop.owner,
      brand: brand?.brand,
      kind: kind,
      title: title,
      currency: shop.currency,
      price: price,
      stock: stock,
      storyHash: []
    )
    return Decision([.productListed(event)], text: story)
  }
}
