import TestSupport

@testable import Marketplace

/// A platform that only adds to its list of records: what the view is folded from in tests.
struct ModesMarket {
  private(set) var records: [Record] = []

  struct Product {
    var id: Reference
    var shop: Reference
    var brand: Reference?
    var currency: String
  }

  struct SharedProduct {
    var id: Reference
    var product: Product
    var root: Reference
    var depth: UInt32
    var scene: Scene
  }

  static func shop(_ number: UInt64) -> Reference {
    Reference(id: "s\(number)", position: 1_000_000 + number)
  }

  static func brand(_ number: UInt64) -> Reference {
    Reference(id: "b\(number)", position: 2_000_000 + number)
  }

  static func product(shop: UInt64, brand: UInt64? = nil, currency: String = "CNY") -> Product {
    let number = 3_000_000 + shop * 1_000 + (brand ?? 999)
    return Product(
      id: Reference(id: "p\(number)", position: number),
      shop: ModesMarket.shop(shop),
      brand: brand.map(ModesMarket.brand),
      currency: currency
    )
  }

  mutating func visit(
    _ day: Day,
    _ visitor: UInt64,
    _ product: Product,
    _ attribution: Attribution,
    ofShopOnly: Bool = false
  ) {
    append(
      day,
      .visitRecorded(
        VisitRecorded(
          visit: "v",
          shop: product.shop,
          visitor: Person(visitor),
          product: ofShopOnly ? nil : product.id,
          brand: ofShopOnly ? nil : product.brand,
          entry: Entry(mode: attribution.mode),
          attribution: attribution
        )
      )
    )
  }

  @discardableResult
  mutating func share(
    _ day: Day,
    _ product: Product,
    via: SharedProduct? = nil,
    scene: Scene = .none
  ) -> SharedProduct {
    let id = Reference(id: "g\(records.count + 1)", position: Position(records.count + 1))
    let share = SharedProduct(
      id: id,
      product: product,
      root: via?.root ?? id,
      depth: (via?.depth ?? 0) + 1,
      scene: scene
    )
    append(
      day,
      .productShared(
        ProductShared(
          share: id.id,
          product: product.id,
          shop: product.shop,
          brand: product.brand,
          sharer: Person(1),
          via: via?.id,
          root: share.root,
          depth: share.depth,
          scene: scene,
          community: ""
        )
      )
    )
    return share
  }

  mutating func order(
    _ day: Day,
    _ buyer: UInt64,
    _ product: Product,
    _ attribution: Attribution,
    quantity: Int64 = 1,
    price: Int64 = 100
  ) {
    append(
      day,
      .productPurchased(
        ProductPurchased(
          order: "o",
          product: product.id,
          shop: product.shop,
          seller: Person(1),
          brand: product.brand,
          kind: .other,
          title: "",
          currency: product.currency,
          buyer: Person(buyer),
          unitPrice: price,
          quantity: quantity,
          total: quantity * price,
          stockAfter: 0,
          entry: nil,
          attribution: attribution,
          creditedSharer: nil,
          halo: false,
          selfShare: false,
          impulse: false,
          policy: 0
        )
      )
    )
  }

  private mutating func append(_ day: Day, _ event: Event) {
    let position = Position(records.count + 1)
    let envelope = Envelope(
      position: position,
      recordedAt: Int64(position),
      occurredAt: Int64(day) * 86_400_000_000,
      localDay: day,
      commandID: "c\(position)",
      commandDigest: .zero
    )
    records.append(Record(envelope: envelope, event: event))
  }
}

extension Attribution {
  static func stroll(_ scene: Scene = .none) -> Attribution {
    Attribution(mode: .stroll, scene: scene)
  }

  static func search(_ intent: Intent, _ scene: Scene = .none) -> Attribution {
    Attribution(mode: .search, scene: scene, intent: intent)
  }

  static func from(_ share: ModesMarket.SharedProduct) -> Attribution {
    Attribution(mode: .share, scene: share.scene, share: share.id, shareDepth: share.depth)
  }
}

extension ModesMarket {
  static let products: [Product] = [
    product(shop: 1), product(shop: 1, brand: 1), product(shop: 1, brand: 2),
    product(shop: 2, brand: 1, currency: "USD"), product(shop: 2, currency: "USD"),
    product(shop: 3, brand: 2), product(shop: 4, brand: 3, currency: "USD"),
  ]

  /// Events around 1970 in an order that is not that of their days.
  static func random(seed: UInt64, events: Int) -> ModesMarket {
    var random = SeededRandom(seed)
    var market = ModesMarket()
    var shares: [SharedProduct] = []
    for _ in 0..<events {
      let day = Day.random(in: -70...70, using: &random) / Day.random(in: 1...3, using: &random)
      let product = products.randomElement(using: &random) ?? products[0]
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        market.visit(
          day,
          person(&random),
          product,
          attribution(product, shares, &random),
          ofShopOnly: Bool.random(using: &random)
        )
      case 4..<6:
        let via = shares.filter { $0.product.id == product.id }.randomElement(using: &random)
        let scene = Scene.allCases.randomElement(using: &random) ?? .none
        shares.append(
          market.share(day, product, via: Bool.random(using: &random) ? via : nil, scene: scene)
        )
      default:
        market.order(
          day,
          person(&random),
          product,
          attribution(product, shares, &random),
          quantity: Int64.random(in: 1...5, using: &random),
          price: Int64.random(in: 1...1_000, using: &random)
        )
      }
    }
    return market
  }

  /// Few people, so that visitors and buyers overlap; in several containers of 65,536.
  private static func person(_ random: inout SeededRandom) -> UInt64 {
    let start: UInt64 = [1, 65_530, 131_072, 9_000_000].randomElement(using: &random) ?? 1
    return start + UInt64.random(in: 0..<10, using: &random)
  }

  private static func attribution(
    _ product: Product,
    _ shares: [SharedProduct],
    _ random: inout SeededRandom
  ) -> Attribution {
    let scene = Scene.allCases.randomElement(using: &random) ?? .none
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      return Attribution(mode: .unknown)
    case 1:
      return .stroll(scene)
    case 2:
      return .search(Bool.random(using: &random) ? .product : .brand, scene)
    default:
      let ofShop = shares.filter { $0.product.shop == product.shop }
      return ofShop.randomElement(using: &random).map(Attribution.from)
        ?? Attribution(mode: .unknown)
    }
  }
}
