import Marketplace

/// The key of one row of figures.
///
/// All are 22 bytes: whether the figures are of a day (1), the scope (8), the day (4, biased so that
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
    /// Orders of the scope that came from a share; the detail is the share.
    ///
    /// On a day `ModesDayShare`. Over all time, with the scope 0, `ModesShareRow`, one for every share;
    /// with a brand as scope `ModesCount` of the brand's orders. A shop needs none: a share's orders
    /// are all of one shop.
    case ordersOfShare = 5
    /// `ModesCount` of the shares that descend from a share, itself counted; the detail is that share.
    ///
    /// Over all time under the scope 0 only: a cascade is of one product, so its size is the same
    /// for everything, for the shop and for the brand.
    case cascade = 6
  }

  /// 0 for figures over all time, 1 for those of a day.
  private var table: UInt8
  /// Position of the event that created the shop or brand; 0 for everything.
  var scope: Position
  var day: Day
  var kind: Kind
  var detail: UInt64

  /// The day is nil for figures over all time.
  init(_ kind: Kind, scope: Position, day: Day?, detail: UInt64 = 0) {
    table = day == nil ? Self.allTimeTable : Self.dayTable
    self.scope = scope
    self.day = day ?? 0
    self.kind = kind
    self.detail = detail
  }

  /// - Precondition: the row is of figures, not of a person set.
  init(row: [UInt8]) {
    var reader = ByteReader(row)
    table = reader.get()
    scope = reader.get()
    let biased = reader.get(UInt32.self)
    day = table == Self.dayTable ? Day(bitPattern: biased ^ Self.bias) : 0
    guard let kind = Kind(rawValue: reader.get()) else {
      preconditionFailure("no kind of figures")
    }
    self.kind = kind
    detail = reader.get()
  }

  var isOverAllTime: Bool { table == Self.allTimeTable }

  static let allTimeTable: UInt8 = 1
  static let dayTable: UInt8 = 2
  private static let bias: UInt32 = 0x8000_0000

  var row: [UInt8] {
    var key = ByteWriter(capacity: 22)
    key.put(table)
    key.put(scope)
    key.put(table == Self.dayTable ? UInt32(bitPattern: day) ^ Self.bias : 0)
    key.put(kind.rawValue)
    key.put(detail)
    return key.bytes
  }

  static func < (left: ModesKey, right: ModesKey) -> Bool {
    if left.table != right.table { return left.table < right.table }
    if left.scope != right.scope { return left.scope < right.scope }
    if left.day != right.day { return left.day < right.day }
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
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
