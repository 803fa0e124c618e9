package import Marketplace

/// Folds what happens in shops into the figures of their dashboards.
///
/// One event touches the sums of one day (a refund of two) in memory; the sums of all time, who
/// bought for the first time and the best products are worked out once a batch.
package struct ShopDashboardProjector: Projector {
  package static let name = "dashboard"
  package static let version: UInt32 = 2

  /// How many products a shop's list of the best holds.
  static let topProductsLimit = 10

  /// Where a shop's day stands in `changes`.
  private var slots = SlotTable<ShopDay>()
  private var changes: [DayChange] = []
  private var productsListed: [Position: Int64] = [:]
  private var names: [Position: NamesChange] = [:]
  private var sold: [Sold] = []
  private var orders = PendingOrders()
  private var people = PersonSetChanges()

  /// What a batch does to a shop's day; the slots spare each event a lookup of its sets.
  private struct DayChange {
    var sums = ShopSums()
    var visitors: PersonSetChanges.Slot
    var buyers: PersonSetChanges.Slot
  }

  /// What a batch does to a product's names; without one the row's stays as it is.
  private struct NamesChange {
    var id: String?
    var title: String
  }

  /// An order as its product sees it.
  private struct Sold: Sendable {
    var shop: Position
    var product: Position
    var units: Int64
    var gross: Int64
  }

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    let today = record.localDay
    switch try record.event() {
    case .visitRecorded(let event):
      let day = ShopDay(shop: try event.shop, day: today)
      let slot = slot(of: day)
      changes[slot].sums.visits += 1
      people.insert(try event.visitor, into: changes[slot].visitors)
    case .productPurchased(let event):
      let day = ShopDay(shop: try event.shop, day: today)
      let slot = slot(of: day)
      let buyer = try event.buyer
      try changes[slot].sums.add(event)
      people.insert(buyer, into: changes[slot].buyers)
      orders.append(buyer, on: day)
      sold.append(
        try Sold(
          shop: day.shop,
          product: event.product,
          units: event.quantity,
          gross: event.total
        )
      )
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
      names[record.position] = try NamesChange(id: event.product, title: event.title)
    case .productRetitled(let event):
      meet(try event.shop, today)
      names[try event.product, default: NamesChange(title: "")].title = try event.title
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
    let (number, isNew) = slots.slot(of: day)
    if isNew {
      changes.append(
        DayChange(
          visitors: ShopPeople.visitors.slot(on: day, of: &people),
          buyers: ShopPeople.buyers.slot(on: day, of: &people)
        )
      )
    }
    return number
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    try flushDays(&rows)
    try flushProducts(&rows)
    try orders.flush(to: &people, rows)
    try people.flush(into: &rows)
    slots.removeAll()
    changes.removeAll(keepingCapacity: true)
    productsListed.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    sold.removeAll(keepingCapacity: true)
  }

  /// Adds to the days' sums, and the batch's days to the shops' sums of all time.
  private func flushDays(_ rows: inout some RowWriter) throws {
    var order = slots.keys.indices.map { UInt32($0) }
    order.radixSort { UInt64(UInt32(bitPattern: slots.keys[Int($0)].day) ^ 0x8000_0000) }
    order.radixSort { slots.keys[Int($0)].shop }
    var value = ByteWriter()
    var rest = order[...]
    while let shop = rest.first.map({ slots.keys[Int($0)].shop }) {
      var row = try ShopRow(of: shop, in: rows)
      row.productsListed += productsListed[shop] ?? 0
      while let next = rest.first.map({ Int($0) }), slots.keys[next].shop == shop {
        row.sums += changes[next].sums
        rest.removeFirst()
      }
      value.removeAll()
      row.write(to: &value)
      try rows.put(ShopRows.shop(shop).span.bytes, value.bytes.span.bytes)
    }
    for slot in order {
      let key = ShopRows.day(slots.keys[Int(slot)])
      var sums = changes[Int(slot)].sums
      try rows.lend(key.span.bytes) { row in
        var offset = 0
        sums += ShopSums(row, at: &offset)
      }
      value.removeAll()
      sums.write(to: &value)
      try rows.put(key.span.bytes, value.bytes.span.bytes)
    }
  }

  /// Writes the products, then each shop's best of its old list and of those that sold.
  ///
  /// Exact, because units and gross only grow: whatever is neither listed nor sold in this batch
  /// still stands below all that are listed.
  private mutating func flushProducts(_ rows: inout some RowWriter) throws {
    for (product, change) in names.sorted(by: { $0.key < $1.key }) {
      var stored = change.id == nil ? try ProductNames(of: product, in: rows) : ProductNames()
      stored.id = change.id ?? stored.id
      stored.title = change.title
      try rows.put(ShopRows.product(product), stored.bytes)
    }
    var candidates = try flushSales(&rows)
    candidates.radixSort { $0.shop }
    var value = ByteWriter()
    var rest = candidates[...]
    while let shop = rest.first?.shop {
      let end = rest.firstIndex { $0.shop != shop } ?? rest.endIndex
      var list = try TopProduct.list(of: shop, in: rows)
      for (_, candidate) in rest[..<end] {
        if let index = list.firstIndex(where: { $0.product == candidate.product }) {
          list[index] = candidate
        } else {
          list.append(candidate)
        }
      }
      value.removeAll()
      TopProduct.write(try Self.best(of: list, rows), to: &value)
      try rows.put(ShopRows.topProducts(shop).span.bytes, value.bytes.span.bytes)
      rest = rest[end...]
    }
  }

  /// Adds to what was sold of each product; answers what each that sold comes to, with its shop.
  private mutating func flushSales(
    _ rows: inout some RowWriter
  ) throws -> [(shop: Position, product: TopProduct)] {
    sold.radixSort { $0.product }
    var products: [(shop: Position, product: TopProduct)] = []
    var writer = PackedWriter(ShopRows.sales)
    var index = 0
    while index < sold.count {
      let first = sold[index]
      try writer.update(first.product, in: &rows) { old, new in
        var sales = ProductSales(old)
        while index < sold.count, sold[index].product == first.product {
          sales.units += Int128(sold[index].units)
          sales.gross += Int128(sold[index].gross)
          index += 1
        }
        sales.write(to: &new)
        products.append((first.shop, TopProduct(product: first.product, sales: sales)))
      }
    }
    try writer.finish(&rows)
    return products
  }

  /// The first by units, then gross, then id by its bytes; ids are unique, so the order is total.
  private static func best(
    of list: [TopProduct],
    _ rows: some RowReader
  ) throws -> ArraySlice<TopProduct> {
    try list.sorted { left, right in
      guard left.sales.units == right.sales.units else {
        return left.sales.units > right.sales.units
      }
      guard left.sales.gross == right.sales.gross else {
        return left.sales.gross > right.sales.gross
      }
      let (mine, theirs) = try (
        ProductNames(of: left.product, in: rows), ProductNames(of: right.product, in: rows)
      )
      return mine.id.utf8.lexicographicallyPrecedes(theirs.id.utf8)
    }.prefix(topProductsLimit)
  }
}
