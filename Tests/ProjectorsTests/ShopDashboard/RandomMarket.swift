import Projectors
import TestSupport

@testable import Marketplace

/// A random, consistent log over few shops, products, people and days.
struct RandomMarket {
  private(set) var records: [Record] = []
  private var random: SeededRandom
  private var shops: [Reference] = []
  private var brands: [Reference] = []
  private var products: [Product] = []
  private var shares: [(reference: Reference, event: ProductShared)] = []
  private var orders: [(event: ProductPurchased, position: Position, day: Day)] = []
  private var agents: [(brand: Reference, agent: Person, isActive: Bool)] = []

  private struct Product {
    var reference: Reference
    var shop: Reference
    var kind: GoodsKind
    var stock: Int64
    var isListed: Bool
    var title: String
  }

  /// Around the ends of containers, so that sets get several.
  private static let people = [1, 2, 3, 65_535, 65_536, 65_537, 131_072, 70_000_000_000]
    .map { Person($0) }

  init(seed: UInt64, count: Int) {
    random = SeededRandom(seed)
    while records.count < count { step() }
  }

  private mutating func step() {
    switch number(0...99) {
    case 0...1 where shops.count < 3: openShop()
    case 2...3 where brands.count < 2: registerBrand()
    case 4...11: list()
    case 12...19: changeProduct()
    case 20...44: visit()
    case 45...54: share()
    case 55...79: purchase()
    case 80...89: refund()
    case 90...95: joinOrLeave()
    case 96: append(.policyAdopted(PolicyAdopted(policy: .initial)), day: day())
    default: break
    }
  }

  private mutating func openShop() {
    let id = "s\(shops.count)"
    let currency = shops.count == 1 ? "JPY" : "CNY"
    shops.append(Reference(id: id, position: next))
    let event = ShopOpened(
      shop: id,
      owner: person(),
      nameHash: [],
      currency: currency,
      timeZone: "Asia/Shanghai"
    )
    append(.shopOpened(event), day: day())
  }

  private mutating func registerBrand() {
    let id = "b\(brands.count)"
    brands.append(Reference(id: id, position: next))
    let event = BrandRegistered(
      brand: id,
      owner: person(),
      name: id,
      levelLimit: 255,
      currency: "CNY",
      timeZone: "Asia/Shanghai"
    )
    append(.brandRegistered(event), day: day())
  }

  private mutating func list() {
    guard let shop = shops.randomElement(using: &random) else { return }
    // The ids' order is not the positions', and product 10 stands before product 9.
    let id = "p\(97 &* products.count % 211)"
    let product = Product(
      reference: Reference(id: id, position: next),
      shop: shop,
      kind: GoodsKind.allCases.randomElement(using: &random) ?? .other,
      stock: Int64(number(0...4)),
      isListed: true,
      title: "new \(id)"
    )
    products.append(product)
    let event = ProductListed(
      product: id,
      shop: shop,
      seller: person(),
      brand: nil,
      kind: product.kind,
      title: product.title,
      currency: currency(of: shop),
      price: 1,
      stock: product.stock,
      storyHash: []
    )
    append(.productListed(event), day: day())
  }

  private mutating func changeProduct() {
    guard let index = products.indices.randomElement(using: &random) else { return }
    let product = products[index]
    let (reference, shop) = (product.reference, product.shop)
    switch number(0...3) {
    case 0:
      products[index].title = number(0...4) == 0 ? "" : "title \(next)"
      let event = ProductRetitled(product: reference, shop: shop, title: products[index].title)
      append(.productRetitled(event), day: day())
    case 1:
      append(
        .priceChanged(PriceChanged(product: reference, shop: shop, from: 1, to: 2)),
        day: day()
      )
    case 2:
      let after = Int64(number(0...4))
      guard after != product.stock else { return }
      products[index].stock = after
      let event = StockAdjusted(
        product: reference,
        shop: shop,
        by: after - product.stock,
        after: after,
        reasonHash: []
      )
      append(.stockAdjusted(event), day: day())
    default:
      products[index].isListed.toggle()
      append(
        product.isListed
          ? .productDelisted(ProductDelisted(product: reference, shop: shop, reasonHash: []))
          : .productRelisted(ProductRelisted(product: reference, shop: shop, reasonHash: [])),
        day: day()
      )
    }
  }

  private mutating func visit() {
    guard let shop = shops.randomElement(using: &random) else { return }
    let mode = Mode.allCases.randomElement(using: &random) ?? .unknown
    let event = VisitRecorded(
      visit: "v\(next)",
      shop: shop,
      visitor: person(),
      product: nil,
      brand: nil,
      entry: Entry(mode: mode),
      attribution: Attribution(mode: mode)
    )
    append(.visitRecorded(event), day: day())
  }

