import Marketplace

/// The rows of the view `modes`: their keys by first byte, and their values.
///
/// | first byte | key behind it | value |
/// |---|---|---|
/// | 1 | scope (7) | `ModesSums` of all time and `ModesSummary` |
/// | 2 | scope (7), day (4) | `ModesSums` of the day |
/// | 3, 4, 5 | a `SetKey`'s rest | people of a day, of a month, of all time: see `ModePeople` |
/// | 6 | packed by share | `ModesShareRow` |
/// | 7 | scope (7), day (4), packed by share | `ModesDayShare`: the day's orders from shares |
/// | 8 | scope (7), day (4), packed by share | `ModesDayCascade`: what was passed on, by first share |
/// | 9 | brand (7), packed by share | the brand's orders from the share, a varint |
///
/// A scope is the position of the event that created the shop or brand, 0 for everything; days are
/// biased so that those before 1970 come first. So an answer over all time reads a row and the
/// sets, and one over a range what the scope has of these days. Row 9 tells how often a brand was
/// bought from a share; a shop needs none, as a share's orders are all of one shop.
enum ModesRows {
  static let shares = PackedRows([6], shift: 6)

  static func allTime(_ scope: Position) -> [UInt8] {
    key(1, scope).bytes
  }

  static func day(_ scope: Position, _ day: Day) -> [UInt8] {
    dayKey(2, scope, day)
  }

  static func dayShares(_ scope: Position, _ day: Day) -> PackedRows {
    // A scope's shares of one day lie far apart.
    PackedRows(dayKey(7, scope, day), shift: 16)
  }

  static func dayCascades(_ scope: Position, _ day: Day) -> PackedRows {
    PackedRows(dayKey(8, scope, day), shift: 16)
  }

  static func brandShares(_ brand: Position) -> PackedRows {
    PackedRows(key(9, brand).bytes, shift: 16)
  }

  /// Visits the rows of a table that a scope has of some days, with their keys, in order.
  static func scan(
    _ table: [UInt8],
    through last: Day,
    in rows: some RowReader,
    _ body: (Day, _ key: RawSpan, _ value: RawSpan) throws -> Void
  ) throws {
    let scope = Array(table.prefix(8))
    try rows.scan(from: table) { key, value in
      guard key.starts(with: scope) else { return false }
      var offset = scope.count
      let day = Day(bitPattern: key.integer(at: &offset, as: UInt32.self) ^ bias)
      guard day <= last else { return false }
      try body(day, key, value)
      return true
    }
  }

  /// Whether a row has to do with a scope: what is kept when nothing else will be asked for.
  static func belongs(_ key: RawSpan, to scope: Position) -> Bool {
    var offset = 0
    let high: UInt64 = key.integer(at: &offset)
    // Shares are of all scopes, and are what orders from shares go by.
    return high >> 56 == 6 || high & (1 << 56 - 1) == scope
  }

  private static let bias: UInt32 = 0x8000_0000

  private static func key(_ table: UInt8, _ scope: Position) -> ByteWriter {
    precondition(scope >> 56 == 0, "scope past 56 bits")
    var key = ByteWriter(capacity: 20)
    key.put(UInt64(table) << 56 | scope)
    return key
  }

  private static func dayKey(_ table: UInt8, _ scope: Position, _ day: Day) -> [UInt8] {
    var key = key(table, scope)
    key.put(UInt32(bitPattern: day) ^ bias)
    return key.bytes
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
  enum Side: UInt8, Sendable {
    case visitors = 0
    case buyers = 1
  }

  var scope: Position
  var mode: Mode
  var side: Side

  /// The `extra` of the sets' keys, below 8.
  static func place(_ mode: Mode, _ side: Side) -> UInt8 {
    UInt8(mode.rawValue) << 1 | side.rawValue
  }

  private func key(_ kind: UInt8, _ day: Day) -> SetKey {
    SetKey(kind: kind, scope: scope, extra: Self.place(mode, side), day: day)
  }

  func on(_ day: Day) -> SetKey { key(3, day) }
  /// The set of the month that starts on this day.
  func inMonth(_ first: Day) -> SetKey { key(4, first) }
  var always: SetKey { key(5, 0) }
}
