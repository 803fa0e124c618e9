import Marketplace

/// A number of orders and what they came to.
package struct Sales: Hashable, Sendable {
  package var orders: UInt64 = 0
  /// Quantity times price in minor units, refunds not taken off.
  package var gross: Int128 = 0

  static func += (left: inout Sales, right: Sales) {
    left.orders += right.orders
    left.gross += right.gross
  }

  init(orders: UInt64, gross: Int128) {
    self.orders = orders
    self.gross = gross
  }

  init() {}

  init(_ row: RawSpan, at offset: inout Int) {
    orders = row.varint(at: &offset)
    gross = row.wideVarint(at: &offset)
  }

  func write(to row: inout ByteWriter) {
    row.put(varint: orders)
    row.put(varint: gross)
  }
}

/// What can be summed of a shop's day: everything that is no count of distinct people.
struct ShopSums: Sendable {
  var visits: UInt64 = 0
  var units: Int128 = 0
  /// Refunds by the day on which they were made.
  var refundsBooked: Int128 = 0
  /// Refunds by the day of the order that they take back.
  var refundsCohort: Int128 = 0
  var impulseOrders: UInt64 = 0
  var stockOuts: UInt64 = 0
  /// By the raw value of the mode; each order is of exactly one, so they sum to all orders.
  var modes = [4 of Sales](repeating: Sales())
  /// By the raw value of the kind of goods.
  var kinds = [5 of Sales](repeating: Sales())

  init() {}

  /// All orders.
  var sales: Sales {
    var sum = Sales()
    for mode in modes.indices { sum += modes[mode] }
    return sum
  }

  mutating func add(_ purchase: borrowing Lent<ProductPurchased>) throws(RecordError) {
    let sales = Sales(orders: 1, gross: Int128(try purchase.total))
    units += Int128(try purchase.quantity)
    modes[Int(try purchase.attribution().mode.rawValue)] += sales
    kinds[Int(try purchase.kind.rawValue)] += sales
    if try purchase.impulse { impulseOrders += 1 }
    // What was bought was there, so the stock was above 0 before.
    if try purchase.stockAfter == 0 { stockOuts += 1 }
  }

  static func += (left: inout ShopSums, right: ShopSums) {
    left.visits += right.visits
    left.units += right.units
    left.refundsBooked += right.refundsBooked
    left.refundsCohort += right.refundsCohort
    left.impulseOrders += right.impulseOrders
    left.stockOuts += right.stockOuts
    for mode in right.modes.indices { left.modes[mode] += right.modes[mode] }
    for kind in right.kinds.indices { left.kinds[kind] += right.kinds[kind] }
  }
}

extension ShopSums {
  init(_ row: RawSpan, at offset: inout Int) {
    visits = row.varint(at: &offset)
    units = row.wideVarint(at: &offset)
    refundsBooked = row.wideVarint(at: &offset)
    refundsCohort = row.wideVarint(at: &offset)
    impulseOrders = row.varint(at: &offset)
    stockOuts = row.varint(at: &offset)
    for mode in modes.indices { modes[mode] = Sales(row, at: &offset) }
    for kind in kinds.indices { kinds[kind] = Sales(row, at: &offset) }
  }

  func write(to row: inout ByteWriter) {
    row.put(varint: visits)
    row.put(varint: units)
    row.put(varint: refundsBooked)
    row.put(varint: refundsCohort)
    row.put(varint: impulseOrders)
    row.put(varint: stockOuts)
    for mode in modes.indices { modes[mode].write(to: &row) }
    for kind in kinds.indices { kinds[kind].write(to: &row) }
  }
}
