import Marketplace

/// Which distinct people a shop's figures count; the raw value is the kind of the set's key.
///
/// Each is kept per local day (extra 0) and of all time (extra 1).
enum ShopPeople: UInt8 {
  case visitors = 16
  case buyers = 17
  /// Buyers with an order that was not their first in this shop, by position.
  case repeaters = 18

  func ever(in shop: Position) -> SetKey {
    SetKey(kind: rawValue, scope: shop, extra: 1)
  }

  func on(_ day: ShopDay) -> SetKey {
    SetKey(kind: rawValue, scope: day.shop, day: day.day)
  }
}

/// The orders of a batch, in order, until it is known which were the first of their buyers.
struct PendingOrders: Sendable {
  private struct Order {
    var shop: Position
    var buyer: Person
    /// Its place among the batch's orders, which are met by position.
    var place: Int
  }

  private var orders: [Order] = []
  private var days: [Day] = []

  mutating func append(_ buyer: Person, on day: ShopDay) {
    orders.append(Order(shop: day.shop, buyer: buyer, place: orders.count))
    days.append(day.day)
  }

  /// Puts the buyers of orders that were not their first into the shops' repeaters.
  ///
  /// Must come before the batch's own buyers are written: whoever is stored bought before it.
  /// Costs a sort of the batch's orders, and one read for each container of buyers that they touch.
  mutating func flush(to people: inout PersonSetChanges, _ rows: some RowReader) throws {
    orders.sort {
      ($0.shop, $0.buyer, $0.place) < ($1.shop, $1.buyer, $1.place)
    }
    var stored = StoredBuyers()
    var previous: (shop: Position, buyer: Person)?
    for order in orders {
      let shop = order.shop
      let isRepeat = previous.map { $0 == (shop, order.buyer) } ?? false
      previous = (shop, order.buyer)
      guard try isRepeat || stored.contain(order.buyer, of: shop, rows) else { continue }
      people.insert(order.buyer, into: ShopPeople.repeaters.ever(in: shop))
      let day = ShopDay(shop: shop, day: days[order.place])
      people.insert(order.buyer, into: ShopPeople.repeaters.on(day))
    }
    orders.removeAll(keepingCapacity: true)
    days.removeAll(keepingCapacity: true)
  }
}

/// Looks buyers up in the stored sets; quick while shops and people are asked for in order.
private struct StoredBuyers {
  private var shop: Position?
  private var number: UInt32 = 0
  private var container = PersonContainer()

  mutating func contain(_ buyer: Person, of shop: Position, _ rows: some RowReader) throws -> Bool {
    let number = PersonContainer.number(of: buyer.number)
    if shop != self.shop || number != self.number {
      let row = try rows.row(ShopPeople.buyers.ever(in: shop).row(container: number))
      container = row.map { PersonContainer(row: $0) } ?? PersonContainer()
      (self.shop, self.number) = (shop, number)
    }
    return container.contains(UInt16(truncatingIfNeeded: buyer.number))
  }
}
