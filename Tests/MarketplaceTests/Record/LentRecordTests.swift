import Testing

@testable import Marketplace

struct LentRecordTests {
  @Test(arguments: RecordSamples.all)
  func `a fold reads what was written`(record: Record) throws {
    var bytes: [UInt8] = []
    record.encode(into: &bytes)
    try LentRecord.read(bytes.span.bytes) { try check($0, is: record) }
  }

  @Test(
    arguments: [
      ([], .missingEvent),
      ([0x08, 7], .missingEvent),
      ([0x08], .truncated),
      ([0x32, 5, 0x61], .truncated),
      ([0x0a, 0], .wrongWireType(field: 1)),
      ([0xc0, 2, 1], .missingEvent),
      ([0xc2, 2, 0], .unknownEvent(field: 40)),
      ([0x78, 2, 0xa2, 1, 0], .newerSchema(2)),
      ([0xa2, 1, 2, 0x0a, 1], .truncated),
      ([0xa2, 1, 0], .missing(field: 2)),
      ([0xa2, 1, 2, 0x10, 1], .wrongWireType(field: 2)),
    ] as [([UInt8], RecordError)]
  )
  func `what no fold can read is refused`(bytes: [UInt8], error: RecordError) {
    #expect(throws: error) {
      try LentRecord.read(bytes.span.bytes) { record in
        guard case .priceChanged(let event) = try record.event() else { return }
        _ = try event.shop
      }
    }
  }

  @Test
  func `fields come in any order, and the last of them counts`() throws {
    let bytes: [UInt8] = [
      0xa2, 1, 14, 0x12, 2, 0x10, 9, 0x12, 2, 0x10, 1, 0x0a, 4, 0x10, 7, 0x10, 2, 0x08, 6, 0x08, 7,
    ]
    try LentRecord.read(bytes.span.bytes) { record in
      #expect(record.position == 7)
      guard case .priceChanged(let event) = try record.event() else {
        Issue.record("\(record.type)")
        return
      }
      #expect(try event.shop == 1)
      #expect(try event.product == 2)
    }
  }

  /// Where a damaged record can still be decoded, folds read the same of it.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `random damage gives an error or what decoding gives`(seed: UInt64) throws {
    var state = seed
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var read = 0
    for round in 0..<4_000 {
      var bytes: [UInt8] = []
      RecordSamples.all[round % RecordSamples.all.count].encode(into: &bytes)
      for _ in 0...random(below: 3) {
        bytes[random(below: bytes.count)] = UInt8(random(below: 256))
      }
      guard let record = try? Record(decoding: bytes.span.bytes) else {
        try? LentRecord.read(bytes.span.bytes) { try check($0, is: nil) }
        continue
      }
      read += 1
      try LentRecord.read(bytes.span.bytes) { try check($0, is: record) }
    }
    #expect(read > 100)
  }

  /// Reads every field that there is, and holds it against the decoded record, if that is given.
  private func check(_ lent: borrowing LentRecord, is record: Record?) throws {
    let envelope = record?.envelope
    same(lent.position, envelope?.position)
    same(lent.recordedAt, envelope?.recordedAt)
    same(lent.localDay, envelope?.localDay)
    same(lent.commandEvent, envelope?.commandEvent)
    same(lent.commandEvents, envelope?.commandEvents)
    same(lent.type, record?.event.type)
    switch try lent.event() {
    case .shopOpened(let event):
      let decoded: ShopOpened? =
        if case .shopOpened(let event)? = record?.event { event } else { nil }
      same(try event.shop, decoded.map(\.shop))
      same(try event.owner, decoded.map(\.owner))
    case .brandRegistered(let event):
      let decoded: BrandRegistered? =
        if case .brandRegistered(let event)? = record?.event { event } else { nil }
      same(try event.brand, decoded.map(\.brand))
      same(try event.owner, decoded.map(\.owner))
    case .productListed(let event):
      let decoded: ProductListed? =
        if case .productListed(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product))
      same(try event.shop, decoded.map(\.shop.position))
      same(try event.brand, decoded.map(\.brand?.position))
      same(try event.title, decoded.map(\.title))
    case .productRetitled(let event):
      let decoded: ProductRetitled? =
        if case .productRetitled(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
      same(try event.title, decoded.map(\.title))
    case .priceChanged(let event):
      let decoded: PriceChanged? =
        if case .priceChanged(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
    case .stockAdjusted(let event):
      let decoded: StockAdjusted? =
        if case .stockAdjusted(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
      same(try event.by, decoded.map(\.by))
      same(try event.after, decoded.map(\.after))
    case .productDelisted(let event):
      let decoded: ProductDelisted? =
        if case .productDelisted(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
    case .productRelisted(let event):
      let decoded: ProductRelisted? =
        if case .productRelisted(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
    case .visitRecorded(let event):
      let decoded: VisitRecorded? =
        if case .visitRecorded(let event)? = record?.event { event } else { nil }
      same(try event.shop, decoded.map(\.shop.position))
      same(try event.visitor, decoded.map(\.visitor))
      same(try event.product, decoded.map(\.product?.position))
      same(try event.brand, decoded.map(\.brand?.position))
      try check(event.attribution(), is: decoded.map(\.attribution))
    case .productShared(let event):
      let decoded: ProductShared? =
        if case .productShared(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
      same(try event.brand, decoded.map(\.brand?.position))
      same(try event.sharer, decoded.map(\.sharer))
      same(try event.via, decoded.map(\.via?.position))
      same(try event.root, decoded.map(\.root.position))
      same(try event.depth, decoded.map(\.depth))
    case .productPurchased(let event):
      let decoded: ProductPurchased? =
        if case .productPurchased(let event)? = record?.event { event } else { nil }
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
      same(try event.brand, decoded.map(\.brand?.position))
      same(try event.kind, decoded.map(\.kind))
      same(try event.currency, decoded.map(\.currency))
      same(try event.buyer, decoded.map(\.buyer))
      same(try event.quantity, decoded.map(\.quantity))
      same(try event.total, decoded.map(\.total))
      same(try event.stockAfter, decoded.map(\.stockAfter))
      try check(event.attribution(), is: decoded.map(\.attribution))
      same(try event.creditedSharer, decoded.map(\.creditedSharer))
      same(try event.impulse, decoded.map(\.impulse))
    case .purchaseRefunded(let event):
      let decoded: PurchaseRefunded? =
        if case .purchaseRefunded(let event)? = record?.event { event } else { nil }
      same(try event.order, decoded.map(\.order.position))
      same(try event.product, decoded.map(\.product.position))
      same(try event.shop, decoded.map(\.shop.position))
      same(try event.brand, decoded.map(\.brand?.position))
      same(try event.buyer, decoded.map(\.buyer))
      same(try event.amount, decoded.map(\.amount))
      same(try event.orderDay, decoded.map(\.orderDay))
    case .agentSignedUp(let event):
      let decoded: AgentSignedUp? =
        if case .agentSignedUp(let event)? = record?.event { event } else { nil }
      same(try event.brand, decoded.map(\.brand.position))
      same(try event.agent, decoded.map(\.agent))
      same(try event.sponsor, decoded.map(\.sponsor))
      same(try event.whole, decoded)
    case .agentReparented(let event):
      let decoded: AgentReparented? =
        if case .agentReparented(let event)? = record?.event { event } else { nil }
      same(try event.brand, decoded.map(\.brand.position))
      same(try event.agent, decoded.map(\.agent))
      same(try event.from, decoded.map(\.from))
      same(try event.to, decoded.map(\.to))
      same(try event.whole, decoded)
    case .agentLeft(let event):
      let decoded: AgentLeft? =
        if case .agentLeft(let event)? = record?.event { event } else { nil }
      same(try event.brand, decoded.map(\.brand.position))
      same(try event.agent, decoded.map(\.agent))
      same(try event.sponsor, decoded.map(\.sponsor))
      same(try event.whole, decoded)
    case .policyAdopted(let event):
      let decoded: PolicyAdopted? =
        if case .policyAdopted(let event)? = record?.event { event } else { nil }
      same(try event.whole, decoded)
    }
  }

  private func same<Value: Equatable>(_ read: Value, _ decoded: Value?) {
    if let decoded { #expect(read == decoded) }
  }

  private func check(_ lent: borrowing Lent<Attribution>, is attribution: Attribution?) throws {
    same(try lent.mode, attribution.map(\.mode))
    same(try lent.scene, attribution.map(\.scene))
    same(try lent.intent, attribution.map(\.intent))
    same(try lent.share, attribution.map(\.share?.position))
    same(try lent.shareDepth, attribution.map(\.shareDepth))
  }
}
