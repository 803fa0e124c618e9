@testable import Marketplace

/// Records of every event: with every field set, and with no more than an event needs.
enum RecordSamples {
  static let all = full + bare
  static let full = fullEvents.map { Record(envelope: fullEnvelope, event: $0) }
  static let bare = bareEvents.map { Record(envelope: bareEnvelope, event: $0) }

  static let fullEnvelope = Envelope(
    position: .max,
    recordedAt: 1_489_104_000_123_456,
    occurredAt: -1,
    occurredOffsetMinutes: -570,
    localDay: -1,
    commandID: String(repeating: "c", count: 64),
    commandDigest: CommandDigest(Array(0..<16)),
    commandEvent: 1,
    commandEvents: .max,
    actor: Person(300),
    peer: 0,
    correlation: "trace:1",
    causation: 41,
    newPeople: [
      NewPerson(person: Person(300), nameHash: hash(1)),
      NewPerson(person: Person(301), nameHash: hash(2)),
    ]
  )

  static let bareEnvelope = Envelope(
    position: 7,
    recordedAt: 0,
    occurredAt: 0,
    localDay: 0,
    commandID: "c1",
    commandDigest: .zero,
    commandEvents: 0
  )

  static let shop = Reference(id: "shop:1", position: 1)
  static let product = Reference(id: "p-1", position: 128)
  static let brand = Reference(id: String(repeating: "b", count: 64), position: .max)
  static let thing = Reference(id: "", position: 1)

