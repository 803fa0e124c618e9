package import Marketplace

/// Folds what people do beside buying: share, earn credit, join brands, own shops and brands.
package struct PeopleProjector: Projector {
  package static let name = "people"
  package static let version: UInt32 = 1

  private var sharesBySharer: [Person: UInt64] = [:]
  private var credits: [CreditKey: Sales] = [:]
  private var shares: [Position: ShareSums] = [:]
  private var agencies: [PersonAgencyKey: AgencyChange] = [:]
  /// Rows of what somebody came to own; never changed again.
  private var owned: [(key: [UInt8], id: String)] = []
  private var people = PersonSetChanges()

  /// What a batch does to an agency.
  private struct AgencyChange {
    var isActive: Bool
    /// The latest sign-up; nil when the batch has none.
    var joined: Position?
  }

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    switch try record.event() {
    case .productShared(let event):
      sharesBySharer[try event.sharer, default: 0] += 1
      if let via = try event.via { shares[via, default: ShareSums()].passedOn += 1 }
    case .productPurchased(let event):
      try fold(event)
    case .agentSignedUp(let event):
      let key = try PersonAgencyKey(agent: event.agent, brand: event.brand)
      agencies[key] = AgencyChange(isActive: true, joined: record.position)
    case .agentLeft(let event):
      let key = try PersonAgencyKey(agent: event.agent, brand: event.brand)
      agencies[key, default: AgencyChange(isActive: false)].isActive = false
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
    let sales = Sales(orders: 1, gross: Int128(try event.total))
    if let share = try event.attribution().share {
      var sums = ShareSums()
      sums.sales = sales
      sums.units = Int128(try event.quantity)
      shares[share, default: ShareSums()] += sums
    }
    if let sharer = try event.creditedSharer {
      credits[CreditKey(sharer, try event.currency), default: Sales()] += sales
      people.insert(try event.buyer, into: PeopleRows.buyers(creditedTo: sharer))
    }
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    for (sharer, count) in sharesBySharer.sorted(by: { $0.key < $1.key }) {
      let key = PeopleRows.sharer(sharer)
      var stored: UInt64 = 0
      if let row = try rows.row(key) {
        var reader = ByteReader(row)
        stored = reader.get()
      }
      var row = ByteWriter(capacity: 8)
      row.put(stored + count)
      try rows.put(key, row.bytes)
    }
    for (key, sales) in sorted(credits, PeopleRows.credit) {
      var stored = try rows.row(key).map { Sales($0) } ?? Sales()
      stored += sales
      try rows.put(key, stored.bytes)
    }
    for (key, change) in sorted(agencies, PeopleRows.agency) {
      try rows.put(key, try agency(change, rows.row(key)))
    }
    owned.sort { $0.key.lexicographicallyPrecedes($1.key) }
    for (key, id) in owned { try rows.put(key, Array(id.utf8)) }
    for (share, sums) in shares.sorted(by: { $0.key < $1.key }) {
      let key = PeopleRows.share(share)
      var stored = try rows.row(key).map { ShareSums($0) } ?? ShareSums()
      stored += sums
      try rows.put(key, stored.bytes)
    }
    try people.flush(into: &rows)
    sharesBySharer.removeAll(keepingCapacity: true)
    credits.removeAll(keepingCapacity: true)
    agencies.removeAll(keepingCapacity: true)
    owned.removeAll(keepingCapacity: true)
    shares.removeAll(keepingCapacity: true)
  }

  private func sorted<Key, Value>(
    _ changes: [Key: Value],
    _ key: (Key) -> [UInt8]
  ) -> [(key: [UInt8], value: Value)] {
    changes.map { (key: key($0.key), value: $0.value) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  private func agency(_ change: AgencyChange, _ stored: [UInt8]?) -> [UInt8] {
    var joined = change.joined ?? 0
    if let stored, change.joined == nil {
      var reader = ByteReader(stored, at: 1)
      joined = reader.get()
    }
    var row = ByteWriter(capacity: 9)
    row.put(change.isActive)
    row.put(joined)
    return row.bytes
  }
}
