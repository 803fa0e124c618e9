internal import Marketplace

// The rows of the state's tables on disk: fixed layouts, the key's numbers big-endian.

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
    writer.put(quantity)
    writer.put(amount)
    return writer.bytes
  }

  init(row: [UInt8]) {
    var reader = ByteReader(row)
    quantity = reader.get()
    amount = reader.get()
  }
}

extension ProductFacts {
  var row: [UInt8] {
    var writer = ByteWriter(capacity: 128)
    writer.put(product)
    writer.put(shop)
    writer.put(seller)
    writer.put(brand != nil)
    if let brand { writer.put(brand) }
    writer.put(kind.rawValue)
    writer.put(title)
    writer.put(currency)
    writer.put(price)
    writer.put(stock)
    writer.put(listed)
    return writer.bytes
  }

  init(row: [UInt8]) {
    var reader = ByteReader(row)
    self.init(
      product: reader.getReference(),
      shop: reader.getReference(),
      seller: reader.getPerson(),
      brand: reader.getFlag() ? reader.getReference() : nil,
      kind: GoodsKind(rawValue: reader.get()) ?? .other,
      title: reader.getText(),
      currency: reader.getText(),
      price: reader.get(),
      stock: reader.get(),
      listed: reader.getFlag()
    )
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ reference: Reference) {
    put(reference.id)
    put(reference.position)
  }
}

extension ByteReader {
  fileprivate mutating func getReference() -> Reference {
    Reference(id: getText(), position: get())
  }
}
