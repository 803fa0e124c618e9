import Marketplace

@testable import Projectors

/// The shopping modes, slow and obvious: every figure anew from the list of events.
struct ModesModel {
  var visits: [(day: Day, event: VisitRecorded)] = []
  var shares: [(day: Day, position: Position, event: ProductShared)] = []
  var orders: [(day: Day, event: ProductPurchased)] = []
  let scope: ShoppingModesScope

  init(_ records: [Record], _ scope: ShoppingModesScope) {
    self.scope = scope
    for record in records {
      let day = record.envelope.localDay
      switch record.event {
      case .visitRecorded(let event):
        if covers(event.shop, event.brand) { visits.append((day, event)) }
      case .productShared(let event):
        if covers(event.shop, event.brand) { shares.append((day, record.position, event)) }
      case .productPurchased(let event):
        if covers(event.shop, event.brand) { orders.append((day, event)) }
      default:
        break
      }
    }
  }

  private func covers(_ shop: Reference, _ brand: Reference?) -> Bool {
    switch scope {
    case .everything: true
    case .shop(let wanted): shop == wanted
    case .brand(let wanted): brand == wanted
    }
  }

  private func between(_ from: Day?, _ to: Day?) -> ModesModel {
    var part = self
    let isIn: (Day) -> Bool = { day in (from ?? .min) <= day && day <= (to ?? .max) }
    part.visits.removeAll { !isIn($0.day) }
    part.shares.removeAll { !isIn($0.day) }
    part.orders.removeAll { !isIn($0.day) }
    return part
  }

  func answer(
    currency: String? = nil,
    defaultCurrency: String = "CNY",
    period: Period? = nil,
    from: Day? = nil,
    to: Day? = nil,
    position: Position = 0
  ) -> ShoppingModes {
    let part = between(from, to)
    let currencies = Set(part.orders.map(\.event.currency)).sorted()
    let chosen = currency ?? (currencies.count == 1 ? currencies[0] : defaultCurrency)
    return ShoppingModes(
      position: position,
      scope: scope,
      currency: chosen,
      otherCurrencies: currencies.filter { $0 != chosen },
      days: part.days,
      total: part.figures(chosen),
      periods: period.map { part.series($0, from, to, chosen) }
    )
  }

  /// From the first to the last day with an event.
  private var days: ClosedRange<Day>? {
    let days = visits.map(\.day) + shares.map(\.day) + orders.map(\.day)
    guard let first = days.min(), let last = days.max() else { return nil }
    return first...last
  }

  private func series(
    _ period: Period,
    _ from: Day?,
    _ to: Day?,
    _ currency: String
  ) -> [ShoppingModes.PeriodFigures] {
    guard var day = days?.lowerBound, let last = days?.upperBound else { return [] }
    while Self.belongTogether(day - 1, day, period) { day -= 1 }
    var series: [ShoppingModes.PeriodFigures] = []
    while day <= last {
      var end = day
      while Self.belongTogether(end, end + 1, period) { end += 1 }
      let (start, cut) = (max(day, from ?? .min), min(end, to ?? .max))
      let figures = between(start, cut).figures(currency)
      let change = series.last.map { before in
        zip(before.figures.modes, figures.modes).map { before, now in
          ShoppingModes.ModeChange(
            mode: now.mode,
            shareOfOrders: points(before.shareOfOrders, now.shareOfOrders),
            shareOfGross: points(before.shareOfGross, now.shareOfGross)
          )
        }
      }
      series.append(
        ShoppingModes.PeriodFigures(start: start, end: cut, figures: figures, change: change)
      )
      day = end + 1
    }
    return series
  }

  /// Whether two days, one behind the other, lie in the same period.
  private static func belongTogether(_ day: Day, _ next: Day, _ period: Period) -> Bool {
    switch period {
    case .day: false
    // Day 4, 1970-01-05, was a Monday.
    case .week: (next - 4) % 7 != 0
    case .month: Timestamp.civil(day).month == Timestamp.civil(next).month
    }
  }

