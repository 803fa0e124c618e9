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

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    refund = ""
    order = .unread
    product = .unread
    shop = .unread
    brand = nil
    kind = .other
    currency = ""
    buyer = Person(0)
    quantity = 0
    amount = 0
    restock = false
    stockAfter = 0
    orderDay = 0
    quantityLeft = 0
    amountLeft = 0
    reasonHash = []
    while let field = try input.next() {
      switch field {
      case 1: refund = try input.text()
      case 2: order = try input.entity()
      case 3: product = try input.entity()
      case 4: shop = try input.entity()
      case 5: brand = try input.entity()
      case 6: kind = try input.choice()
      case 7: currency = try input.text()
      case 8: buyer = try input.person()
      case 9: quantity = try input.int64()
      case 10: amount = try input.int64()
      case 11: restock = try input.flag()
      case 12: stockAfter = try input.int64()
      case 13: orderDay = try input.sint32()
      case 14: quantityLeft = try input.int64()
      case 15: amountLeft = try input.int64()
      case 16: reasonHash = try input.hash()
      default: try input.skip()
      }
    }
    try input.require(order, in: 2)
    try input.require(product, in: 3)
    try input.require(shop, in: 4)
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