  private mutating func share() {
    guard let product = products.randomElement(using: &random) else { return }
    let itself = Reference(id: "g\(next)", position: next)
    let chain = shares.filter { $0.event.product == product.reference }
    let via = number(0...2) == 0 ? nil : chain.randomElement(using: &random)
    let event = ProductShared(
      share: itself.id,
      product: product.reference,
      shop: product.shop,
      brand: nil,
      sharer: person(),
      via: via?.reference,
      root: via?.event.root ?? itself,
      depth: 1 + (via?.event.depth ?? 0),
      scene: .groupChat,
      community: ""
    )
    shares.append((itself, event))
    append(.productShared(event), day: day())
  }

  private mutating func purchase() {
    let ready = products.indices.filter { products[$0].isListed && products[$0].stock > 0 }
    guard let index = ready.randomElement(using: &random) else { return }
    let (product, buyer) = (products[index], person())
    let quantity = Int64.random(in: 1...product.stock, using: &random)
    let unitPrice = Int64(
      [1, 250, 1_000_000_000_000 / quantity].randomElement(using: &random) ?? 1
    )
    products[index].stock -= quantity
    let followed = shares.filter { $0.event.shop == product.shop }.randomElement(using: &random)
    var attribution = Attribution(mode: [.stroll, .search, .unknown][number(0...2)])
    if let followed, number(0...2) > 0 {
      attribution = Attribution(mode: .share, share: followed.reference)
    }
    let sharer = attribution.share == nil ? nil : followed?.event.sharer
    let event = ProductPurchased(
      order: "o\(next)",
      product: product.reference,
      shop: product.shop,
      seller: Person(1),
      brand: nil,
      kind: product.kind,
      title: product.title,
      currency: currency(of: product.shop),
      buyer: buyer,
      unitPrice: unitPrice,
      quantity: quantity,
      total: unitPrice * quantity,
      stockAfter: products[index].stock,
      entry: nil,
      attribution: attribution,
      creditedSharer: sharer == buyer ? nil : sharer,
      halo: false,
      selfShare: sharer == buyer,
      impulse: attribution.mode == .stroll && number(0...1) == 0,
      policy: 0
    )
    let today = day()
    orders.append((event, next, today))
    append(.productPurchased(event), day: today)
  }

  private mutating func refund() {
    guard let order = orders.randomElement(using: &random) else { return }
    let amount = Int64.random(in: 0...order.event.total, using: &random)
    let event = PurchaseRefunded(
      refund: "r\(next)",
      order: Reference(id: order.event.order, position: order.position),
      product: order.event.product,
      shop: order.event.shop,
      brand: nil,
      kind: order.event.kind,
      currency: order.event.currency,
      buyer: order.event.buyer,
      quantity: 0,
      amount: amount,
      restock: false,
      stockAfter: 0,
      orderDay: order.day,
      quantityLeft: 0,
      amountLeft: 0,
      reasonHash: []
    )
    append(.purchaseRefunded(event), day: day())
  }

  private mutating func joinOrLeave() {
    guard let brand = brands.randomElement(using: &random) else { return }
    let agent = person()
    let index = agents.firstIndex { $0.brand == brand && $0.agent == agent }
    if let index, agents[index].isActive {
      agents[index].isActive = false
      let event = AgentLeft(
        brand: brand,
        agent: agent,
        sponsor: nil,
        cause: .left,
        reasonHash: []
      )
      append(.agentLeft(event), day: day())
    } else {
      if let index { agents[index].isActive = true }
      if index == nil { agents.append((brand, agent, true)) }
      let event = AgentSignedUp(
        brand: brand,
        agent: agent,
        sponsor: nil,
        level: 1,
        entryFee: 0,
        currency: "CNY"
      )
      append(.agentSignedUp(event), day: day())
    }
  }

  private var next: Position { Position(records.count) + 1 }

  private func currency(of shop: Reference) -> String {
    shop.id == "s1" ? "JPY" : "CNY"
  }

  private mutating func person() -> Person {
    Self.people.randomElement(using: &random) ?? Person(1)
  }

  /// Business days come in any order, some before 1970.
  private mutating func day() -> Day {
    [-400, -1, 0, 1, 17_235, 17_236].randomElement(using: &random) ?? 0
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &random)
  }

  private mutating func append(_ event: Event, day: Day) {
    let position = next
    let envelope = Envelope(
      position: position,
      recordedAt: Microseconds(position),
      occurredAt: Microseconds(day) * 86_400_000_000,
      localDay: day,
      commandID: "c\(position)",
      commandDigest: .zero
    )
    records.append(Record(envelope: envelope, event: event))
  }
}
