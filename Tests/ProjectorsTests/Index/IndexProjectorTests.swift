import TestSupport
import Testing

@testable import Marketplace
@testable import Projectors

@Suite struct IndexProjectorTests {
  /// Every type of event once, and by what it is found.
  static let found: [(event: Event, filters: Set<EventIndex.Filter>)] = [
    (
      .shopOpened(
        ShopOpened(shop: "s", owner: Person(60), nameHash: [], currency: "CNY", timeZone: "UTC")
      ),
      [.init(.shop, 99)]
    ),
    (
      .brandRegistered(
        BrandRegistered(
          brand: "b",
          owner: Person(60),
          name: "B",
          levelLimit: 255,
          currency: "CNY",
          timeZone: "UTC"
        )
      ),
      [.init(.brand, 99), .init(.agency, 99)]
    ),
    (
      .productListed(
        ProductListed(
          product: "p",
          shop: shop,
          seller: Person(60),
          brand: brand,
          kind: .branded,
          title: "P",
          currency: "CNY",
          price: 1,
          stock: 1,
          storyHash: []
        )
      ),
      [.init(.shop, 10), .init(.product, 99), .init(.brand, 20)]
    ),
    (
      .productRetitled(ProductRetitled(product: product, shop: shop, title: "Q")),
      [.init(.shop, 10), .init(.product, 30)]
    ),
    (
      .priceChanged(PriceChanged(product: product, shop: shop, from: 1, to: 2)),
      [.init(.shop, 10), .init(.product, 30)]
    ),
    (
      .stockAdjusted(StockAdjusted(product: product, shop: shop, by: 1, after: 2, reasonHash: [])),
      [.init(.shop, 10), .init(.product, 30)]
    ),
    (
      .productDelisted(ProductDelisted(product: product, shop: shop, reasonHash: [])),
      [.init(.shop, 10), .init(.product, 30)]
    ),
    (
      .productRelisted(ProductRelisted(product: product, shop: shop, reasonHash: [])),
      [.init(.shop, 10), .init(.product, 30)]
    ),
    (
      .visitRecorded(
        VisitRecorded(
          visit: "v",
          shop: shop,
          visitor: Person(61),
          product: product,
          brand: brand,
          entry: Entry(mode: .share, share: "g"),
          attribution: Attribution(mode: .share, share: share)
        )
      ),
      [
        .init(.shop, 10), .init(.product, 30), .init(.brand, 20), .init(.share, 40),
        .init(.buyer, 61),
      ]
    ),
    (
      .visitRecorded(
        VisitRecorded(
          visit: "v",
          shop: shop,
          visitor: Person(61),
          product: nil,
          brand: nil,
          entry: Entry(mode: .share, share: "nobody knows"),
          attribution: Attribution(mode: .unknown)
        )
      ),
      [.init(.shop, 10), .init(.buyer, 61)]
    ),
    (
      .productShared(
        ProductShared(
          share: "h",
          product: product,
          shop: shop,
          brand: brand,
          sharer: Person(62),
          via: share,
          root: Reference(id: "r", position: 39),
          depth: 3,
          scene: .none,
          community: ""
        )
      ),
      [
        .init(.shop, 10), .init(.product, 30), .init(.brand, 20), .init(.share, 40),
        .init(.share, 99),
      ]
    ),
    (
      .productPurchased(.sample(shop: shop, product: product, buyer: Person(61), share: share)),
      [
        .init(.shop, 10), .init(.product, 30), .init(.order, 99), .init(.share, 40),
        .init(.buyer, 61),
      ]
    ),
    (
      .purchaseRefunded(
        PurchaseRefunded(
          refund: "x",
          order: Reference(id: "o", position: 50),
          product: product,
          shop: shop,
          brand: brand,
          kind: .branded,
          currency: "CNY",
          buyer: Person(61),
          quantity: 1,
          amount: 1,
          restock: false,
          stockAfter: 0,
          orderDay: 0,
          quantityLeft: 0,
          amountLeft: 0,
          reasonHash: []
        )
      ),
      [
        .init(.shop, 10), .init(.product, 30), .init(.brand, 20), .init(.order, 50),
        .init(.buyer, 61),
      ]
    ),
    (
      .agentSignedUp(
        AgentSignedUp(
          brand: brand,
          agent: Person(63),
          sponsor: Person(64),
          level: 2,
          entryFee: 0,
          currency: "CNY"
        )
      ),
      [.init(.brand, 20), .init(.agency, 20), .init(.agent, 63), .init(.agent, 64)]
    ),
    (
      .agentReparented(
        AgentReparented(
          brand: brand,
          agent: Person(63),
          from: Person(64),
          to: Person(65),
          level: 2,
          cause: .requested,
          reasonHash: []
        )
      ),
      [
        .init(.brand, 20), .init(.agency, 20), .init(.agent, 63), .init(.agent, 64),
        .init(.agent, 65),
      ]
    ),
    (
      .agentLeft(
        AgentLeft(
          brand: brand,
          agent: Person(63),
          sponsor: Person(64),
          cause: .left,
          reasonHash: []
        )
      ),
      [.init(.brand, 20), .init(.agency, 20), .init(.agent, 63), .init(.agent, 64)]
    ),
    (.policyAdopted(PolicyAdopted(policy: .initial)), [.init(.policy, 0)]),
  ]

  @Test(arguments: found.indices)
  func `an event is found by what it carries, and by nothing else`(index: Int) throws {
    let (event, expected) = Self.found[index]
    let rows = try IndexProjector.rows(of: [Record(at: 99, event)]) { _ in false }
    var filters: Set<EventIndex.Filter> = []
    for kind in EventIndex.Kind.allCases {
      for entity in 0...100 as ClosedRange<UInt64> {
        let filter = EventIndex.Filter(kind, entity)
        let page = try EventIndex.matching([filter], after: 0, limit: 9, rows: rows)
        if page.positions == [99] { filters.insert(filter) }
      }
    }
    #expect(filters == expected, "\(event.type)")
    var stored = 0
    for kind in EventIndex.Kind.allCases {
      try kind.entities.scan(from: 0, in: rows) { _, _ in
        stored += 1
        return true
      }
    }
    #expect(stored == expected.count)
  }

  private static let shop = Reference(id: "s", position: 10)
  private static let brand = Reference(id: "b", position: 20)
  private static let product = Reference(id: "p", position: 30)
  private static let share = Reference(id: "g", position: 40)
}

extension Record {
  /// The only event of its command.
  init(at position: Position, _ event: Event) {
    self.init(
      envelope: Envelope(
        position: position,
        recordedAt: 0,
        occurredAt: 0,
        localDay: 0,
        commandID: "c",
        commandDigest: .zero
      ),
      event: event
    )
  }
}

extension ProductPurchased {
  /// One unit at one fen, without a brand.
  static func sample(
    shop: Reference,
    product: Reference,
    buyer: Person,
    share: Reference? = nil
  ) -> ProductPurchased {
    ProductPurchased(
      order: "o",
      product: product,
      shop: shop,
      seller: Person(60),
      brand: nil,
      kind: .other,
      title: "P",
      currency: "CNY",
      buyer: buyer,
      unitPrice: 1,
      quantity: 1,
      total: 1,
      stockAfter: 0,
      entry: nil,
      attribution: Attribution(mode: share == nil ? .unknown : .share, share: share),
      creditedSharer: nil,
      halo: false,
      selfShare: false,
      impulse: false,
      policy: 0
    )
  }
}
