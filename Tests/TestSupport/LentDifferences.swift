package import Marketplace

/// Where a fold, which is lent a record, reads something else than decoding the whole gives.
package struct LentDifferences {
  private var found: [String] = []

  /// Reads every field that folds are lent, and holds it against the decoded record, if one is given.
  ///
  /// - Throws: what the lent record cannot be read for.
  package static func found(in bytes: RawSpan, from record: Record?) throws -> [String] {
    var differences = LentDifferences()
    try LentRecord.read(bytes) { try differences.check($0, is: record) }
    return differences.found
  }

  private mutating func check(_ lent: borrowing LentRecord, is record: Record?) throws {
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

  private mutating func same<Value: Equatable>(_ read: Value, _ decoded: Value?) {
    if let decoded, read != decoded { found.append("\(read) is not \(decoded)") }
  }

  private mutating func check(
    _ lent: borrowing Lent<Attribution>,
    is attribution: Attribution?
  ) throws {
    same(try lent.mode, attribution.map(\.mode))
    same(try lent.scene, attribution.map(\.scene))
    same(try lent.intent, attribution.map(\.intent))
    same(try lent.share, attribution.map(\.share?.position))
    same(try lent.shareDepth, attribution.map(\.shareDepth))
  }
}
