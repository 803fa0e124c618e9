package import Marketplace

/// The shopping modes: how shoppers arrived and what came of it, in all, per shop and per brand.
///
/// Every figure is kept per local day and over all time, distinct people also per month, so that a
/// question over all time reads a few rows, and one over a range only that scope's rows of those
/// days. An event costs one or two hash lookups for its figures and, for a visit or an order, an
/// insertion into three person sets for each of its two or three scopes.
package struct ShoppingModesProjector: Projector {
  package static let name = "modes"
  package static let version: UInt32 = 1

  private var visits: [ModesCell: ModesArrivals] = [:]
  private var orders: [ModesOrderCell: ModesOrders] = [:]
  private var shares: [ModesShare] = []
  private var shareOrders: [ModesShareOrder] = []
  private var people = PersonSetChanges()

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    let day = record.localDay
    switch try record.event() {
    case .visitRecorded(let event):
      let cell = ModesCell(shop: try event.shop, brand: try event.brand, day: day)
      let attribution = try event.attribution()
      try visits[cell, default: ModesArrivals()].count(attribution)
      insert(try event.visitor, cell, try attribution.mode, .visitors)
    case .productShared(let event):
      let cell = ModesCell(shop: try event.shop, brand: try event.brand, day: day)
      shares.append(
        ModesShare(
          position: record.position,
          cell: cell,
          root: try event.root,
          depth: try event.depth
        )
      )
    case .productPurchased(let event):
      let code = try event.currency
      guard let currency = CurrencyCode(code) else {
        throw FoldError(position: record.position, detail: "no currency: \(code)")
      }
      let cell = ModesCell(shop: try event.shop, brand: try event.brand, day: day)
      try orders[ModesOrderCell(cell: cell, currency: currency), default: ModesOrders()]
        .count(event)
      let attribution = try event.attribution()
      let mode = try attribution.mode
      insert(try event.buyer, cell, mode, .buyers)
      if mode == .share {
        guard let share = try attribution.share else {
          throw FoldError(position: record.position, detail: "mode share without a share")
        }
        shareOrders.append(ModesShareOrder(position: record.position, cell: cell, share: share))
      }
    default:
      break
    }
  }

  private mutating func insert(
    _ person: Person,
    _ cell: ModesCell,
    _ mode: Mode,
    _ side: ModePeople.Side
  ) {
    let month = Period.month.start(of: cell.day)
    for scope in cell.scopes {
      let set = ModePeople(scope: scope, mode: mode, side: side)
      people.insert(person, into: set.on(cell.day))
      people.insert(person, into: set.inMonth(month))
      people.insert(person, into: set.always)
    }
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    var summaries = daysByScope()
    try flushArrivals(into: &rows)
    var touched: [Position: ModesShareRow] = [:]
    try flushShares(into: &rows, &touched, &summaries)
    try flushShareOrders(into: &rows, &touched, &summaries)
    for share in touched.keys.sorted() {
      guard let row = touched[share] else { continue }
      let key = ModesKey(.share, scope: ModesCell.everything, day: nil, detail: share)
      try rows.put(row, at: key)
    }
    for (scope, summary) in summaries.sorted(by: { $0.key < $1.key }) {
      try rows.add(summary, at: ModesKey(.summary, scope: scope, day: nil))
    }
    try people.flush(into: &rows)
    visits.removeAll(keepingCapacity: true)
    orders.removeAll(keepingCapacity: true)
    shares.removeAll(keepingCapacity: true)
    shareOrders.removeAll(keepingCapacity: true)
  }

  private func daysByScope() -> [Position: ModesSummary] {
    var summaries: [Position: ModesSummary] = [:]
    func note(_ cell: ModesCell) {
      let day = DayRange(first: cell.day, last: cell.day)
      for scope in cell.scopes {
        summaries[scope, default: ModesSummary()].days.formUnion(day)
      }
    }
    for cell in visits.keys { note(cell) }
    for cell in orders.keys { note(cell.cell) }
    for share in shares { note(share.cell) }
    return summaries
  }

  private func flushArrivals(into rows: inout some RowWriter) throws {
    var visitChanges: [ModesKey: ModesArrivals] = [:]
    for (cell, tally) in visits {
      cell.forEachKey(.visits) { visitChanges[$0, default: ModesArrivals()].add(tally) }
    }
    try rows.add(visitChanges)
    var orderChanges: [ModesKey: ModesOrders] = [:]
    for (cell, tally) in orders {
      cell.cell.forEachKey(.orders, detail: cell.currency.number) {
        orderChanges[$0, default: ModesOrders()].add(tally)
      }
    }
    try rows.add(orderChanges)
  }

  /// Counts shares, by depth and by the share that they descend from.
  private func flushShares(
    into rows: inout some RowWriter,
    _ touched: inout [Position: ModesShareRow],
    _ summaries: inout [Position: ModesSummary]
  ) throws {
    var depths: [ModesKey: ModesCount] = [:]
    var cascades: [ModesKey: ModesDayCascade] = [:]
    for share in shares {
      let cell = share.cell
      cell.forEachKey(.sharesByDepth, detail: UInt64(share.depth)) {
        depths[$0, default: ModesCount()].count += 1
      }
      touched[share.position] = ModesShareRow(day: cell.day, brand: cell.brand)
      var size: UInt64 = 1
      if share.root != share.position {
        var root = try touched[share.root] ?? rows.storedShare(share.root, for: share.position)
        root.cascade += 1
        touched[share.root] = root
        size = root.cascade
        for scope in cell.scopes {
          let key = ModesKey(.cascade, scope: scope, day: cell.day, detail: share.root)
          cascades[key, default: ModesDayCascade(rootDay: root.day)].shares += 1
        }
      }
      for scope in cell.scopes {
        summaries[scope, default: ModesSummary()].note(cascade: size)
      }
    }
    try rows.add(depths)
    try rows.add(cascades)
  }

  /// Counts the orders of each share, over all time and by the order's day.
  private func flushShareOrders(
    into rows: inout some RowWriter,
    _ touched: inout [Position: ModesShareRow],
    _ summaries: inout [Position: ModesSummary]
  ) throws {
    var onDays: [ModesKey: ModesDayShare] = [:]
    var ofBrands: [ModesKey: ModesCount] = [:]
    for order in shareOrders {
      let cell = order.cell
      var share = try touched[order.share] ?? rows.storedShare(order.share, for: order.position)
      share.orders += 1
      touched[order.share] = share
      for scope in [ModesCell.everything, cell.shop] {
        summaries[scope, default: ModesSummary()]
          .note(ordersOfShare: share.orders, before: share.orders - 1, isOfScope: true)
      }
      for scope in cell.scopes {
        // The order's shop is the share's; its brand need not be.
        let isOfScope = scope == ModesCell.everything || scope == cell.shop || scope == share.brand
        let key = ModesKey(.share, scope: scope, day: cell.day, detail: order.share)
        onDays[key, default: ModesDayShare(sharedOn: isOfScope ? share.day : nil)].orders += 1
      }
      if cell.brand != ModesCell.noBrand {
        let key = ModesKey(.share, scope: cell.brand, day: nil, detail: order.share)
        ofBrands[key, default: ModesCount()].count += 1
      }
    }
    try rows.add(ofBrands) { key, change, sum in
      summaries[key.scope, default: ModesSummary()].note(
        ordersOfShare: sum.count,
        before: sum.count - change.count,
        isOfScope: touched[key.detail]?.brand == key.scope
      )
    }
    try rows.add(onDays)
  }
}
