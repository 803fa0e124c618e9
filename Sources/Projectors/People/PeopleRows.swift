import Marketplace

/// The rows of the view `people`: their keys by first byte, and their values.
///
/// | first byte | key behind it | value |
/// |---|---|---|
/// | 1 | packed by person | `PersonRow` |
/// | 4 | person, shop | the id of a shop owned |
/// | 5 | person, brand | the id of a brand owned |
/// | 6 | packed by share | `ShareSums` |
/// | 16 | a `SetKey`'s rest, the scope being the sharer | buyers of the orders credited, if many |
///
/// People are numbers; shops, brands and shares are the positions of their first events.
enum PeopleRows {
  static let people = PackedRows([1], shift: 4)
  static let shares = PackedRows([6], shift: 6)

  static func shops(of owner: Person) -> [UInt8] {
    key(4, owner.number).bytes
  }

  static func brands(of owner: Person) -> [UInt8] {
    key(5, owner.number).bytes
  }

  static func buyers(creditedTo sharer: Person) -> SetKey {
    SetKey(kind: 16, scope: sharer.number)
  }

  /// The key of something that a person owns, behind the prefix of its kind.
  static func owned(_ prefix: [UInt8], _ position: Position) -> [UInt8] {
    var key = ByteWriter(capacity: 17)
    key.bytes += prefix
    key.put(position)
    return key.bytes
  }

  /// What the keys of a person's rows begin with; one of the rows has the neighbours too.
  static func prefixes(of person: Person) -> [[UInt8]] {
    [
      people.key(ofNumber: person.number), shops(of: person), brands(of: person),
      buyers(creditedTo: person).table.prefix,
    ]
  }

  private static func key(_ kind: UInt8, _ number: UInt64) -> ByteWriter {
    var key = ByteWriter(capacity: 17)
    key.put(kind)
    key.put(number)
    return key
  }
}

/// A currency's code as a number: its letters, the last in the lowest byte.
enum CreditCurrency {
  static func number(_ code: String) -> UInt64 {
    precondition(code.utf8.count <= 8, "a currency's code has three letters")
    return code.utf8.reduce(0) { $0 << 8 | UInt64($1) }
  }

  static func code(_ number: UInt64) -> String {
    let letters = (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return String(decoding: letters.drop { $0 == 0 }, as: UTF8.self)
  }
}

/// What is kept of one person, all in varints.
///
/// Nearly everybody has few buyers, so they stand here; past `fewBuyers` they move to a set.
struct PersonRow: Sendable {
  static let fewBuyers = 8

  var shares: UInt64 = 0
  /// In the order in which the currencies came.
  var credits: [(currency: UInt64, sales: Sales)] = []
  /// In the order of the first sign-ups.
  var agencies: [Agency] = []
  /// Ascending; empty when they are many.
  var buyers: [UInt64] = []
  /// Whether the buyers stand in the set `PeopleRows.buyers`.
  var hasManyBuyers = false

  struct Agency: Sendable {
    var brand: Position
    var isActive: Bool
    /// The latest sign-up.
    var joined: Position
  }

  /// Takes in a stored row in place of what was here, with the memory that is here.
  mutating func read(_ row: RawSpan) {
    shares = 0
    credits.removeAll(keepingCapacity: true)
    agencies.removeAll(keepingCapacity: true)
    buyers.removeAll(keepingCapacity: true)
    hasManyBuyers = false
    if row.isEmpty { return }
    var offset = 0
    shares = row.varint(at: &offset)
    for _ in 0..<row.varint(at: &offset) {
      let currency = row.varint(at: &offset)
      credits.append((currency, Sales(row, at: &offset)))
    }
    for _ in 0..<row.varint(at: &offset) {
      let brand = row.varint(at: &offset)
      let joined = row.varint(at: &offset)
      agencies.append(Agency(brand: brand, isActive: joined & 1 != 0, joined: joined >> 1))
    }
    let count = Int(row.varint(at: &offset))
    hasManyBuyers = count > Self.fewBuyers
    guard !hasManyBuyers else { return }
    var buyer: UInt64 = 0
    for _ in 0..<count {
      buyer += row.varint(at: &offset)
      buyers.append(buyer)
    }
  }

  func write(to row: inout ByteWriter) {
    row.put(varint: shares)
    row.put(varint: UInt64(credits.count))
    for credit in credits {
      row.put(varint: credit.currency)
      credit.sales.write(to: &row)
    }
    row.put(varint: UInt64(agencies.count))
    for agency in agencies {
      row.put(varint: agency.brand)
      row.put(varint: agency.joined << 1 | (agency.isActive ? 1 : 0))
    }
    row.put(varint: UInt64(hasManyBuyers ? Self.fewBuyers + 1 : buyers.count))
    var last: UInt64 = 0
    for buyer in buyers {
      row.put(varint: buyer - last)
      last = buyer
    }
  }

  mutating func credit(_ sales: Sales, in currency: UInt64) {
    if let index = credits.firstIndex(where: { $0.currency == currency }) {
      credits[index].sales += sales
    } else {
      credits.append((currency, sales))
    }
  }

  mutating func join(_ brand: Position, at position: Position) {
    if let index = agencies.firstIndex(where: { $0.brand == brand }) {
      agencies[index].isActive = true
      agencies[index].joined = position
    } else {
      agencies.append(Agency(brand: brand, isActive: true, joined: position))
    }
  }

  mutating func leave(_ brand: Position) {
    guard let index = agencies.firstIndex(where: { $0.brand == brand }) else { return }
    agencies[index].isActive = false
  }

  /// Adds to the few buyers.
  mutating func insert(_ buyer: UInt64) {
    let index = buyers.firstIndex { $0 >= buyer } ?? buyers.count
    if index < buyers.count, buyers[index] == buyer { return }
    buyers.insert(buyer, at: index)
  }
}

/// What a share brought.
struct ShareSums: Sendable {
  var sales = Sales()
  var units: Int128 = 0
  /// Shares that pass it on directly.
  var passedOn: UInt64 = 0

  init() {}

  init(_ row: RawSpan) {
    if row.isEmpty { return }
    var offset = 0
    sales = Sales(row, at: &offset)
    units = row.wideVarint(at: &offset)
    passedOn = row.varint(at: &offset)
  }

  func write(to row: inout ByteWriter) {
    sales.write(to: &row)
    row.put(varint: units)
    row.put(varint: passedOn)
  }
}
