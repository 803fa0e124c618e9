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
}

extension ProductPurchased: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> ProductPurchased {
    try ProductPurchased(
      order: fields.text(1),
      product: fields.entity(2),
      shop: fields.entity(3),
      seller: fields.person(4),
      brand: fields.optionalEntity(5),
      kind: fields.choice(6),
      title: fields.text(7),
      currency: fields.text(8),
      buyer: fields.person(9),
      unitPrice: fields.int64(10),
      quantity: fields.int64(11),
      total: fields.int64(12),
      stockAfter: fields.int64(13),
      entry: fields.optionalMessage(14),
      attribution: fields.message(15),
      creditedSharer: fields.optionalPerson(16),
      halo: fields.flag(17),
      selfShare: fields.flag(18),
      impulse: fields.flag(19),
      policy: fields.uint64(20)
    )
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
