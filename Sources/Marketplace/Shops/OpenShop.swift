/// Opens a shop with the currency and the time zone that it keeps.
package struct OpenShop: CommandData, Hashable {
  package static let type = "OpenShop"

  let shop: String
  let owner: String
  let name: String
  let currency: String
  let timeZone: String

  package init(shop: String, owner: String, name: String, currency: String, timeZone: String) {
    self.shop = shop
    self.owner = owner
    self.name = name
    self.currency = currency
    self.timeZone = timeZone
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    shop = try fields.identifier("shop")
    owner = try fields.identifier("owner")
    name = try fields.text("name", maxBytes: Limits.nameBytes)
    currency = try fields.text("currency")
    timeZone = try fields.text("timeZone")
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    if try state.shop(shop) != nil {
      throw Rejection(.shopExists, "shop \(shop) is open already; choose another id")
    }
    try state.checkCurrency(currency)
    try state.checkTimeZone(timeZone)
    let event = ShopOpened(
      shop: shop,
      owner: try state.person(owner),
      nameHash: [],
      currency: currency,
      timeZone: timeZone
    )
    return Decision([.shopOpened(event)], text: name)
  }
}
