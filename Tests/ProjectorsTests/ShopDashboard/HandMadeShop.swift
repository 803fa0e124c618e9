import TestSupport

@testable import Marketplace

/// A shop whose figures can be counted by hand: two visitors, one of whom bought twice.
struct HandMadeShop {
  private(set) var log = TestLog()
  private(set) var products: [Reference] = []
  private var shop = Reference(id: "s1", position: 1)

  init() {
    let opened = ShopOpened(
      shop: "s1",
      owner: Person(7),
      nameHash: [],
      currency: "CNY",
      timeZone: "Asia/Shanghai"
    )
    append(.shopOpened(opened))
    log.texts[1] = "Tea & more"
    list("p1", stock: 2)
    visit(Person(1))
    visit(Person(2))
    buy(products[0], stockAfter: 1)
    buy(products[0], stockAfter: 0)
    let retitled = ProductRetitled(product: products[0], shop: shop, title: "Best tea")
    append(.productRetitled(retitled))
    let refund = PurchaseRefunded(
      refund: "r1",
      order: Reference(id: "o5", position: 5),
      product: products[0],
      shop: shop,
      brand: nil,
      kind: .native,
      currency: "CNY",
      buyer: Person(1),
      quantity: 0,
      amount: 100,
      restock: false,
      stockAfter: 0,
      orderDay: 17_235,
      quantityLeft: 1,
      amountLeft: 150,
      reasonHash: []
    )
    append(.purchaseRefunded(refund), day: 17_237)
    // An event of no shop gives no shop a day.
    append(.policyAdopted(PolicyAdopted(policy: .initial)), day: 17_300)
  }

  mutating func list(_ id: String, stock: Int64) {
    products.append(Reference(id: id, position: Position(log.records.count) + 1))
    let listed = ProductListed(
      product: id,
      shop: shop,
      seller: Person(7),
      brand: nil,
      kind: .native,
      title: "Tea",
      currency: "CNY",
      price: 250,
      stock: stock,
      storyHash: []
    )
    append(.productListed(listed))
  }

  mutating func visit(_ visitor: Person) {
    let visit = VisitRecorded(
      visit: "v\(log.records.count)",
      shop: shop,
      visitor: visitor,
      product: nil,
      brand: nil,
      entry: Entry(mode: .stroll),
      attribution: Attribution(mode: .stroll)
    )
    append(.visitRecorded(visit))
  }

  mutating func buy(_ product: Reference, stockAfter: Int64 = 1) {
    let purchase = ProductPurchased(
      order: "o\(log.records.count + 1)",
      product: product,
      shop: shop,
      seller: Person(7),
      brand: nil,
      kind: .native,
      title: "Tea",
      currency: "CNY",
      buyer: Person(1),
      unitPrice: 250,
      quantity: 1,
      total: 250,
      stockAfter: stockAfter,
      entry: nil,
      attribution: Attribution(mode: .stroll),
      creditedSharer: nil,
      halo: false,
      selfShare: false,
      impulse: true,
      policy: 0
    )
    append(.productPurchased(purchase))
  }

  private mutating func append(_ event: Event, day: Day = 17_235) {
    let position = Position(log.records.count) + 1
    let envelope = Envelope(
      position: position,
      recordedAt: Microseconds(position),
      occurredAt: Microseconds(day) * 86_400_000_000,
      occurredOffsetMinutes: 480,
      localDay: day,
      commandID: "c\(position)",
      commandDigest: .zero
    )
    log.records.append(Record(envelope: envelope, event: event))
  }
}
