import Marketplace

/// What adds up over days and scopes.
struct ModesSums: Sendable {
  var visits = ModesArrivals()
  /// By currency, in the order of their numbers.
  private(set) var orders: [(currency: CurrencyCode, orders: ModesOrders)] = []
  /// By depth, ascending.
  private(set) var shares: [(depth: UInt64, count: UInt64)] = []

  init() {}

  init(_ row: RawSpan, at offset: inout Int) {
    visits = ModesArrivals(row, at: &offset)
    for _ in 0..<row.varint(at: &offset) {
      let currency = CurrencyCode(number: row.integer(at: &offset))
      orders.append((currency, ModesOrders(row, at: &offset)))
    }
    for _ in 0..<row.varint(at: &offset) {
      shares.append((row.varint(at: &offset), row.varint(at: &offset)))
    }
  }

  func write(to row: inout ByteWriter) {
    visits.write(to: &row)
    row.put(varint: UInt64(orders.count))
    for (currency, orders) in orders {
      row.put(currency.number)
      orders.write(to: &row)
    }
    row.put(varint: UInt64(shares.count))
    for (depth, count) in shares {
      row.put(varint: depth)
      row.put(varint: count)
    }
  }

  mutating func add(_ other: ModesSums) {
    visits.add(other.visits)
    for (currency, added) in other.orders { orders[index(of: currency)].orders.add(added) }
    for (depth, count) in other.shares { countShares(count, atDepth: depth) }
  }

  mutating func count(
    _ event: borrowing Lent<ProductPurchased>,
    _ attribution: borrowing Lent<Attribution>,
    in currency: CurrencyCode
  ) throws(RecordError) {
    try orders[index(of: currency)].orders.count(event, attribution)
  }

  mutating func countShares(_ count: UInt64, atDepth depth: UInt64) {
    let index = shares.firstIndex { $0.depth >= depth } ?? shares.count
    if index == shares.count || shares[index].depth != depth {
      shares.insert((depth, 0), at: index)
    }
    shares[index].count += count
  }

  private mutating func index(of currency: CurrencyCode) -> Int {
    let index = orders.firstIndex { $0.currency.number >= currency.number } ?? orders.count
    if index == orders.count || orders[index].currency != currency {
      orders.insert((currency, ModesOrders()), at: index)
    }
    return index
  }
}

/// Everything that a scope's rows say of some days.
struct ModesFigures: Sendable {
  var sums = ModesSums()
  /// Its days are those with an event among the days asked for.
  var summary = ModesSummary()

  init() {}

  /// The figures of all time.
  init(_ row: RawSpan) {
    var offset = 0
    sums = ModesSums(row, at: &offset)
    summary = ModesSummary(row, at: &offset)
  }

  func write(to row: inout ByteWriter) {
    sums.write(to: &row)
    summary.write(to: &row)
  }
}

/// Reads the figures of one scope from one snapshot.
struct ModesReader<Rows: RowReader> {
  let rows: Rows
  let scope: Position
  private let allTime: ModesFigures

  init(scope: Position, rows: Rows) throws {
    self.rows = rows
    self.scope = scope
    allTime =
      try rows.row(ModesRows.allTime(scope)) { ModesFigures($0) } ?? ModesFigures()
  }

  /// Costs a scan over the scope's rows of these days; nothing when they cover all of its events.
  func figures(_ days: DayRange) throws -> ModesFigures {
    if days.contains(allTime.summary.days) { return allTime }
    var figures = ModesFigures()
    guard !days.isEmpty else { return figures }
    try scan(ModesRows.day(scope, days.first), days) { day, _, value in
      var offset = 0
      figures.sums.add(ModesSums(value, at: &offset))
      figures.summary.days.formUnion(DayRange(first: day, last: day))
    }
    // Any share is a cascade of its own.
    if !figures.sums.shares.isEmpty { figures.summary.note(cascade: 1) }
    try noteShares(days, &figures.summary)
    return figures
  }

  private func noteShares(_ days: DayRange, _ summary: inout ModesSummary) throws {
    var orders: [Position: UInt64] = [:]
    let dayShares = ModesRows.dayShares(scope, days.first)
    try scan(dayShares.prefix, days) { day, key, row in
      dayShares.forEach(key, row) { number, value in
        let share = ModesDayShare(value, on: day)
        let before = orders[number] ?? 0
        orders[number] = before + share.orders
        summary.note(
          ordersOfShare: before + share.orders,
          before: before,
          isOfScope: share.sharedOn.map(days.contains) ?? false
        )
        return true
      }
    }
    for shares in try cascades(days).values { summary.note(cascade: shares) }
  }

  /// How many of the days' shares each first share has under it, itself counted; only those that
  /// were passed on in these days.
  func cascades(_ days: DayRange) throws -> [Position: UInt64] {
    var cascades: [Position: UInt64] = [:]
    let dayCascades = ModesRows.dayCascades(scope, days.first)
    try scan(dayCascades.prefix, days) { day, key, row in
      dayCascades.forEach(key, row) { number, value in
        let cascade = ModesDayCascade(value, on: day)
        let before = cascades[number] ?? (days.contains(cascade.rootDay) ? 1 : 0)
        cascades[number] = before + cascade.shares
        return true
      }
    }
    return cascades
  }

  private func scan(
    _ table: [UInt8],
    _ days: DayRange,
    _ body: (Day, _ key: RawSpan, _ value: RawSpan) throws -> Void
  ) throws {
    try ModesRows.scan(table, through: days.last, in: rows, body)
  }

  /// The people of these days, by `ModePeople.place`: from the sets of all time, or from those of
  /// whole months and of the days before and behind them.
  func people(_ days: DayRange) throws -> [8 of PersonSet] {
    let sets = ModePeople(scope: scope, mode: .stroll, side: .visitors)
    var people = [8 of PersonSet](repeating: PersonSet())
    func unite(_ range: DayRange, _ key: (Day) -> SetKey) throws {
      guard !range.isEmpty else { return }
      let keys = key(range.first)...key(range.last)
      try PersonSet.scanContainers(keys, rows) { key, number, container in
        people[Int(key.extra)].formUnion(container, number: number)
        return true
      }
    }
    let known = allTime.summary.days
    guard !known.isEmpty else { return people }
    if days.contains(known) {
      try unite(DayRange(first: 0, last: 0)) { _ in sets.always }
      return people
    }
    // Days without events may be added or left out at will, so that whole months come out.
    let from = max(days.first, Period.month.start(of: known.first))
    let monthAfterLast = Period.month.start(after: Period.month.start(of: known.last))
    let to = min(days.last, monthAfterLast - 1)
    let monthOfFrom = Period.month.start(of: from)
    let months = DayRange(
      first: monthOfFrom == from ? from : Period.month.start(after: monthOfFrom),
      last: Period.month.start(of: to + 1) - 1
    )
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
