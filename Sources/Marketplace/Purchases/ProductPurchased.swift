internal import JSON

/// A person bought a product.
package struct ProductPurchased: Hashable, Sendable {
  package var order: String
  package var product: Reference
  package var shop: Reference
  package var seller: Person
  package var brand: Reference?
  package var kind: GoodsKind
  package var title: String
  package var currency: String
  package var buyer: Person
  package var unitPrice: Int64
  package var quantity: Int64
  /// Unit price times quantity, in minor units.
  package var total: Int64
  package var stockAfter: Int64
  /// As the caller claimed it; nil when the purchase came without.
  package var entry: Entry?
  package var attribution: Attribution
  package var creditedSharer: Person?
  /// The share was of another product of the same shop.
  package var halo: Bool
  /// The buyer followed a share of their own, which credits nobody.
  package var selfShare: Bool
  package var impulse: Bool
  /// Position of the policy in force; 0 before the first.
  package var policy: Position
}

// MARK: The record

extension ProductPurchased {
  func encode(into output: inout ProtobufWriter) {
    output.text(1, order)
    output.entity(2, product)
    output.entity(3, shop)
    output.person(4, seller)
    output.entity(5, brand)
    output.choice(6, kind)
    output.text(7, title)
    output.text(8, currency)
    output.person(9, buyer)
    output.varint(10, unitPrice)
    output.varint(11, quantity)
    output.varint(12, total)
    output.varint(13, stockAfter)
    if let entry { output.message(14) { entry.encode(into: &$0) } }
    output.message(15) { attribution.encode(into: &$0) }
    output.person(16, creditedSharer)
    output.flag(17, halo)
    output.flag(18, selfShare)
    output.flag(19, impulse)
    output.varint(20, policy)
  }

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    order = ""
    product = .unread
    shop = .unread
    seller = Person(0)
    brand = nil
    kind = .other
    title = ""
    currency = ""
    buyer = Person(0)
    unitPrice = 0
    quantity = 0
    total = 0
    stockAfter = 0
    entry = nil
    attribution = .unread
    creditedSharer = nil
    halo = false
    selfShare = false
    impulse = false
    policy = 0
    while let field = try input.next() {
      switch field {
      case 1: order = try input.text()
      case 2: product = try input.entity()
      case 3: shop = try input.entity()
      case 4: seller = try input.person()
      case 5: brand = try input.entity()
      case 6: kind = try input.choice()
      case 7: title = try input.text()
      case 8: currency = try input.text()
      case 9: buyer = try input.person()
      case 10: unitPrice = try input.int64()
      case 11: quantity = try input.int64()
      case 12: total = try input.int64()
      case 13: stockAfter = try input.int64()
      case 14: entry = try input.entry()
      case 15: attribution = try input.attribution()
      case 16: creditedSharer = try input.optionalPerson()
      case 17: halo = try input.flag()
      case 18: selfShare = try input.flag()
      case 19: impulse = try input.flag()
      case 20: policy = try input.uint64()
      default: try input.skip()
      }
    }
    try input.require(product, in: 2)
    try input.require(shop, in: 3)
  }
}

// MARK: In answers

extension ProductPurchased {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    json.member("order", order)
    json.member("product", product.id)
    json.member("shop", shop.id)
    json.member("seller", try names(seller))
    json.member("brand", ifPresent: brand?.id)
    json.member("kind", kind.name)
    json.member("title", title)
    json.member("currency", currency)
    json.member("buyer", try names(buyer))
    json.member("unitPrice", unitPrice)
    json.member("quantity", quantity)
    json.member("total", total)
    json.member("stockAfter", stockAfter)
    if let entry { json.object("entry") { entry.write(to: &$0, query: text) } }
    json.object("attribution") { attribution.write(to: &$0) }
    if let creditedSharer { json.member("creditedSharer", try names(creditedSharer)) }
    json.member("halo", halo)
    json.member("selfShare", selfShare)
    json.member("impulse", impulse)
    json.member("policy", policy)
  }
}
