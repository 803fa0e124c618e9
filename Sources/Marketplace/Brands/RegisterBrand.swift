/// Registers a brand with the limit of its agents' levels.
package struct RegisterBrand: CommandData, Hashable {
  package static let type = "RegisterBrand"

  let brand: String
  let owner: String
  let name: String
  let levelLimit: UInt8
  let currency: String
  let timeZone: String

  /// - Precondition: the level limit is not 0.
  package init(
    brand: String,
    owner: String,
    name: String,
    levelLimit: UInt8 = 255,
    currency: String = "CNY",
    timeZone: String = "Asia/Shanghai"
  ) {
    precondition(levelLimit >= 1, "a level limit of 0 is malformed")
    self.brand = brand
    self.owner = owner
    self.name = name
    self.levelLimit = levelLimit
    self.currency = currency
    self.timeZone = timeZone
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    let brand = try fields.identifier("brand")
    let owner = try fields.identifier("owner")
    let name = try fields.text("name", maxBytes: Limits.nameBytes)
    let limit = try fields.optionalInteger("levelLimit") ?? 255
    guard let levelLimit = UInt8(exactly: limit), levelLimit >= 1 else {
      throw MalformedCommand(detail: "levelLimit is \(limit); it must be 1 to 255")
    }
    self.init(
      brand: brand,
      owner: owner,
      name: name,
      levelLimit: levelLimit,
      currency: try fields.optionalText("currency") ?? "CNY",
      timeZone: try fields.optionalText("timeZone") ?? "Asia/Shanghai"
    )
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    if try state.brand(brand) != nil {
      throw Rejection(.brandExists, "brand \(brand) is registered already; choose another id")
    }
    try state.checkCurrency(currency)
    try state.checkTimeZone(timeZone)
    let event = BrandRegistered(
      brand: brand,
      owner: try state.person(owner),
      name: name,
      levelLimit: UInt32(levelLimit),
      currency: currency,
      timeZone: timeZone
    )
    return Decision([.brandRegistered(event)])
  }
}
