import Marketplace

/// The rows of the view `people`: their keys by first byte, and their values.
///
/// | first byte | key behind it | value |
/// |---|---|---|
/// | 1 | person | shares (8) |
/// | 2 | person, currency | orders credited (8), their gross (16) |
/// | 3 | person, brand | an agency: active (1), position of the latest sign-up (8) |
/// | 4 | person, shop | the id of a shop owned |
/// | 5 | person, brand | the id of a brand owned |
/// | 6 | share | orders (8), gross (16), units (16), shares that passed it on (8) |
/// | 16 | a `SetKey`'s rest, the scope being the sharer | buyers of the orders credited |
///
/// People are numbers; shops, brands and shares are the positions of their first events.
enum PeopleRows {
  static func sharer(_ person: Person) -> [UInt8] {
    key(1, person.number).bytes
  }

  static func credits(of person: Person) -> [UInt8] {
    key(2, person.number).bytes
  }

  static func credit(_ credit: CreditKey) -> [UInt8] {
    var key = key(2, credit.sharer.number)
    key.put(credit.currency)
    return key.bytes
  }

  static func agencies(of person: Person) -> [UInt8] {
    key(3, person.number).bytes
  }

  static func agency(_ agency: AgencyKey) -> [UInt8] {
    var key = key(3, agency.agent.number)
    key.put(agency.brand)
    return key.bytes
  }

  static func shops(of owner: Person) -> [UInt8] {
    key(4, owner.number).bytes
  }

  static func brands(of owner: Person) -> [UInt8] {
    key(5, owner.number).bytes
  }

  static func share(_ share: Position) -> [UInt8] {
    key(6, share).bytes
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

  private static func key(_ kind: UInt8, _ number: UInt64) -> ByteWriter {
    var key = ByteWriter(capacity: 17)
    key.put(kind)
    key.put(number)
    return key
  }
}

/// A sharer's credits in one currency.
struct CreditKey: Hashable, Sendable {
  var sharer: Person
  /// The code's letters, the first in the highest byte in use; a number, so that hashing is quick.
  var currency: UInt64

  init(_ sharer: Person, _ currency: String) {
    precondition(currency.utf8.count <= 8, "a currency's code has three letters")
    self.sharer = sharer
    self.currency = currency.utf8.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The code behind the number.
  static func code(_ currency: UInt64) -> String {
    let letters = (0..<8).reversed().map { UInt8(truncatingIfNeeded: currency >> (8 * $0)) }
    return String(decoding: letters.drop { $0 == 0 }, as: UTF8.self)
  }
}

/// One person's standing with one brand.
struct AgencyKey: Hashable, Sendable {
  var agent: Person
  var brand: Position
}

/// What a share brought.
struct ShareSums: Sendable {
  var sales = Sales()
  var units: Int128 = 0
  /// Shares that pass it on directly.
  var passedOn: UInt64 = 0

  init() {}

  init(_ row: [UInt8]) {
    var reader = ByteReader(row)
    sales = Sales(orders: reader.get(), gross: reader.get())
    units = reader.get()
    passedOn = reader.get()
  }

  var bytes: [UInt8] {
    var row = ByteWriter(capacity: 48)
    row.put(sales.orders)
    row.put(sales.gross)
    row.put(units)
    row.put(passedOn)
    return row.bytes
  }

  static func += (left: inout ShareSums, right: ShareSums) {
    left.sales += right.sales
    left.units += right.units
    left.passedOn += right.passedOn
  }
}

extension Sales {
  init(_ row: [UInt8]) {
    var reader = ByteReader(row)
    self.init(orders: reader.get(), gross: reader.get())
  }

  var bytes: [UInt8] {
    var row = ByteWriter(capacity: 24)
    row.put(orders)
    row.put(gross)
    return row.bytes
  }
}
