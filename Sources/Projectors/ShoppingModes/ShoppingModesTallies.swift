import Marketplace

/// Visits or orders: by mode, by intent where searched, by scene where strolled or shared.
///
/// Each list is indexed by the raw value of its word; "none" counts nothing and is not stored.
struct ModesArrivals: Sendable {
  var modes: [4 of UInt64] = .init(repeating: 0)
  var intents: [3 of UInt64] = .init(repeating: 0)
  var scenes: [10 of UInt64] = .init(repeating: 0)

  init() {}

  /// Most counts of a day are 0, so a bit for each tells which ones follow.
  init(_ row: RawSpan, at offset: inout Int) {
    var bits = row.varint(at: &offset)
    func next() -> UInt64 {
      defer { bits >>= 1 }
      return bits & 1 == 0 ? 0 : row.varint(at: &offset)
    }
    for mode in 0..<4 { modes[mode] = next() }
    for intent in 1..<3 { intents[intent] = next() }
    for scene in 1..<10 { scenes[scene] = next() }
  }

  func write(to row: inout ByteWriter) {
    var bits: UInt64 = 0
    forEach { place, count in bits |= count == 0 ? 0 : 1 << place }
    row.put(varint: bits)
    forEach { _, count in
      if count != 0 { row.put(varint: count) }
    }
  }

  private func forEach(_ body: (_ place: UInt64, _ count: UInt64) -> Void) {
    for mode in 0..<4 { body(UInt64(mode), modes[mode]) }
    for intent in 1..<3 { body(UInt64(3 + intent), intents[intent]) }
    for scene in 1..<10 { body(UInt64(5 + scene), scenes[scene]) }
  }

  mutating func count(_ attribution: borrowing Lent<Attribution>) throws(RecordError) {
    let mode = try attribution.mode
    modes[Int(mode.rawValue)] += 1
    switch mode {
    case .search:
      let intent = try attribution.intent
      if intent != .none { intents[Int(intent.rawValue)] += 1 }
    case .stroll, .share:
      let scene = try attribution.scene
      if scene != .none { scenes[Int(scene.rawValue)] += 1 }
    case .unknown:
      break
    }
  }

  mutating func add(_ other: ModesArrivals) {
    for mode in 0..<4 { modes[mode] += other.modes[mode] }
    for intent in 1..<3 { intents[intent] += other.intents[intent] }
    for scene in 1..<10 { scenes[scene] += other.scenes[scene] }
  }

  var total: UInt64 { modes[0] + modes[1] + modes[2] + modes[3] }
}

/// Orders of one currency, with units and gross by mode.
struct ModesOrders: Sendable {
  var arrivals = ModesArrivals()
  /// Indexed as `arrivals.modes`.
  var units: [4 of Int128] = .init(repeating: 0)
  /// In minor units of the currency.
  var gross: [4 of Int128] = .init(repeating: 0)
  /// Orders from shares that pass on another share.
  var fromDepthTwo: UInt64 = 0

  init() {}

  init(_ row: RawSpan, at offset: inout Int) {
    arrivals = ModesArrivals(row, at: &offset)
    for mode in 0..<4 where arrivals.modes[mode] != 0 {
      units[mode] = row.wideVarint(at: &offset)
      gross[mode] = row.wideVarint(at: &offset)
    }
    fromDepthTwo = row.varint(at: &offset)
  }

  func write(to row: inout ByteWriter) {
    arrivals.write(to: &row)
    for mode in 0..<4 where arrivals.modes[mode] != 0 {
      row.put(varint: units[mode])
      row.put(varint: gross[mode])
    }
    row.put(varint: fromDepthTwo)
  }

  mutating func count(
    _ event: borrowing Lent<ProductPurchased>,
    _ attribution: borrowing Lent<Attribution>
  ) throws(RecordError) {
    let mode = try attribution.mode
    try arrivals.count(attribution)
    units[Int(mode.rawValue)] += Int128(try event.quantity)
    gross[Int(mode.rawValue)] += Int128(try event.total)
    if mode == .share, try attribution.shareDepth >= 2 { fromDepthTwo += 1 }
  }

