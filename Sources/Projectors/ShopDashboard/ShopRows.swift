import Marketplace

/// The rows of the view `dashboard`: their keys by first byte, and their values.
///
/// | first byte | key behind it | value |
/// |---|---|---|
/// | 1 | shop | `ShopRow`: products listed now, sums of all time |
/// | 2 | shop, day (biased) | `ShopSums` of the day |
/// | 3 | product | `ProductNames` |
/// | 4 | shop | its best products, the first first: `TopProduct` |
/// | 5 | packed by product | `ProductSales`, once it sold |
/// | 16 | a `SetKey`'s rest | visitors, buyers and repeaters of a day: see `ShopPeople` |
/// | 17 | a `SetKey`'s rest | buyers of all time |
///
/// Shops and products are the positions of their first events.
enum ShopRows {
  static let sales = PackedRows([5], shift: 4)

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
      guard key.starts(with: [1]) else { return false }
      var offset = 1
      return try body(key.integer(at: &offset), ShopRow(value))
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
      guard key.starts(with: [2]) else { return false }
      var offset = 1
      let shop: Position = key.integer(at: &offset)
      let day = ShopDay(
        shop: shop,
        day: Day(bitPattern: key.integer(at: &offset, as: UInt32.self) ^ 0x8000_0000)
      )
      guard day <= last else { return false }
      offset = 0
      try body(day, ShopSums(value, at: &offset))
      return true
    }
  }
}

/// A local day of a shop.
struct ShopDay: Comparable, SlotKey {
  var shop: Position
  var day: Day

  var slotHash: UInt64 { Projectors.slotHash(shop, UInt64(UInt32(bitPattern: day))) }

  static func < (left: ShopDay, right: ShopDay) -> Bool {
    left.shop == right.shop ? left.day < right.day : left.shop < right.shop
  }
}

/// A shop's row: what it has now and all that it ever did.
struct ShopRow: Sendable {
  var productsListed: Int64 = 0
  var sums = ShopSums()

  init() {}

  init(_ row: RawSpan) {
    var offset = 0
    productsListed = Int64(row.wideVarint(at: &offset))
    sums = ShopSums(row, at: &offset)
  }

  /// Zeros for a shop that has no row.
  init(of shop: Position, in rows: some RowReader) throws {
    let key = ShopRows.shop(shop)
    self = try rows.row(key) { ShopRow($0) } ?? ShopRow()
  }

  func write(to row: inout ByteWriter) {
    row.put(varint: Int128(productsListed))
    sums.write(to: &row)
  }
}

/// What a product is called.
struct ProductNames: Sendable {
  var id = ""
  /// The latest.
  var title = ""

  init() {}

  init(_ row: [UInt8]) {
    var reader = ByteReader(row)
    id = reader.getText()
    title = reader.getText()
  }

  init(of product: Position, in rows: some RowReader) throws {
    self = try rows.row(ShopRows.product(product)).map { ProductNames($0) } ?? ProductNames()
  }

  var bytes: [UInt8] {
    var row = ByteWriter(capacity: 4 + id.utf8.count + title.utf8.count)
    row.put(id)
    row.put(title)
    return row.bytes
  }
}

/// What was sold of a product.
struct ProductSales: Hashable, Sendable {
  var units: Int128 = 0
  /// Refunds not taken off.
  var gross: Int128 = 0

  init() {}

  init(_ row: RawSpan) {
    var offset = 0
    self.init(row, at: &offset)
  }

  init(_ row: RawSpan, at offset: inout Int) {
    if row.isEmpty { return }
    units = row.wideVarint(at: &offset)
    gross = row.wideVarint(at: &offset)
  }

  func write(to row: inout ByteWriter) {
    row.put(varint: units)
    row.put(varint: gross)
  }

  static func += (left: inout ProductSales, right: ProductSales) {
    left.units += right.units
    left.gross += right.gross
  }
}

/// A product among the best of its shop.
struct TopProduct: Hashable, Sendable {
  var product: Position
  var sales: ProductSales

  /// A shop's list; empty when it sold nothing.
  static func list(of shop: Position, in rows: some RowReader) throws -> [TopProduct] {
    let key = ShopRows.topProducts(shop)
    return try rows.row(key) { list($0) } ?? []
  }

  /// Reads a shop's list, the first first.
  static func list(_ row: RawSpan) -> [TopProduct] {
    var list: [TopProduct] = []
    var offset = 0
    while offset < row.byteCount {
      let product = row.varint(at: &offset)
      list.append(TopProduct(product: product, sales: ProductSales(row, at: &offset)))
    }
    return list
  }

  static func write(_ list: some Sequence<TopProduct>, to row: inout ByteWriter) {
    for entry in list {
      row.put(varint: entry.product)
      entry.sales.write(to: &row)
    }
  }
}
