import Marketplace

/// Which distinct people a shop's figures count; the raw value is the `extra` of the set's key.
///
/// Each is kept per local day, buyers also of all time: who bought again must be
/// known at once, and the others of all time are those of all days.
enum ShopPeople: UInt8 {
  case visitors = 0
  case buyers = 1
  /// Buyers with an order that was not their first in this shop, by position.
  case repeaters = 2

  static func everyBuyer(of shop: Position) -> SetKey {
    SetKey(kind: 17, scope: shop)
  }

  func on(_ day: ShopDay) -> SetKey {
    SetKey(kind: 16, scope: day.shop, extra: rawValue, day: day.day)
  }

  /// The day's set in a batch; a buyer who is new to it comes into that of all time too.
  func slot(on day: ShopDay, of people: inout PersonSetChanges) -> PersonSetChanges.Slot {
    people.slot(
      of: on(day),
      within: self == .buyers ? people.slot(of: Self.everyBuyer(of: day.shop)) : nil
    )
  }
}

/// How many distinct people a shop's figures count in some scope.
struct ShopPeopleCounts: Sendable {
  var visitors = 0
  var buyers = 0
  var visitorsWhoBought = 0
  var repeaters = 0
}

/// How many distinct people a shop's figures count on each of some days, and on all of them.
struct ShopPeopleByDay: Sendable {
  private(set) var days: [Day: ShopPeopleCounts] = [:]
  private(set) var total = ShopPeopleCounts()

  /// Costs one scan over the sets of these days.
  ///
  /// - Precondition: The last day is not before the first, and of the same shop.
  init(from first: ShopDay, through last: ShopDay, _ rows: some RowReader) throws {
    var all: [ShopPeople: PersonSet] = [:]
    var visitors: (day: Day, number: UInt32, container: PersonContainer)?
    let keys = ShopPeople.visitors.on(first)...ShopPeople.repeaters.on(last)
    try PersonSet.scanContainers(keys, rows) { key, number, container in
      guard let people = ShopPeople(rawValue: key.extra) else {
        preconditionFailure("no kind of people")
      }
      all[people, default: PersonSet()].formUnion(container, number: number)
      var counts = days[key.day] ?? ShopPeopleCounts()
      switch people {
      case .visitors:
        counts.visitors += container.count
        visitors = (key.day, number, container)
      case .buyers:
        counts.buyers += container.count
        if let visitors, visitors.day == key.day, visitors.number == number {
          counts.visitorsWhoBought += visitors.container.intersectionCount(container)
        }
      case .repeaters:
        counts.repeaters += container.count
      }
      days[key.day] = counts
      return true
    }
    let buyers = all[.buyers] ?? PersonSet()
    total.buyers = buyers.count
    total.visitors = all[.visitors]?.count ?? 0
    total.visitorsWhoBought = all[.visitors]?.intersectionCount(buyers) ?? 0
    total.repeaters = all[.repeaters]?.count ?? 0
  }
}

/// The orders of a batch, in order, until it is known which were the first of their buyers.
struct PendingOrders: Sendable {
  private struct Order {
    var day: ShopDay
    var buyer: Person
  }

  private var orders: [Order] = []

  mutating func append(_ buyer: Person, on day: ShopDay) {
    orders.append(Order(day: day, buyer: buyer))
  }

  /// Puts the buyers of orders that were not their first into the shops' repeaters.
  ///
  /// Must come before the batch's own buyers are written: whoever is stored bought before it.
  /// Costs a sort of the batch's orders, and one read for each container of buyers that they touch.
  mutating func flush(to people: inout PersonSetChanges, _ rows: some RowReader) throws {
    // Orders came by position, and those of one buyer stay so.
    orders.radixSort { $0.buyer.number }
    orders.radixSort { $0.day.shop }
    var stored = StoredBuyers()
    var previous: (shop: Position, buyer: Person)?
    for order in orders {
      let shop = order.day.shop
      let isRepeat = previous.map { $0 == (shop, order.buyer) } ?? false
      previous = (shop, order.buyer)
      guard try isRepeat || stored.contain(order.buyer, of: shop, rows) else { continue }
      people.insert(order.buyer, into: ShopPeople.repeaters.slot(on: order.day, of: &people))
    }
    orders.removeAll(keepingCapacity: true)
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
      let set = ShopPeople.everyBuyer(of: shop)
      container =
        try set.table.value(of: set.place(ofContainer: number), in: rows) {
          PersonContainer(row: $0)
        } ?? PersonContainer()
      (self.shop, self.number) = (shop, number)
    }
    return container.contains(UInt16(truncatingIfNeeded: buyer.number))
  }
}
