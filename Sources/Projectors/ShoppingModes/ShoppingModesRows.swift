import Marketplace

/// The key of one row of figures.
///
/// All are 21 bytes: whether the figures are of a day (1), the scope (7), the day (4, biased so that
/// days before 1970 come first; 0 in figures over all time), the kind (1) and the detail (8). So
/// what a scope counts on some days stands together, and over all time in a few rows before the
/// long lists of shares. Person sets follow behind, with first bytes of their own.
struct ModesKey: Hashable, Comparable, Sendable {
  enum Kind: UInt8, Sendable {
    /// `ModesArrivals` of visits.
    case visits = 1
    /// `ModesOrders`; the detail is the currency's code.
    case orders = 2
    /// `ModesCount` of shares; the detail is their depth.
    case sharesByDepth = 3
    /// `ModesSummary`, of figures over all time only.
    case summary = 4
    /// What is known of a share; the detail is the share.
    ///
    /// On a day `ModesDayShare` of the scope's orders that came from it. Over all time, with the
    /// scope 0, `ModesShareRow`, one for every share; with a brand as scope, `ModesCount` of the
    /// brand's orders from it. A shop needs none: a share's orders are all of one shop.
    case share = 5
    /// `ModesDayCascade` of a day's shares that pass on a share; the detail is the first one.
    case cascade = 6
  }

  /// The table and the scope.
  private var high: UInt64
  /// The day and the kind.
  private var middle: UInt64
  var detail: UInt64

  static let allTimeTable: UInt8 = 1
  static let dayTable: UInt8 = 2
  private static let bias: UInt32 = 0x8000_0000

  /// The scope is the position of the event that created the shop or brand, 0 for everything.
  ///
  /// The day is nil for figures over all time.
  init(_ kind: Kind, scope: Position, day: Day?, detail: UInt64 = 0) {
    precondition(scope >> 56 == 0, "scope past 56 bits")
    let table = day == nil ? Self.allTimeTable : Self.dayTable
    high = UInt64(table) << 56 | scope
    let biased = day.map { UInt32(bitPattern: $0) ^ Self.bias } ?? 0
    middle = UInt64(biased) << 8 | UInt64(kind.rawValue)
    self.detail = detail
  }

  /// - Precondition: the row is of figures, not of a person set.
  init(row: [UInt8]) {
    var reader = ByteReader(row)
    high = reader.get()
    middle = UInt64(reader.get(UInt32.self)) << 8
    middle |= UInt64(reader.get(UInt8.self))
    detail = reader.get()
  }

  var isOverAllTime: Bool { high >> 56 == UInt64(Self.allTimeTable) }

  var scope: Position { high & (1 << 56 - 1) }

  /// Means nothing in figures over all time.
  var day: Day { Day(bitPattern: UInt32(truncatingIfNeeded: middle >> 8) ^ Self.bias) }

  var kind: Kind {
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: middle)) else {
      preconditionFailure("no kind of figures")
    }
    return kind
  }

  var row: [UInt8] {
    var key = ByteWriter(capacity: 21)
    key.put(high)
    key.put(UInt32(truncatingIfNeeded: middle >> 8))
    key.put(UInt8(truncatingIfNeeded: middle))
    key.put(detail)
    return key.bytes
  }

  static func < (left: ModesKey, right: ModesKey) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.detail < right.detail
  }
}

/// A currency's code as a number: its letters, the first in the highest byte.
struct CurrencyCode: Hashable, Sendable {
  var number: UInt64

  init(number: UInt64) {
    self.number = number
  }

  /// Nil when the name is longer than eight bytes, which no code of ISO 4217 is.
  init?(_ name: String) {
    guard name.utf8.count <= 8 else { return nil }
    number = 0
    for (index, byte) in name.utf8.enumerated() {
      number |= UInt64(byte) << (56 - 8 * index)
    }
  }

  var name: String {
    let letters = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    return String(decoding: letters.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// One distinct-people set: who visited, or who bought, in one mode.
struct ModePeople: Hashable, Sendable {
  enum Side: UInt32, Sendable {
    case visitors = 0
    case buyers = 1
  }

  var scope: Position
  var mode: Mode
  var side: Side

  private func key(_ kind: UInt8, _ day: Day) -> SetKey {
    let extra = UInt32(mode.rawValue) << 1 | side.rawValue
    return SetKey(kind: kind, scope: scope, extra: extra, day: day)
  }

  func on(_ day: Day) -> SetKey { key(3, day) }
  /// The set of the month that starts on this day.
  func inMonth(_ first: Day) -> SetKey { key(4, first) }
  var always: SetKey { key(5, 0) }
}
