package import Marketplace

/// Explains the figures of the shopping modes from the events of their scope.
///
/// The events may hold others: what is of another shop or brand is passed over, but for the shares
/// that orders of the scope came by.
package struct ModesExplainer: Explaining {
  private let scope: ShoppingModesScope
  private let days: ExplainedDays
  private let kind: Explanation.Kind
  private let currency: String?
  private let defaultCurrency: String
  private var parts: [(count: ModesCount, part: Explanation.Part)]
  private var counted: [Set<UInt64>]
  private var visited: Set<Person> = []
  private var bought: Set<Person> = []
  /// Currencies of the orders, by position of those that moved a gross.
  private var currencies: Set<String> = []
  private var foreign: [String: Set<Position>] = [:]
  private var shares: [Position: Share] = [:]
  /// What each share, or first share of a cascade, has to show for itself.
  private var rivals: [Position: [Position]] = [:]

  private struct Share: Sendable {
    var day: Day
    var isOfScope: Bool
  }

  /// - Throws: `UnknownFigure`.
  package init(
    figure: String,
    scope: ShoppingModesScope,
    currency: String?,
    defaultCurrency: String,
    from: Day?,
    to: Day?
  ) throws(UnknownFigure) {
    self.scope = scope
    self.currency = currency
    self.defaultCurrency = defaultCurrency
    days = ExplainedDays(from: from, to: to)
    let counts: [(String, ModesCount)]
    (kind, counts) = try ModesCount.counts(of: figure)
    parts = counts.map { ($0.1, Explanation.Part(name: $0.0)) }
    counted = counts.map { _ in [] }
  }

  package var explanation: Explanation {
    let chosen = currency ?? (currencies.count == 1 ? currencies.first : nil) ?? defaultCurrency
    let others = foreign.filter { $0.key != chosen }.values.reduce(into: Set()) {
      $0.formUnion($1)
    }
    return Explanation(
      kind: kind,
      parts: parts.map { count, part in
        var part = part
        switch count {
        case .gross: part.moves.removeAll { others.contains($0.position) }
        case .ordersFromBestShare, .greatestCascade:
          // The first to come to as many, whose last witness is the earliest.
          let best = rivals.values.max { left, right in
            (left.count, right.last ?? 0) < (right.count, left.last ?? 0)
          }
          for position in best ?? [] { part.move(1, at: position) }
        default: break
        }
        return part
      }
    )
  }

  package mutating func take(_ record: borrowing LentRecord) throws {
    let (position, isInRange) = (record.position, days.contains(record.localDay))
    switch try record.event() {
    case .visitRecorded(let event):
      guard isInRange, covers(try event.shop, try event.brand) else { return }
      let attribution = try event.attribution()
      let (mode, intent) = (try attribution.mode, try attribution.intent)
      let (scene, visitor) = (try attribution.scene, try event.visitor)
      move(position) { count, counted in
        switch count {
        case .visits(mode): 1
        case .visitors(mode): counted.insert(visitor.number).inserted ? 1 : 0
        case .intentVisits(intent): mode == .search ? 1 : 0
        case .sceneVisits(scene): mode == .stroll || mode == .share ? 1 : 0
        default: 0
        }
      }
      noteVisitorWhoBought(visitor, mode, position, isVisit: true)
    case .productShared(let event):
      let isOfScope = covers(try event.shop, try event.brand)
      shares[position] = Share(day: record.localDay, isOfScope: isOfScope)
      guard isInRange, isOfScope else { return }
      let depth = try event.depth
      move(position) { count, _ in
        switch count {
        case .shares, .depth(depth): 1
        default: 0
        }
      }
      if parts[0].count == .greatestCascade { rivals[try event.root, default: []].append(position) }
    case .productPurchased(let event):
      guard isInRange, covers(try event.shop, try event.brand) else { return }
      try order(event, position)
    default: return
    }
  }

  private mutating func order(
    _ event: borrowing Lent<ProductPurchased>,
    _ position: Position
  ) throws {
    let attribution = try event.attribution()
    let (mode, intent, scene) = (
      try attribution.mode, try attribution.intent, try attribution.scene
    )
    let (buyer, units, gross) = (try event.buyer, try event.quantity, try event.total)
    let depth = try attribution.shareDepth
    let share = mode == .share ? try attribution.share : nil
    let isOfCountedShare =
      share.flatMap { shares[$0] }.map { $0.isOfScope && days.contains($0.day) } ?? false
    let code = try event.currency
    currencies.insert(code)
    move(position) { count, counted in
      switch count {
      case .orders(nil), .orders(mode): 1
      case .units(mode): Int128(units)
      case .buyers(mode): counted.insert(buyer.number).inserted ? 1 : 0
      case .gross(nil), .gross(mode): Int128(gross)
      case .ordersFromShares: mode == .share ? 1 : 0
      case .deepOrders: mode == .share && depth >= 2 ? 1 : 0
      case .intentOrders(intent): mode == .search ? 1 : 0
      case .sceneOrders(scene): mode == .stroll || mode == .share ? 1 : 0
      case .sharesWithOrders:
        isOfCountedShare && counted.insert(share ?? 0).inserted ? 1 : 0
      default: 0
      }
    }
    if parts.contains(where: { if case .gross = $0.count { true } else { false } }) {
      foreign[code, default: []].insert(position)
    }
    if let share, parts[0].count == .ordersFromBestShare {
      rivals[share, default: []].append(position)
    }
    noteVisitorWhoBought(buyer, mode, position, isVisit: false)
  }

  private func covers(_ shop: Position, _ brand: Position?) -> Bool {
    switch scope {
    case .everything: true
    case .shop(let wanted): shop == wanted.position
    case .brand(let wanted): brand == wanted.position
    }
  }

  private mutating func noteVisitorWhoBought(
    _ person: Person,
    _ mode: Mode,
    _ position: Position,
    isVisit: Bool
  ) {
    guard parts[0].count == .visitorsWhoBought(mode) else { return }
    if isVisit { visited.insert(person) } else { bought.insert(person) }
    guard visited.contains(person), bought.contains(person) else { return }
    move(position) { count, counted in
      count == .visitorsWhoBought(mode) && counted.insert(person.number).inserted ? 1 : 0
    }
  }

  private mutating func move(
    _ position: Position,
    _ amount: (ModesCount, inout Set<UInt64>) -> Int128
  ) {
    for index in parts.indices {
      parts[index].part.move(amount(parts[index].count, &counted[index]), at: position)
    }
  }
}