  private func figures(_ currency: String) -> ShoppingModes.Figures {
    ShoppingModes.Figures(
      all: allFigures(currency),
      modes: [.stroll, .share, .search, .unknown].map { figures(of: $0, currency) },
      sharing: sharing(),
      intents: [.product, .brand].map { intent in
        ShoppingModes.IntentFigures(
          intent: intent,
          visits: count(visits.map(\.event.attribution)) {
            $0.mode == .search && $0.intent == intent
          },
          orders: count(orders.map(\.event.attribution)) {
            $0.mode == .search && $0.intent == intent
          }
        )
      },
      scenes: Scene.allCases.dropFirst().compactMap { scene in
        let isHere: (Attribution) -> Bool = {
          ($0.mode == .stroll || $0.mode == .share) && $0.scene == scene
        }
        let visited = count(visits.map(\.event.attribution), isHere)
        let bought = count(orders.map(\.event.attribution), isHere)
        if visited == 0, bought == 0 { return nil }
        return ShoppingModes.SceneFigures(scene: scene, visits: visited, orders: bought)
      }
    )
  }

  private func allFigures(_ currency: String) -> ShoppingModes.AllFigures {
    let visitors = Set(visits.map(\.event.visitor))
    let buyers = Set(orders.map(\.event.buyer))
    return ShoppingModes.AllFigures(
      visits: UInt64(visits.count),
      visitors: visitors.count,
      orders: UInt64(orders.count),
      units: sum(orders.map(\.event.quantity)),
      buyers: buyers.count,
      gross: sum(orders.map(\.event).filter { $0.currency == currency }.map(\.total)),
      conversion: ratio(Int128(visitors.intersection(buyers).count), Int128(visitors.count))
    )
  }

  private func figures(of mode: Mode, _ currency: String) -> ShoppingModes.ModeFigures {
    let visited = visits.map(\.event).filter { $0.attribution.mode == mode }
    let bought = orders.map(\.event).filter { $0.attribution.mode == mode }
    let visitors = Set(visited.map(\.visitor))
    let buyers = Set(bought.map(\.buyer))
    let gross = sum(bought.filter { $0.currency == currency }.map(\.total))
    let grossOfAll = sum(orders.map(\.event).filter { $0.currency == currency }.map(\.total))
    return ShoppingModes.ModeFigures(
      mode: mode,
      visits: UInt64(visited.count),
      visitors: visitors.count,
      orders: UInt64(bought.count),
      units: sum(bought.map(\.quantity)),
      buyers: buyers.count,
      gross: gross,
      conversion: ratio(Int128(visitors.intersection(buyers).count), Int128(visitors.count)),
      shareOfOrders: ratio(Int128(bought.count), Int128(orders.count)),
      shareOfGross: ratio(gross, grossOfAll)
    )
  }

  private func sharing() -> ShoppingModes.SharingFigures {
    var ordersOf: [Position: UInt64] = [:]
    var deep = 0
    for order in orders where order.event.attribution.mode == .share {
      ordersOf[order.event.attribution.share?.position ?? 0, default: 0] += 1
      if order.event.attribution.shareDepth > 1 { deep += 1 }
    }
    var depths: [UInt32: UInt64] = [:]
    for share in shares { depths[share.event.depth, default: 0] += 1 }
    let cascades = cascades(from: nil, to: nil)
    let fromShares = ordersOf.values.reduce(0, +)
    return ShoppingModes.SharingFigures(
      shares: UInt64(shares.count),
      sharesWithOrders: UInt64(shares.filter { ordersOf[$0.position] != nil }.count),
      ordersFromShares: fromShares,
      mostOrdersFromOneShare: ordersOf.values.max() ?? 0,
      depths: depths.sorted { $0.key < $1.key }
        .map { ShoppingModes.DepthFigures(depth: UInt64($0.key), shares: $0.value) },
      greatestCascade: cascades.values.max() ?? 0,
      deepOrderShare: ratio(Int128(deep), Int128(fromShares))
    )
  }

  /// How many shares of the days there are under each first share.
  func cascades(from: Day?, to: Day?) -> [Position: UInt64] {
    between(from, to).shares.reduce(into: [:]) { $0[$1.event.root.position, default: 0] += 1 }
  }

  private func count(_ found: [Attribution], _ isWanted: (Attribution) -> Bool) -> UInt64 {
    UInt64(found.filter(isWanted).count)
  }

  private func sum(_ numbers: [Int64]) -> Int128 {
    numbers.reduce(0) { $0 + Int128($1) }
  }

  private func ratio(_ part: Int128, _ whole: Int128) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  private func points(_ before: Double?, _ now: Double?) -> Double? {
    guard let before, let now else { return nil }
    return (now - before) * 100
  }
}
