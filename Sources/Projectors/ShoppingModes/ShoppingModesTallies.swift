import Marketplace

/// Figures as a row keeps them.
protocol ModesFigures: Sendable {
  init(reading row: inout ByteReader)
  func put(into row: inout ByteWriter)
}

/// Figures that a batch adds to.
///
/// Adding is associative and commutative, so that rows do not depend on where batches end.
protocol ModesTally: ModesFigures {
  /// What a row that is not there stands for.
  init()
  mutating func add(_ other: Self)
}

extension ModesFigures {
  init(row: [UInt8]) {
    var reader = ByteReader(row)
    self.init(reading: &reader)
  }
}

extension RowReader {
  func figures<Found: ModesFigures>(_ type: Found.Type, at key: ModesKey) throws -> Found? {
    guard let row = try row(key.row) else { return nil }
    return Found(row: row)
  }
}

extension RowWriter {
  mutating func put(_ figures: some ModesFigures, at key: ModesKey) throws {
    var row = ByteWriter(capacity: 256)
    figures.put(into: &row)
    try put(key.row, row.bytes)
  }

  /// Adds to the row and returns what it then holds.
  @discardableResult
  mutating func add<Change: ModesTally>(_ change: Change, at key: ModesKey) throws -> Change {
    var sum = try figures(Change.self, at: key) ?? Change()
    sum.add(change)
    try put(sum, at: key)
    return sum
  }

  /// Adds to each row once, in the order of the keys, and tells what each then holds.
  mutating func add<Change: ModesTally>(
    _ changes: [ModesKey: Change],
    added: (ModesKey, _ change: Change, _ sum: Change) -> Void = { _, _, _ in }
  ) throws {
    for key in changes.keys.sorted() {
      guard let change = changes[key] else { continue }
      added(key, change, try add(change, at: key))
    }
  }
}

struct ModesCount: ModesTally {
  var count: UInt64

  init() {
    count = 0
  }

  init(_ count: UInt64) {
    self.count = count
  }

  init(reading row: inout ByteReader) {
    count = row.get()
  }

  mutating func add(_ other: ModesCount) {
    count += other.count
  }

  func put(into row: inout ByteWriter) {
    row.put(count)
  }
}

/// Visits or orders: by mode, by intent where searched, by scene where strolled or shared.
///
/// Each list is indexed by the raw value of its word; "none" counts nothing and is not stored.
struct ModesArrivals: ModesTally {
  var modes: [4 of UInt64] = .init(repeating: 0)
  var intents: [3 of UInt64] = .init(repeating: 0)
  var scenes: [10 of UInt64] = .init(repeating: 0)

  init() {}

  init(reading row: inout ByteReader) {
    for mode in 0..<4 { modes[mode] = row.get() }
    for intent in 1..<3 { intents[intent] = row.get() }
    for scene in 1..<10 { scenes[scene] = row.get() }
  }

  func put(into row: inout ByteWriter) {
    for mode in 0..<4 { row.put(modes[mode]) }
    for intent in 1..<3 { row.put(intents[intent]) }
    for scene in 1..<10 { row.put(scenes[scene]) }
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
struct ModesOrders: ModesTally {
  var arrivals = ModesArrivals()
  /// Indexed as `arrivals.modes`.
  var units: [4 of Int128] = .init(repeating: 0)
  /// In minor units of the currency.
  var gross: [4 of Int128] = .init(repeating: 0)
  /// Orders from shares that pass on another share.
  var fromDepthTwo: UInt64 = 0

  init() {}

  init(reading row: inout ByteReader) {
    arrivals = ModesArrivals(reading: &row)
    for mode in 0..<4 { units[mode] = row.get() }
    for mode in 0..<4 { gross[mode] = row.get() }
    fromDepthTwo = row.get()
  }

  func put(into row: inout ByteWriter) {
    arrivals.put(into: &row)
    for mode in 0..<4 { row.put(units[mode]) }
    for mode in 0..<4 { row.put(gross[mode]) }
    row.put(fromDepthTwo)
  }

  mutating func count(_ event: borrowing Lent<ProductPurchased>) throws(RecordError) {
    let attribution = try event.attribution()
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
struct ModesSummary: ModesTally {
  /// The days with any visit, order or share.
  var days = DayRange.never
  var sharesWithOrders: UInt64 = 0
  var mostOrdersFromOneShare: UInt64 = 0
  var greatestCascade: UInt64 = 0

  init() {}

  init(reading row: inout ByteReader) {
    days.first = row.get()
    days.last = row.get()
    sharesWithOrders = row.get()
    mostOrdersFromOneShare = row.get()
    greatestCascade = row.get()
  }

  func put(into row: inout ByteWriter) {
    row.put(days.first)
    row.put(days.last)
    row.put(sharesWithOrders)
    row.put(mostOrdersFromOneShare)
    row.put(greatestCascade)
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
struct ModesShareRow: ModesFigures {
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

  init(reading row: inout ByteReader) {
    day = row.get()
    brand = row.get()
    orders = row.get()
    cascade = row.get()
  }

  func put(into row: inout ByteWriter) {
    row.put(day)
    row.put(brand)
    row.put(orders)
    row.put(cascade)
  }
}

/// Orders that came from one share on one day.
struct ModesDayShare: ModesTally {
  var orders: UInt64 = 0
  /// The share's own day; nil when it is not of the scope: a share of another brand's product.
  var sharedOn: Day?

  init() {}

  init(sharedOn: Day?) {
    self.sharedOn = sharedOn
  }

  init(reading row: inout ByteReader) {
    orders = row.get()
    let isOfScope = row.getFlag()
    let day = row.get(Day.self)
    sharedOn = isOfScope ? day : nil
  }

  func put(into row: inout ByteWriter) {
    row.put(orders)
    row.put(sharedOn != nil)
    row.put(sharedOn ?? 0)
  }

  mutating func add(_ other: ModesDayShare) {
    orders += other.orders
    sharedOn = other.sharedOn
  }
}

/// Shares of one day that descend from one share, which is not counted here.
///
/// So a share that nobody passes on, the common case, needs no row.
struct ModesDayCascade: ModesTally {
  var shares: UInt64 = 0
  /// The first share's own day.
  var rootDay: Day = 0

  init() {}

  init(rootDay: Day) {
    self.rootDay = rootDay
  }

  init(reading row: inout ByteReader) {
    shares = row.get()
    rootDay = row.get()
  }

  func put(into row: inout ByteWriter) {
    row.put(shares)
    row.put(rootDay)
  }

  mutating func add(_ other: ModesDayCascade) {
    shares += other.shares
    rootDay = other.rootDay
  }
}
