package import Marketplace

/// Folds what happens in shops into the figures of their dashboards.
///
/// One event touches the sums of one day (a refund of two) in memory; the sums of all time, who
/// bought for the first time and the best products are worked out once a batch.
package struct ShopDashboardProjector: Projector {
  package static let name = "dashboard"
  package static let version: UInt32 = 1

  /// How many products a shop's list of the best holds.
  static let topProductsLimit = 10

  /// Where a shop's day stands in `changes`.
  private var slots: [ShopDay: Int] = [:]
  private var changes: [DayChange] = []
  private var productsListed: [Position: Int64] = [:]
  private var products: [Position: ProductChange] = [:]
  private var orders = PendingOrders()
  private var people = PersonSetChanges()

  /// What a batch does to a shop's day; the slots spare each event a lookup of its sets.
  private struct DayChange {
    var sums = ShopSums()
    var visitors: PeopleSlots
    var buyers: PeopleSlots
  }

  /// Where the sets of a day and of all time stand in the batch.
  private struct PeopleSlots {
    var onDay: PersonSetChanges.Slot
    var ever: PersonSetChanges.Slot
  }

  /// What a batch does to a product; without a text the row's stays as it is.
  private struct ProductChange {
    var shop: Position
    var units: Int128 = 0
    var gross: Int128 = 0
    var id: String?
    var title: String?

    mutating func add(_ purchase: borrowing Lent<ProductPurchased>) throws(RecordError) {
      units += Int128(try purchase.quantity)
      gross += Int128(try purchase.total)
    }
  }

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    let today = record.localDay
    switch try record.event() {
    case .visitRecorded(let event):
      let day = ShopDay(shop: try event.shop, day: today)
      let slot = slot(of: day)
      changes[slot].sums.visits += 1
      insert(try event.visitor, into: changes[slot].visitors)
    case .productPurchased(let event):
      let day = ShopDay(shop: try event.shop, day: today)
      let slot = slot(of: day)
      try changes[slot].sums.add(event)
      insert(try event.buyer, into: changes[slot].buyers)
      orders.append(try event.buyer, on: day)
      try products[event.product, default: ProductChange(shop: day.shop)].add(event)
    case .purchaseRefunded(let event):
      let day = ShopDay(shop: try event.shop, day: today)
      changes[slot(of: day)].sums.refundsBooked += Int128(try event.amount)
      let cohort = ShopDay(shop: day.shop, day: try event.orderDay)
      changes[slot(of: cohort)].sums.refundsCohort += Int128(try event.amount)
    case .stockAdjusted(let event):
      let day = ShopDay(shop: try event.shop, day: today)
      let isStockOut = try event.after == 0 && event.by < 0
      changes[slot(of: day)].sums.stockOuts += isStockOut ? 1 : 0
    case .productListed(let event):
      let shop = try event.shop
      meet(shop, today)
      productsListed[shop, default: 0] += 1
      products[record.position] = try ProductChange(
        shop: shop,
        id: event.product,
        title: event.title
      )
    case .productRetitled(let event):
      let shop = try event.shop
      meet(shop, today)
      try products[event.product, default: ProductChange(shop: shop)].title = event.title
    case .productDelisted(let event):
      meet(try event.shop, today)
      productsListed[try event.shop, default: 0] -= 1
    case .productRelisted(let event):
      meet(try event.shop, today)
      productsListed[try event.shop, default: 0] += 1
    case .shopOpened:
      meet(record.position, today)
    case .priceChanged(let event):
      meet(try event.shop, today)
    case .productShared(let event):
      meet(try event.shop, today)
    default:
      break
    }
  }

  /// Gives the day a row, whatever happened on it.
  private mutating func meet(_ shop: Position, _ day: Day) {
    _ = slot(of: ShopDay(shop: shop, day: day))
  }

  private mutating func slot(of day: ShopDay) -> Int {
    if let slot = slots[day] { return slot }
    slots[day] = changes.count
    changes.append(
      DayChange(visitors: peopleSlots(.visitors, day), buyers: peopleSlots(.buyers, day))
    )
    return changes.count - 1
  }

  private mutating func peopleSlots(_ kind: ShopPeople, _ day: ShopDay) -> PeopleSlots {
    PeopleSlots(
      onDay: people.slot(of: kind.on(day)),
      ever: people.slot(of: kind.ever(in: day.shop))
    )
  }

  private mutating func insert(_ person: Person, into slots: PeopleSlots) {
    people.insert(person, into: slots.onDay)
    people.insert(person, into: slots.ever)
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    let order = slots.sorted { $0.key < $1.key }
    try flushShops(order, &rows)
    for (day, slot) in order {
      let key = ShopRows.day(day)
      var stored = ShopSums()
      if let row = try rows.row(key) {
        var reader = ByteReader(row)
        stored = ShopSums(reading: &reader)
      }
      stored += changes[slot].sums
      var row = ByteWriter(capacity: ShopSums.width)
      stored.write(to: &row)
      try rows.put(key, row.bytes)
    }
    try flushProducts(&rows)
    try orders.flush(to: &people, rows)
    try people.flush(into: &rows)
    slots.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    productsListed.removeAll(keepingCapacity: true)
    products.removeAll(keepingCapacity: true)
  }

  /// Adds the batch's days to the shops' sums of all time.
  private func flushShops(
    _ order: [(key: ShopDay, value: Int)],
    _ rows: inout some RowWriter
  ) throws {
    var rest = order[...]
    while let shop = rest.first?.key.shop {
      let key = ShopRows.shop(shop)
      var stored = try rows.row(key).map { ShopRow($0) } ?? ShopRow()
      stored.productsListed += productsListed[shop] ?? 0
      while let next = rest.first, next.key.shop == shop {
        stored.sums += changes[next.value].sums
        rest.removeFirst()
      }
      try rows.put(key, stored.bytes)
    }
  }

  /// Writes the products, then each shop's best of its old list and of those that sold.
  ///
  /// Exact, because units and gross only grow: whatever is neither listed nor sold in this batch
  /// still stands below all that are listed.
  private func flushProducts(_ rows: inout some RowWriter) throws {
    var sold: [(shop: Position, product: Position)] = []
    for (product, change) in products.sorted(by: { $0.key < $1.key }) {
      let key = ShopRows.product(product)
      var stored = try rows.row(key).map { ProductRow($0) } ?? ProductRow()
      stored.units += change.units
      stored.gross += change.gross
      stored.id = change.id ?? stored.id
      stored.title = change.title ?? stored.title
      try rows.put(key, stored.bytes)
      if change.units > 0 { sold.append((change.shop, product)) }
    }
    sold.sort { $0 < $1 }
    var rest = sold[...]
    while let shop = rest.first?.shop {
      let end = rest.firstIndex { $0.shop != shop } ?? rest.endIndex
      let best = try Self.topProducts(of: shop, rows).map(\.product)
      let candidates = Set(best).union(rest[..<end].lazy.map(\.product))
      var list = ByteWriter(capacity: 8 * Self.topProductsLimit)
      for entry in try Self.ranked(candidates, rows).prefix(Self.topProductsLimit) {
        list.put(entry.product)
      }
      try rows.put(ShopRows.topProducts(shop), list.bytes)
      rest = rest[end...]
    }
  }

  /// A shop's best products, the first first, with their rows.
  static func topProducts(
    of shop: Position,
    _ rows: some RowReader
  ) throws -> [(product: Position, row: ProductRow)] {
    guard let list = try rows.row(ShopRows.topProducts(shop)) else { return [] }
    var reader = ByteReader(list)
    var products: [Position] = []
    while !reader.isAtEnd { products.append(reader.get()) }
    return try products.map { ($0, try productRow($0, rows)) }
  }

  private static func ranked(
    _ products: Set<Position>,
    _ rows: some RowReader
  ) throws -> [(product: Position, row: ProductRow)] {
    // Ids are unique, so the order is total and the set's own order leaves no trace.
    try products.map { ($0, try productRow($0, rows)) }.sorted { $0.row.precedes($1.row) }
  }

  private static func productRow(_ product: Position, _ rows: some RowReader) throws -> ProductRow {
    try rows.row(ShopRows.product(product)).map { ProductRow($0) } ?? ProductRow()
  }
}