  mutating func add(_ other: ModesOrders) {
    arrivals.add(other.arrivals)
    for mode in 0..<4 {
      units[mode] += other.units[mode]
      gross[mode] += other.gross[mode]
    }
    fromDepthTwo += other.fromDepthTwo
  }
}

/// What a scope knows over all time besides sums.
struct ModesSummary: Sendable {
  /// The days with any visit, order or share.
  var days = DayRange.never
  var sharesWithOrders: UInt64 = 0
  var mostOrdersFromOneShare: UInt64 = 0
  var greatestCascade: UInt64 = 0

  init() {}

  init(_ row: RawSpan, at offset: inout Int) {
    days.first = row.integer(at: &offset)
    days.last = row.integer(at: &offset)
    sharesWithOrders = row.varint(at: &offset)
    mostOrdersFromOneShare = row.varint(at: &offset)
    greatestCascade = row.varint(at: &offset)
  }

  func write(to row: inout ByteWriter) {
    row.put(days.first)
    row.put(days.last)
    row.put(varint: sharesWithOrders)
    row.put(varint: mostOrdersFromOneShare)
    row.put(varint: greatestCascade)
  }

  /// Takes in that a share's orders in this scope rose.
  mutating func note(ordersOfShare after: UInt64, before: UInt64, isOfScope: Bool) {
    if before == 0, isOfScope { sharesWithOrders += 1 }
    mostOrdersFromOneShare = max(mostOrdersFromOneShare, after)
  }

  /// Takes in that a cascade rose to this size.
  mutating func note(cascade: UInt64) {
    greatestCascade = max(greatestCascade, cascade)
  }

  mutating func add(_ other: ModesSummary) {
    days.formUnion(other.days)
    sharesWithOrders += other.sharesWithOrders
    mostOrdersFromOneShare = max(mostOrdersFromOneShare, other.mostOrdersFromOneShare)
    greatestCascade = max(greatestCascade, other.greatestCascade)
  }
}

/// One share over all time, and what the figures of its orders and its cascade need to know of it.
struct ModesShareRow: Sendable {
  var day: Day
  /// 0 without a brand.
  var brand: Position
  var orders: UInt64 = 0
  /// The shares that descend from it, itself counted; known of first shares only.
  var cascade: UInt64 = 1

  init(day: Day, brand: Position) {
    self.day = day
    self.brand = brand
  }

  init(_ row: RawSpan) {
    var offset = 0
    day = row.signedVarint(at: &offset)
    brand = row.varint(at: &offset)
    orders = row.varint(at: &offset)
    cascade = row.varint(at: &offset)
  }

  func write(to row: inout ByteWriter) {
    row.put(signedVarint: day)
    row.put(varint: brand)
    row.put(varint: orders)
    row.put(varint: cascade)
  }
}

/// Orders that came from one share on one day.
struct ModesDayShare: Sendable {
  var orders: UInt64 = 0
  /// The share's own day; nil when it is not of the scope: a share of another brand's product.
  var sharedOn: Day?

  init(sharedOn: Day?) {
    self.sharedOn = sharedOn
  }

  /// - Parameters:
  ///   - row: what `write(to:on:)` wrote.
  ///   - day: the orders' day.
  init(_ row: RawSpan, on day: Day) {
    var offset = 0
    orders = row.varint(at: &offset)
    if offset < row.byteCount { sharedOn = day &- row.signedVarint(at: &offset) }
  }

  /// Most orders come on the day of the share, or soon after.
  func write(to row: inout ByteWriter, on day: Day) {
    row.put(varint: orders)
    if let sharedOn { row.put(signedVarint: day &- sharedOn) }
  }
}

/// Shares of one day that descend from one share, which is not counted here.
///
/// So a share that nobody passes on, the common case, needs no row.
struct ModesDayCascade: Sendable {
  var shares: UInt64 = 0
  /// The first share's own day.
  var rootDay: Day = 0

  init(rootDay: Day) {
    self.rootDay = rootDay
  }

  init(_ row: RawSpan, on day: Day) {
    var offset = 0
    shares = row.varint(at: &offset)
    rootDay = day &- row.signedVarint(at: &offset)
  }

  func write(to row: inout ByteWriter, on day: Day) {
    row.put(varint: shares)
    row.put(signedVarint: day &- rootDay)
  }
}
