internal import Marketplace

// The rows of the state's tables on disk. Keys are numbers, big-endian; values are varints, because
// a flush rewrites every page that it touches: the smaller the rows, the fewer the pages.

extension AgentKey {
  var row: [UInt8] {
    var writer = ByteWriter(capacity: 16)
    writer.put(brand)
    writer.put(person)
    return writer.bytes
  }
}

extension Position {
  var rowKey: [UInt8] {
    var writer = ByteWriter(capacity: 8)
    writer.put(self)
    return writer.bytes
  }
}

extension RefundedSoFar {
  var row: [UInt8] {
    var writer = ByteWriter(capacity: 16)
    writer.put(varint: UInt64(quantity))
    writer.put(varint: UInt64(amount))
    return writer.bytes
  }

  init(row: [UInt8]) {
    var offset = 0
    quantity = Int64(row.span.bytes.varint(at: &offset))
    amount = Int64(row.span.bytes.varint(at: &offset))
  }
}

/// What may change of a product after it was listed; the rest is in the record of its listing.
struct ProductStanding: Hashable, Sendable {
  var price: Int64
  var stock: Int64
  var listed: Bool
  var title: String

  init(_ facts: ProductFacts) {
    price = facts.price
    stock = facts.stock
    listed = facts.listed
    title = facts.title
  }

  var row: [UInt8] {
    var writer = ByteWriter(capacity: 16 + title.utf8.count)
    writer.put(listed)
    writer.put(varint: UInt64(price))
    writer.put(varint: UInt64(stock))
    writer.bytes += title.utf8
    return writer.bytes
  }

  init(row: [UInt8]) {
    let bytes = row.span.bytes
    var offset = 1
    listed = row[0] != 0
    price = Int64(bytes.varint(at: &offset))
    stock = Int64(bytes.varint(at: &offset))
    title = String(decoding: row[offset...], as: UTF8.self)
  }
}

extension ProductFacts {
  /// As a product was listed.
  init(_ event: ProductListed, at position: Position) {
    self.init(
      product: Reference(id: event.product, position: position),
      shop: event.shop,
      seller: event.seller,
      brand: event.brand,
      kind: event.kind,
      title: event.title,
      currency: event.currency,
      price: event.price,
      stock: event.stock,
      listed: true
    )
  }

  mutating func take(_ standing: ProductStanding) {
    price = standing.price
    stock = standing.stock
    listed = standing.listed
    title = standing.title
  }
}
