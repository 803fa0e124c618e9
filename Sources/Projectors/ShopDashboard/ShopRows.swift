import Marketplace

/// The rows of the view `dashboard`: their keys by first byte, and their values.
///
/// | first byte | key behind it | value |
/// |---|---|---|
/// | 1 | shop | products listed now (8), sums of all time |
/// | 2 | shop, day (biased) | sums of the day |
/// | 3 | product | units (16), gross (16), id, latest title |
/// | 4 | shop | its best products, the first first, 8 bytes each |
/// | 16, 17, 18 | a `SetKey`'s rest | visitors, buyers, repeaters: see `ShopPeople` |
///
/// Shops and products are the positions of their first events.
enum ShopRows {
  static func shop(_ shop: Position) -> [UInt8] {
    key(1, shop)
  }

  static func day(_ day: ShopDay) -> [UInt8] {
    var key = ByteWriter(capacity: 13)
    key.put(2 as UInt8)
    key.put(day.shop)
    key.put(UInt32(bitPattern: day.day) ^ 0x8000_0000)
    return key.bytes
  }

  static func product(_ product: Position) -> [UInt8] {
    key(3, product)
  }

  static func topProducts(_ shop: Position) -> [UInt8] {
    key(4, shop)
  }

  private static func key(_ kind: UInt8, _ position: Position) -> [UInt8] {
    var key = ByteWriter(capacity: 9)
    key.put(kind)
    key.put(position)
    return key.bytes
  }

  /// Visits the shops' rows in order of opening, those after `position`.
  static func scanShops(
    after position: Position,
    _ rows: some RowReader,
    _ body: (Position, ShopRow) throws -> Bool
  ) throws {
    try rows.scan(from: shop(position + 1)) { key, value in
      guard key[0] == 1 else { return false }
      var reader = ByteReader(key, at: 1)
      return try body(reader.get(), ShopRow(value))
    }
  }

  /// Visits the rows of a shop's days in the range, oldest first.
  static func scanDays(
    from first: ShopDay,
    through last: ShopDay,
    _ rows: some RowReader,
    _ body: (ShopDay, ShopSums) throws -> Void
  ) throws {
    try rows.scan(from: day(first)) { key, value in
      guard key[0] == 2 else { return false }
      var reader = ByteReader(key, at: 1)
      let shop: Position = reader.get()
      let day = ShopDay(shop: shop, day: Day(bitPattern: reader.get() ^ 0x8000_0000))
      guard day <= last else { return false }
      var sums = ByteReader(value)
      try body(day, ShopSums(reading: &sums))
      return true
    }
  }
}

/// A local day of a shop.
struct ShopDay: Hashable, Comparable, Sendable {
  var shop: Position
  var day: Day

  static func < (left: ShopDay, right: ShopDay) -> Bool {
    left.shop == right.shop ? left.day < right.day : left.shop < right.shop
  }
}

/// A shop's row: what it has now and all that it ever did.
struct ShopRow {
  var productsListed: Int64 = 0
  var sums = ShopSums()

  init() {}

  init(_ row: [UInt8]) {
    var reader = ByteReader(row)
    productsListed = reader.get()
    sums = ShopSums(reading: &reader)
  }

  var bytes: [UInt8] {
    var row = ByteWriter(capacity: 8 + ShopSums.width)
    row.put(productsListed)
    sums.write(to: &row)
    return row.bytes
  }
}

/// A product's row: what was sold of it, and its names.
struct ProductRow {
  var units: Int128 = 0
  var gross: Int128 = 0
  var id = ""
  var title = ""

  init() {}

  init(_ row: [UInt8]) {
    var reader = ByteReader(row)
    units = reader.get()
    gross = reader.get()
    id = reader.getText()
    title = reader.getText()
  }

  var bytes: [UInt8] {
    var row = ByteWriter(capacity: 36 + id.utf8.count + title.utf8.count)
    row.put(units)
    row.put(gross)
    row.put(id)
    row.put(title)
    return row.bytes
  }

  /// Whether it stands above another: by units, then gross, then id by its bytes.
  func precedes(_ other: ProductRow) -> Bool {
    guard units == other.units else { return units > other.units }
    guard gross == other.gross else { return gross > other.gross }
    return id.utf8.lexicographicallyPrecedes(other.id.utf8)
  }
}
