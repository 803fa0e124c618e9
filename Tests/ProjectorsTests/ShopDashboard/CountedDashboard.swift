@testable import Marketplace
@testable import Projectors

/// The dashboard as the words of the domain say it, counted anew from all events each time.
struct CountedDashboard {
  private let events: [Record]
  private let position: Position

  init(_ records: [Record], shop: Position) {
    events = records.filter { $0.event.shop(at: $0.position)?.position == shop }
    position = shop
  }

  func answer(from: Day?, to: Day?, position: Position) -> ShopDashboard {
    guard case .shopOpened(let opened) = events[0].event else { preconditionFailure("no shop") }
    let inRange = { (day: Day) in day >= from ?? .min && day <= to ?? .max }
    let days = Set(events.map(\.envelope.localDay)).filter(inRange).sorted()
    return ShopDashboard(
      shop: opened.shop,
      name: "text \(self.position)",
      currency: opened.currency,
      timeZone: opened.timeZone,
      position: position,
      total: figures(inRange),
      days: days.map { day in .init(day: day, figures: figures { $0 == day }) },
      productsListed: productsListed,
      topProducts: topProducts
    )
  }

  private var purchases: [(day: Day, event: ProductPurchased, isFirst: Bool)] {
    var buyers: Set<Person> = []
    return events.compactMap { record in
      guard case .productPurchased(let event) = record.event else { return nil }
      return (record.envelope.localDay, event, buyers.insert(event.buyer).inserted)
    }
  }

  private func figures(_ inScope: (Day) -> Bool) -> ShopFigures {
    let inDays = events.filter { inScope($0.envelope.localDay) }
    let bought = purchases.filter { inScope($0.day) }
    let visitors: [Person] = inDays.compactMap {
      if case .visitRecorded(let event) = $0.event { event.visitor } else { nil }
    }
    let refunds: [(day: Day, event: PurchaseRefunded)] = events.compactMap {
      guard case .purchaseRefunded(let event) = $0.event else { return nil }
      return ($0.envelope.localDay, event)
    }
    let buyers = Set(bought.map(\.event.buyer))
    var figures = ShopFigures()
    figures.visits = UInt64(visitors.count)
    figures.visitors = Set(visitors).count
    figures.buyers = buyers.count
    figures.visitorsWhoBought = buyers.intersection(visitors).count
    figures.repeaters = Set(bought.filter { !$0.isFirst }.map(\.event.buyer)).count
    figures.units = bought.reduce(0) { $0 + Int128($1.event.quantity) }
    figures.refundsBooked = refunds.filter { inScope($0.day) }
      .reduce(0) { $0 + Int128($1.event.amount) }
    figures.refundsCohort = refunds.filter { inScope($0.event.orderDay) }
      .reduce(0) { $0 + Int128($1.event.amount) }
    figures.impulseOrders = UInt64(bought.count { $0.event.impulse })
    figures.stockOuts = UInt64(inDays.count { Self.emptiesStock($0.event) })
    for mode in Mode.allCases {
      let ofMode = bought.map(\.event).filter { $0.attribution.mode == mode }
      figures.modes[Int(mode.rawValue)] = sales(ofMode)
    }
    for kind in GoodsKind.allCases {
      figures.kinds[Int(kind.rawValue)] = sales(bought.map(\.event).filter { $0.kind == kind })
    }
    return figures
  }

  private func sales(_ purchases: [ProductPurchased]) -> Sales {
    Sales(
      orders: UInt64(purchases.count),
      gross: purchases.reduce(0) { $0 + Int128($1.unitPrice) * Int128($1.quantity) }
    )
  }

  private static func emptiesStock(_ event: Event) -> Bool {
    switch event {
    case .productPurchased(let event): event.stockAfter == 0
    case .stockAdjusted(let event): event.after == 0 && event.after - event.by > 0
    default: false
    }
  }

  private var productsListed: Int64 {
    events.reduce(0) { count, record in
      switch record.event {
      case .productListed, .productRelisted: count + 1
      case .productDelisted: count - 1
      default: count
      }
    }
  }

  private var topProducts: [ShopDashboard.ProductFigures] {
    var titles: [String: String] = [:]
    for record in events {
      switch record.event {
      case .productListed(let event): titles[event.product] = event.title
      case .productRetitled(let event): titles[event.product.id] = event.title
      default: break
      }
    }
    let byProduct = Dictionary(grouping: purchases.map(\.event), by: \.product.id)
    let all = byProduct.map { id, purchases in
      ShopDashboard.ProductFigures(
        product: id,
        title: titles[id] ?? "",
        units: purchases.reduce(0) { $0 + Int128($1.quantity) },
        gross: sales(purchases).gross
      )
    }
    // Ids here are ASCII, so their order as strings is that of their bytes.
    return Array(
      all.sorted { ($1.units, $1.gross, $0.product) < ($0.units, $0.gross, $1.product) }.prefix(10)
    )
  }
}
