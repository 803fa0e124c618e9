import Marketplace

/// Which distinct people a shop's figures count; the raw value is the kind of the set's key.
///
/// Each is kept per local day (extra 0), buyers also of all time (extra 1): who bought again must be
/// known at once, and the others of all time are those of all days.
enum ShopPeople: UInt8 {
  case visitors = 16
  case buyers = 17
  /// Buyers with an order that was not their first in this shop, by position.
  case repeaters = 18

  static func everyBuyer(of shop: Position) -> SetKey {
    SetKey(kind: buyers.rawValue, scope: shop, extra: 1)
  }

  func on(_ day: ShopDay) -> SetKey {
    SetKey(kind: rawValue, scope: day.shop, day: day.day)
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

  /// Costs one scan for each kind of people over the sets of these days.
  ///
  /// - Precondition: The last day is not before the first, and of the same shop.
  init(from first: ShopDay, through last: ShopDay, _ rows: some RowReader) throws {
    var visits: [(day: Day, number: UInt32, visitors: PersonContainer)] = []
    var visitors = PersonSet()
    try Self.scan(.visitors, first, last, rows) { day, number, container in
      days[day, default: ShopPeopleCounts()].visitors += container.count
      visitors.formUnion(container, number: number)
      visits.append((day, number, container))
    }
    var buyers = PersonSet()
    var next = visits.startIndex
    try Self.scan(.buyers, first, last, rows) { day, number, container in
      days[day, default: ShopPeopleCounts()].buyers += container.count
      buyers.formUnion(container, number: number)
      while next < visits.endIndex, (visits[next].day, visits[next].number) < (day, number) {
        next += 1
      }
      guard next < visits.endIndex, visits[next].day == day, visits[next].number == number else {
        return
      }
      days[day, default: ShopPeopleCounts()].visitorsWhoBought +=
        visits[next].visitors.intersectionCount(container)
    }
    var repeaters = PersonSet()
    try Self.scan(.repeaters, first, last, rows) { day, number, container in
      days[day, default: ShopPeopleCounts()].repeaters += container.count
      repeaters.formUnion(container, number: number)
    }
    total.visitors = visitors.count
    total.buyers = buyers.count
    total.visitorsWhoBought = visitors.intersectionCount(buyers)
    total.repeaters = repeaters.count
  }

  private static func scan(
    _ people: ShopPeople,
    _ first: ShopDay,
    _ last: ShopDay,
    _ rows: some RowReader,
    _ body: (Day, _ number: UInt32, PersonContainer) -> Void
  ) throws {
    try PersonSet.scanContainers(people.on(first)...people.on(last), rows) {
      key,
      number,
      container in
      body(key.day, number, container)
      return true
    }
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
      let key = ShopPeople.everyBuyer(of: shop).row(container: number)
      container =
        try rows.row(key) { PersonContainer(row: $0) } ?? PersonContainer()
      (self.shop, self.number) = (shop, number)
    }
    return container.contains(UInt16(truncatingIfNeeded: buyer.number))
  }
}
