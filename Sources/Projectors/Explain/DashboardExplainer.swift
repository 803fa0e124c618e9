package import Marketplace

/// Explains the figures of a shop's dashboard from the shop's events.
///
/// It goes by domain's definitions and not by the view's rows, so that each can be held against the
/// other.
package struct DashboardExplainer: Explaining {
  package static let known =
    "visits, visitors, orders, units, buyers, gross, refundsBooked, refundsCohort, netBooked, "
    + "netCohort, averageOrderValue, spendPerBuyer, conversion, refundRate, repurchaseRate, "
    + "impulseOrders, stockOuts, productsListed, modes.MODE.orders, modes.MODE.gross, "
    + "kinds.KIND.orders and kinds.KIND.gross"

  private let days: ExplainedDays
  private let kind: Explanation.Kind
  private var parts: [(count: Count, part: Explanation.Part)]
  /// People by what they were met as, of all days or of those asked about.
  private var everBought: Set<Person> = []
  private var visited: Set<Person> = []
  private var bought: Set<Person> = []
  private var counted: [Set<Person>]

  private enum Count: Hashable, Sendable {
    case visits, visitors, orders, units, buyers, gross, refundsBooked, refundsCohort, netBooked
    case netCohort, impulseOrders, stockOuts, productsListed, visitorsWhoBought, repeaters
    case modeOrders(Mode)
    case modeGross(Mode)
    case kindOrders(GoodsKind)
    case kindGross(GoodsKind)
  }

  /// - Throws: `UnknownFigure`.
  package init(figure: String, from: Day?, to: Day?) throws(UnknownFigure) {
    days = ExplainedDays(from: from, to: to)
    let counts: [(String, Count)]
    (kind, counts) = try Self.counts(of: figure)
    parts = counts.map { ($0.1, Explanation.Part(name: $0.0)) }
    counted = counts.map { _ in [] }
  }

  private static func counts(
    of figure: String
  ) throws(UnknownFigure) -> (Explanation.Kind, [(String, Count)]) {
    let sums: [String: Count] = [
      "visits": .visits, "orders": .orders, "units": .units, "gross": .gross,
      "refundsBooked": .refundsBooked, "refundsCohort": .refundsCohort, "netBooked": .netBooked,
      "netCohort": .netCohort, "impulseOrders": .impulseOrders, "stockOuts": .stockOuts,
      "productsListed": .productsListed,
    ]
    if let count = sums[figure] { return (.sum, [(figure, count)]) }
    switch figure {
    case "visitors": return (.distinct, [(figure, .visitors)])
    case "buyers": return (.distinct, [(figure, .buyers)])
    case "averageOrderValue": return (.ratio, [("gross", .gross), ("orders", .orders)])
    case "spendPerBuyer": return (.ratio, [("gross", .gross), ("buyers", .buyers)])
    case "conversion":
      return (.ratio, [("visitorsWhoBought", .visitorsWhoBought), ("visitors", .visitors)])
    case "refundRate": return (.ratio, [("refundsCohort", .refundsCohort), ("gross", .gross)])
    case "repurchaseRate": return (.ratio, [("repeaters", .repeaters), ("buyers", .buyers)])
    default: break
    }
    let words = figure.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if words.count == 3, ["orders", "gross"].contains(words[2]) {
      let isGross = words[2] == "gross"
      if words[0] == "modes", let mode = Mode.allCases.first(where: { $0.name == words[1] }) {
        return (.sum, [(figure, isGross ? .modeGross(mode) : .modeOrders(mode))])
      }
      if words[0] == "kinds", let kind = GoodsKind.allCases.first(where: { $0.name == words[1] }) {
        return (.sum, [(figure, isGross ? .kindGross(kind) : .kindOrders(kind))])
      }
    }
    throw UnknownFigure(figure: figure, known: known)
  }

  package var explanation: Explanation {
    Explanation(kind: kind, parts: parts.map(\.part))
  }

  package mutating func take(_ record: borrowing LentRecord) throws {
    let (position, isInRange) = (record.position, days.contains(record.localDay))
    switch try record.event() {
    case .visitRecorded(let event):
      guard isInRange else { return }
      let visitor = try event.visitor
      visited.insert(visitor)
      move(position) { count, counted in
        switch count {
        case .visits: 1
        case .visitors: counted.insert(visitor).inserted ? 1 : 0
        default: 0
        }
      }
      noteVisitorWhoBought(visitor, position)
    case .productPurchased(let event):
      let buyer = try event.buyer
      let isRepeat = !everBought.insert(buyer).inserted
      guard isInRange else { return }
      bought.insert(buyer)
      let (units, gross) = (Int128(try event.quantity), Int128(try event.total))
      let (mode, kind) = (try event.attribution().mode, try event.kind)
      let (impulse, soldOut) = (try event.impulse, try event.stockAfter == 0)
      move(position) { count, counted in
        switch count {
        case .orders: 1
        case .units: units
        case .buyers: counted.insert(buyer).inserted ? 1 : 0
        case .repeaters: isRepeat && counted.insert(buyer).inserted ? 1 : 0
        case .gross, .netBooked, .netCohort: gross
        case .impulseOrders: impulse ? 1 : 0
        case .stockOuts: soldOut ? 1 : 0
        case .modeOrders(mode), .kindOrders(kind): 1
        case .modeGross(mode), .kindGross(kind): gross
        default: 0
        }
      }
      noteVisitorWhoBought(buyer, position)
    case .purchaseRefunded(let event):
      let amount = Int128(try event.amount)
      let isOfCohort = days.contains(try event.orderDay)
      move(position) { count, _ in
        switch count {
        case .refundsBooked: isInRange ? amount : 0
        case .refundsCohort: isOfCohort ? amount : 0
        case .netBooked: isInRange ? -amount : 0
        case .netCohort: isOfCohort ? -amount : 0
        default: 0
        }
      }
    case .stockAdjusted(let event):
      guard isInRange, try event.after == 0, try event.by < 0 else { return }
      move(position) { count, _ in count == .stockOuts ? 1 : 0 }
    // How many are listed is told as of now, whichever days are asked about.
    case .productListed:
      move(position) { count, _ in count == .productsListed ? 1 : 0 }
    case .productRelisted:
      move(position) { count, _ in count == .productsListed ? 1 : 0 }
    case .productDelisted:
      move(position) { count, _ in count == .productsListed ? -1 : 0 }
    default: return
    }
  }

  private mutating func noteVisitorWhoBought(_ person: Person, _ position: Position) {
    guard visited.contains(person), bought.contains(person) else { return }
    move(position) { count, counted in
      count == .visitorsWhoBought && counted.insert(person).inserted ? 1 : 0
    }
  }

  private mutating func move(
    _ position: Position,
    _ amount: (Count, inout Set<Person>) -> Int128
  ) {
    for index in parts.indices {
      parts[index].part.move(amount(parts[index].count, &counted[index]), at: position)
    }
  }
}
