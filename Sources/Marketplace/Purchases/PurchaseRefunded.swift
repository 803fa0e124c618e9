internal import JSON

/// A purchase was refunded, in part or whole.
package struct PurchaseRefunded: Hashable, Sendable {
  package var refund: String
  package var order: Reference
  package var product: Reference
  package var shop: Reference
  package var brand: Reference?
  package var kind: GoodsKind
  package var currency: String
  package var buyer: Person
  package var quantity: Int64
  package var amount: Int64
  package var restock: Bool
  /// The product's stock after the refund; 0 unless restocked.
  package var stockAfter: Int64
  /// The local day of the order, for the cohort figures.
  package var orderDay: Day
  /// Units of the order not refunded yet, after this refund.
  package var quantityLeft: Int64
  /// Money of the order not refunded yet, after this refund.
  package var amountLeft: Int64
  package var reasonHash: [UInt8]
}

// MARK: The record

extension PurchaseRefunded {
  func encode(into output: inout ProtobufWriter) {
    output.text(1, refund)
    output.entity(2, order)
    output.entity(3, product)
    output.entity(4, shop)
    output.entity(5, brand)
    output.choice(6, kind)
    output.text(7, currency)
    output.person(8, buyer)
    output.varint(9, quantity)
    output.varint(10, amount)
    output.flag(11, restock)
    output.varint(12, stockAfter)
    output.zigzag(13, orderDay)
    output.varint(14, quantityLeft)
    output.varint(15, amountLeft)
    output.hash(16, reasonHash)
  }
}

extension PurchaseRefunded: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> PurchaseRefunded {
    try PurchaseRefunded(
      refund: fields.text(1),
      order: fields.entity(2),
      product: fields.entity(3),
      shop: fields.entity(4),
      brand: fields.optionalEntity(5),
      kind: fields.choice(6),
      currency: fields.text(7),
      buyer: fields.person(8),
      quantity: fields.int64(9),
      amount: fields.int64(10),
      restock: fields.flag(11),
      stockAfter: fields.int64(12),
      orderDay: fields.sint32(13),
      quantityLeft: fields.int64(14),
      amountLeft: fields.int64(15),
      reasonHash: fields.hash(16)
    )
  }
}

// MARK: In answers

extension PurchaseRefunded {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String,
    text: String?
  ) rethrows {
    json.member("refund", refund)
    json.member("order", order.id)
    json.member("product", product.id)
    json.member("shop", shop.id)
    json.member("brand", ifPresent: brand?.id)
    json.member("kind", kind.name)
    json.member("currency", currency)
    json.member("buyer", try names(buyer))
    json.member("quantity", quantity)
    json.member("amount", amount)
    json.member("restock", restock)
    if restock { json.member("stockAfter", stockAfter) }
    json.member("orderDay", Timestamp.dayText(orderDay))
    json.member("quantityLeft", quantityLeft)
    json.member("amountLeft", amountLeft)
    json.member("reason", ifPresent: text)
  }
}
