import Marketplace

/// The sums of one scope over some days, as they come out of its rows.
struct ModesSums: Sendable {
  var visits = ModesArrivals()
  var orders: [CurrencyCode: ModesOrders] = [:]
  var shares: [UInt64: UInt64] = [:]
  /// Its days are those with an event among the days asked for.
  var summary = ModesSummary()

  /// Takes in a row that stands alike over all time and on a day.
  mutating func add(_ key: ModesKey, _ row: [UInt8]) {
    switch key.kind {
    case .visits: visits.add(ModesArrivals(row: row))
    case .orders:
      orders[CurrencyCode(number: key.detail), default: ModesOrders()].add(ModesOrders(row: row))
    case .sharesByDepth:
      shares[key.detail, default: 0] += ModesCount(row: row).count
      // Any share is a cascade of its own.
      summary.note(cascade: 1)
    case .summary: summary.add(ModesSummary(row: row))
    case .share, .cascade: preconditionFailure("adds up by share, not by scope")
    }
  }
}

/// Reads the figures of one scope from one snapshot.
struct ModesReader<Rows: RowReader> {
  let rows: Rows
  let scope: Position
  private let allTime: ModesSums

  init(scope: Position, rows: Rows) throws {
    self.rows = rows
    self.scope = scope
    var sums = ModesSums()
    try rows.scan(from: ModesKey(.visits, scope: scope, day: nil).row) { row, value in
      guard row[0] == ModesKey.allTimeTable else { return false }
      let key = ModesKey(row: row)
      // Behind the summary stand the scope's shares, one by one.
      guard key.scope == scope, key.kind.rawValue <= ModesKey.Kind.summary.rawValue else {
        return false
      }
      sums.add(key, value)
      return true
    }
    allTime = sums
  }

  /// Costs a scan over the scope's rows of these days; nothing when they cover all of its events.
  func sums(_ days: DayRange) throws -> ModesSums {
    if days.contains(allTime.summary.days) { return allTime }
    var sums = ModesSums()
    var ordersOfShares: [Position: UInt64] = [:]
    var cascades: [Position: UInt64] = [:]
    try rows.scan(from: ModesKey(.visits, scope: scope, day: days.first).row) { row, value in
      guard row[0] == ModesKey.dayTable else { return false }
      let key = ModesKey(row: row)
      guard key.scope == scope, key.day <= days.last else { return false }
      sums.summary.days.formUnion(DayRange(first: key.day, last: key.day))
      switch key.kind {
      case .share:
        let share = ModesDayShare(row: value)
        let before = ordersOfShares[key.detail] ?? 0
        ordersOfShares[key.detail] = before + share.orders
        sums.summary.note(
          ordersOfShare: before + share.orders,
          before: before,
          isOfScope: share.sharedOn.map(days.contains) ?? false
        )
      case .cascade:
        let cascade = ModesDayCascade(row: value)
        let before = cascades[key.detail] ?? (days.contains(cascade.rootDay) ? 1 : 0)
        cascades[key.detail] = before + cascade.shares
        sums.summary.note(cascade: before + cascade.shares)
      case .visits, .orders, .sharesByDepth, .summary:
        sums.add(key, value)
      }
      return true
    }
    return sums
  }

  /// The people of these days: from the set of all time, or from those of whole months and of the
  /// days before and behind them.
  ///
  /// - Precondition: The scope has an event on one of these days.
  func people(_ mode: Mode, _ side: ModePeople.Side, _ days: DayRange) throws -> PersonSet {
    let sets = ModePeople(scope: scope, mode: mode, side: side)
    let known = allTime.summary.days
    if days.contains(known) { return try PersonSet(sets.always, rows) }
    // Days without events may be added or left out at will, so that whole months come out.
    let from = max(days.first, Period.month.start(of: known.first))
    let monthAfterLast = Period.month.start(after: Period.month.start(of: known.last))
    let to = min(days.last, monthAfterLast - 1)
    let monthOfFrom = Period.month.start(of: from)
    let months = DayRange(
      first: monthOfFrom == from ? from : Period.month.start(after: monthOfFrom),
      last: Period.month.start(of: to + 1) - 1
    )
    var people = PersonSet()
    func unite(_ range: DayRange, _ key: (Day) -> SetKey) throws {
      guard !range.isEmpty else { return }
      people.formUnion(try PersonSet(unionOf: key(range.first)...key(range.last), rows))
    }
    if months.isEmpty {
      try unite(DayRange(first: from, last: to), sets.on)
    } else {
      try unite(DayRange(first: from, last: months.first - 1), sets.on)
      try unite(months, sets.inMonth)
      try unite(DayRange(first: months.last + 1, last: to), sets.on)
    }
    return people
  }
}
