/// What several commands refuse in the same words.
extension MarketplaceState {
  mutating func knownShop(_ id: String) throws -> ShopFacts {
    guard let shop = try shop(id) else {
      throw Rejection(.unknownShop, "no shop \(id) is open; check the id, or open the shop first")
    }
    return shop
  }

  mutating func knownBrand(_ id: String) throws -> BrandFacts {
    guard let brand = try brand(id) else {
      throw Rejection(
        .unknownBrand,
        "no brand \(id) is registered; check the id, or register the brand first"
      )
    }
    return brand
  }

  mutating func knownProduct(_ id: String) throws -> ProductFacts {
    guard let product = try product(id) else {
      throw Rejection(
        .unknownProduct,
        "no product \(id) was ever listed; check the id, or list the product first"
      )
    }
    return product
  }

  func checkCurrency(_ code: String) throws {
    guard Currencies.contains(code) else {
      throw Rejection(
        .unknownCurrency,
        "\(code) is no currency of ISO 4217; send a code in use, such as CNY"
      )
    }
  }

  func checkTimeZone(_ name: String) throws {
    guard knowsTimeZone(name) else {
      throw Rejection(
        .unknownTimeZone,
        "\(name) is no time zone of the system's tzdata; send a name such as Asia/Shanghai"
      )
    }
  }

  func checkListed(_ product: ProductFacts) throws {
    guard product.listed else {
      throw Rejection(
        .productNotListed,
        "\(product.product.id) is off sale; relist it, or choose another product"
      )
    }
  }

  /// Whether a seller may sell a brand's goods: its owner and its active agents may.
  mutating func checkAuthorised(_ seller: Person, for brand: BrandFacts) throws {
    if seller == brand.owner { return }
    if try agent(seller, of: brand.brand.position)?.active == true { return }
    throw Rejection(
      .notAuthorisedForBrand,
      "the shop's owner is neither the owner nor an active agent of \(brand.brand.id); "
        + "sign the owner up as an agent first"
    )
  }
}
