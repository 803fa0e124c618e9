package import Marketplace

/// Folds what people do beside buying: share, earn credit, join brands, own shops and brands.
package struct PeopleProjector: Projector {
  package static let name = "people"
  package static let version: UInt32 = 2

  private var changes: [PersonChange] = []
  private var shares: [ShareChange] = []
  /// Rows of what somebody came to own; never changed again.
  private var owned: [(key: [UInt8], id: String)] = []
  private var people = PersonSetChanges()

  /// What an event does to a person's row.
  private struct PersonChange: Sendable {
    var person: UInt64
    var what: What

    enum What: Sendable {
      case shared
      case credited(gross: Int64, currency: UInt64, buyer: UInt64)
      case joined(brand: Position, at: Position)
      case left(brand: Position)
    }
  }

  /// What an event does to a share's row.
  private struct ShareChange: Sendable {
    var share: Position
    /// Nil when another share passes it on.
    var order: (units: Int64, gross: Int64)?
  }

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    switch try record.event() {
    case .productShared(let event):
      note(try event.sharer, .shared)
      if let via = try event.via { shares.append(ShareChange(share: via, order: nil)) }
    case .productPurchased(let event):
      try fold(event)
    case .agentSignedUp(let event):
      note(try event.agent, .joined(brand: try event.brand, at: record.position))
    case .agentLeft(let event):
      note(try event.agent, .left(brand: try event.brand))
    case .shopOpened(let event):
      let key = PeopleRows.owned(PeopleRows.shops(of: try event.owner), record.position)
      owned.append((key, try event.shop))
    case .brandRegistered(let event):
      let key = PeopleRows.owned(PeopleRows.brands(of: try event.owner), record.position)
      owned.append((key, try event.brand))
    default:
      break
    }
  }

  private mutating func fold(_ event: borrowing Lent<ProductPurchased>) throws(RecordError) {
    let total = try event.total
    if let share = try event.attribution().share {
      shares.append(ShareChange(share: share, order: (try event.quantity, total)))
    }
    if let sharer = try event.creditedSharer {
      let currency = CreditCurrency.number(try event.currency)
      let buyer = try event.buyer.number
      note(sharer, .credited(gross: total, currency: currency, buyer: buyer))
    }
  }

  private mutating func note(_ person: Person, _ what: PersonChange.What) {
    changes.append(PersonChange(person: person.number, what: what))
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    try flushPeople(into: &rows)
    owned.sort { $0.key.lexicographicallyPrecedes($1.key) }
    for (key, id) in owned { try rows.put(key, Array(id.utf8)) }
    owned.removeAll(keepingCapacity: true)
    try flushShares(into: &rows)
    try people.flush(into: &rows)
  }

  private mutating func flushPeople(into rows: inout some RowWriter) throws {
    changes.radixSort { $0.person }
    var writer = PackedWriter(PeopleRows.people)
    var row = PersonRow()
    var index = 0
    while index < changes.count {
      let person = changes[index].person
      try writer.update(person, in: &rows) { old, new in
        row.read(old)
        while index < changes.count, changes[index].person == person {
          apply(changes[index].what, to: &row, of: Person(person))
          index += 1
        }
        row.write(to: &new)
      }
    }
    try writer.finish(&rows)
    changes.removeAll(keepingCapacity: true)
  }

  private mutating func apply(
    _ what: PersonChange.What,
    to row: inout PersonRow,
    of person: Person
  ) {
    switch what {
    case .shared: row.shares += 1
    case .joined(let brand, let position): row.join(brand, at: position)
    case .left(let brand): row.leave(brand)
    case .credited(let gross, let currency, let buyer):
      row.credit(Sales(orders: 1, gross: Int128(gross)), in: currency)
      if !row.hasManyBuyers { row.insert(buyer) }
      guard row.hasManyBuyers || row.buyers.count > PersonRow.fewBuyers else { return }
      let set = PeopleRows.buyers(creditedTo: person)
      for buyer in row.buyers + [buyer] { people.insert(Person(buyer), into: set) }
      row.buyers = []
      row.hasManyBuyers = true
    }
  }

  private mutating func flushShares(into rows: inout some RowWriter) throws {
    shares.radixSort { $0.share }
    var writer = PackedWriter(PeopleRows.shares)
    var index = 0
    while index < shares.count {
      let share = shares[index].share
      try writer.update(share, in: &rows) { old, new in
        var sums = ShareSums(old)
        while index < shares.count, shares[index].share == share {
          if let order = shares[index].order {
            sums.sales += Sales(orders: 1, gross: Int128(order.gross))
            sums.units += Int128(order.units)
          } else {
            sums.passedOn += 1
          }
          index += 1
        }
        sums.write(to: &new)
      }
    }
    try writer.finish(&rows)
    shares.removeAll(keepingCapacity: true)
  }
}