  static func hash(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 32) }

  private static let entry = Entry(
    mode: .share,
    share: "g1",
    scene: .circle,
    community: "茶友",
    intent: .brand,
    queryHash: hash(9)
  )
  private static let attribution = Attribution(
    mode: .search,
    scene: .other,
    community: String(repeating: "圈", count: 66),
    intent: .product,
    share: Reference(id: "g1", position: 5),
    shareDepth: .max,
    visit: Reference(id: "v1", position: 6),
    rule: 1
  )

  private static let fullEvents: [Event] = [
    .shopOpened(
      ShopOpened(
        shop: "s1",
        owner: Person(1),
        nameHash: hash(3),
        currency: "CNY",
        timeZone: "Asia/Shanghai"
      )
    ),
    .brandRegistered(
      BrandRegistered(
        brand: "b1",
        owner: Person(2),
        name: "老字号 🍵",
        levelLimit: 255,
        currency: "CNY",
        timeZone: "Asia/Shanghai"
      )
    ),
    .productListed(
      ProductListed(
        product: "p1",
        shop: shop,
        seller: Person(1),
        brand: brand,
        kind: .handicraft,
        title: String(repeating: "茶", count: 66),
        currency: "CNY",
        price: 1_000_000_000_000,
        stock: -1,
        storyHash: hash(4)
      )
    ),
    .productRetitled(ProductRetitled(product: product, shop: shop, title: "Tea")),
    .priceChanged(PriceChanged(product: product, shop: shop, from: .min, to: .max)),
    .stockAdjusted(
      StockAdjusted(product: product, shop: shop, by: -3, after: 4, reasonHash: hash(5))
    ),
    .productDelisted(ProductDelisted(product: product, shop: shop, reasonHash: hash(6))),
    .productRelisted(ProductRelisted(product: product, shop: shop, reasonHash: hash(7))),
    .visitRecorded(
      VisitRecorded(
        visit: "v1",
        shop: shop,
        visitor: Person(.max),
        product: product,
        brand: brand,
        entry: entry,
        attribution: attribution
      )
    ),
    .productShared(
      ProductShared(
        share: "g2",
        product: product,
        shop: shop,
        brand: brand,
        sharer: Person(4),
        via: Reference(id: "g1", position: 9),
        root: Reference(id: "g0", position: 8),
        depth: 3,
        scene: .groupChat,
        community: "c"
      )
    ),
    .productPurchased(
      ProductPurchased(
        order: "o1",
        product: product,
        shop: shop,
        seller: Person(1),
        brand: brand,
        kind: .branded,
        title: "Tea",
        currency: "CNY",
        buyer: Person(5),
        unitPrice: 900,
        quantity: 2,
        total: 1_800,
        stockAfter: 3,
        entry: entry,
        attribution: attribution,
        creditedSharer: Person(6),
        halo: true,
        selfShare: true,
        impulse: true,
        policy: 99
      )
    ),
    .purchaseRefunded(
      PurchaseRefunded(
        refund: "r1",
        order: Reference(id: "o1", position: 77),
        product: product,
        shop: shop,
        brand: brand,
        kind: .fresh,
        currency: "CNY",
        buyer: Person(5),
        quantity: 1,
        amount: 900,
        restock: true,
        stockAfter: 4,
        orderDay: -719_162,
        quantityLeft: 1,
        amountLeft: 900,
        reasonHash: hash(8)
      )
    ),
    .agentSignedUp(
      AgentSignedUp(
        brand: brand,
        agent: Person(7),
        sponsor: Person(8),
        level: 2,
        entryFee: 500,
        currency: "CNY"
      )
    ),
    .agentReparented(
      AgentReparented(
        brand: brand,
        agent: Person(7),
        from: Person(8),
        to: Person(9),
        level: 3,
        cause: .sponsorLeft,
        reasonHash: hash(10)
      )
    ),
    .agentLeft(
      AgentLeft(
        brand: brand,
        agent: Person(7),
        sponsor: Person(9),
        cause: .revoked,
        reasonHash: hash(11)
      )
    ),
    .policyAdopted(
      PolicyAdopted(
        policy: Policy(
          attributionWindowDays: 3_650,
          thresholdLevels: 255,
          thresholdHeadcount: 1_000_000_000,
          impulseMinutes: -1
        )
      )
    ),
  ]

  private static let bareEvents: [Event] = [
    .shopOpened(
      ShopOpened(shop: "", owner: Person(0), nameHash: [], currency: "", timeZone: "")
    ),
    .brandRegistered(
      BrandRegistered(
        brand: "",
        owner: Person(0),
        name: "",
        levelLimit: 0,
        currency: "",
        timeZone: ""
      )
    ),
    .productListed(
      ProductListed(
        product: "",
        shop: thing,
        seller: Person(0),
        brand: nil,
        kind: .other,
        title: "",
        currency: "",
        price: 0,
        stock: 0,
        storyHash: []
      )
    ),
    .productRetitled(ProductRetitled(product: thing, shop: thing, title: "")),
    .priceChanged(PriceChanged(product: thing, shop: thing, from: 0, to: 0)),
    .stockAdjusted(StockAdjusted(product: thing, shop: thing, by: 0, after: 0, reasonHash: [])),
    .productDelisted(ProductDelisted(product: thing, shop: thing, reasonHash: [])),
    .productRelisted(ProductRelisted(product: thing, shop: thing, reasonHash: [])),
    .visitRecorded(
      VisitRecorded(
        visit: "",
        shop: thing,
        visitor: Person(0),
        product: nil,
        brand: nil,
        entry: Entry(mode: .unknown),
        attribution: Attribution(mode: .unknown, rule: 0)
      )
    ),
    .productShared(
      ProductShared(
        share: "",
        product: thing,
        shop: thing,
        brand: nil,
        sharer: Person(0),
        via: nil,
        root: thing,
        depth: 0,
        scene: .none,
        community: ""
      )
    ),
    .productPurchased(
      ProductPurchased(
        order: "",
        product: thing,
        shop: thing,
        seller: Person(0),
        brand: nil,
        kind: .other,
        title: "",
        currency: "",
        buyer: Person(0),
        unitPrice: 0,
        quantity: 0,
        total: 0,
        stockAfter: 0,
        entry: nil,
        attribution: Attribution(mode: .unknown),
        creditedSharer: nil,
        halo: false,
        selfShare: false,
        impulse: false,
        policy: 0
      )
    ),
    .purchaseRefunded(
      PurchaseRefunded(
        refund: "",
        order: thing,
        product: thing,
        shop: thing,
        brand: nil,
        kind: .other,
        currency: "",
        buyer: Person(0),
        quantity: 0,
        amount: 0,
        restock: false,
        stockAfter: 0,
        orderDay: 0,
        quantityLeft: 0,
        amountLeft: 0,
        reasonHash: []
      )
    ),
    .agentSignedUp(
      AgentSignedUp(
        brand: thing,
        agent: Person(0),
        sponsor: nil,
        level: 0,
        entryFee: 0,
        currency: ""
      )
    ),
    .agentReparented(
      AgentReparented(
        brand: thing,
        agent: Person(0),
        from: nil,
        to: nil,
        level: 0,
        cause: .requested,
        reasonHash: []
      )
    ),
    .agentLeft(
      AgentLeft(brand: thing, agent: Person(0), sponsor: nil, cause: .notSaid, reasonHash: [])
    ),
    .policyAdopted(
      PolicyAdopted(
        policy: Policy(
          attributionWindowDays: 0,
          thresholdLevels: 0,
          thresholdHeadcount: 0,
          impulseMinutes: 0
        )
      )
    ),
  ]

  // MARK: Bytes written once

  static let golden = [full[10], full[13], bare[4]]
  static let goldenHex = [
    "08ffffffffffffffffff01114002f60a554a050019ffffffffffffffff20f308280132406363636363636363"
      + "6363636363636363636363636363636363636363636363636363636363636363636363636363636363636363"
      + "6363636363636363636363633a10000102030405060708090a0b0c0d0e0f400148ffffffff0f50ac02580062"
      + "0774726163653a316829722508ac021220010101010101010101010101010101010101010101010101010101"
      + "0101010101722508ad0212200202020202020202020202020202020202020202020202020202020202020202"
      + "7801d201b2030a026f3112080a03702d311080011a0a0a0673686f703a31100120012a4d0a40626262626262"
      + "6262626262626262626262626262626262626262626262626262626262626262626262626262626262626262"
      + "626262626262626262626262626210ffffffffffffffffff0130013a035465614203434e5948055084075802"
      + "60880e6803723408021202673118042206e88cb6e58f8b280232200909090909090909090909090909090909"
      + "0909090909090909090909090909097ae701080310091ac601e59c88e59c88e59c88e59c88e59c88e59c88e5"
      + "9c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88"
      + "e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c"
      + "88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e5"
      + "9c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88e59c88"
      + "e59c8820012a060a026731100530ffffffff0f3a060a02763110064001800106880101900101980101a00163",
    "08ffffffffffffffffff01114002f60a554a050019ffffffffffffffff20f308280132406363636363636363"
      + "6363636363636363636363636363636363636363636363636363636363636363636363636363636363636363"
      + "6363636363636363636363633a10000102030405060708090a0b0c0d0e0f400148ffffffff0f50ac02580062"
      + "0774726163653a316829722508ac021220010101010101010101010101010101010101010101010101010101"
      + "0101010101722508ad0212200202020202020202020202020202020202020202020202020202020202020202"
      + "7801ea017b0a4d0a406262626262626262626262626262626262626262626262626262626262626262626262"
      + "626262626262626262626262626262626262626262626262626262626210ffffffffffffffffff0110071808"
      + "2009280330013a200a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
    "0807320263317801a201080a02100112021001",
  ]
}
