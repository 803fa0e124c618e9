/// What happened: one of the facts that the log can hold.
package indirect enum Event: Hashable, Sendable {
  case shopOpened(ShopOpened)
  case brandRegistered(BrandRegistered)
  case productListed(ProductListed)
  case productRetitled(ProductRetitled)
  case priceChanged(PriceChanged)
  case stockAdjusted(StockAdjusted)
  case productDelisted(ProductDelisted)
  case productRelisted(ProductRelisted)
  case visitRecorded(VisitRecorded)
  case productShared(ProductShared)
  case productPurchased(ProductPurchased)
  case purchaseRefunded(PurchaseRefunded)
  case agentSignedUp(AgentSignedUp)
  case agentReparented(AgentReparented)
  case agentLeft(AgentLeft)
  case policyAdopted(PolicyAdopted)

  /// The name of the fact, as answers and filters spell it.
  package var type: String {
    switch self {
    case .shopOpened: "ShopOpened"
    case .brandRegistered: "BrandRegistered"
    case .productListed: "ProductListed"
    case .productRetitled: "ProductRetitled"
    case .priceChanged: "PriceChanged"
    case .stockAdjusted: "StockAdjusted"
    case .productDelisted: "ProductDelisted"
    case .productRelisted: "ProductRelisted"
    case .visitRecorded: "VisitRecorded"
    case .productShared: "ProductShared"
    case .productPurchased: "ProductPurchased"
    case .purchaseRefunded: "PurchaseRefunded"
    case .agentSignedUp: "AgentSignedUp"
    case .agentReparented: "AgentReparented"
    case .agentLeft: "AgentLeft"
    case .policyAdopted: "PolicyAdopted"
    }
  }
}

extension Event {
  /// Binds the event to the private text that stands in `texts` under its position.
  ///
  /// Shop names, stories, reasons and queries are kept out of records; an event has at most one.
  package mutating func bindText(hash: [UInt8]) {
    switch self {
    case .shopOpened(var event):
      event.nameHash = hash
      self = .shopOpened(event)
    case .productListed(var event):
      event.storyHash = hash
      self = .productListed(event)
    case .stockAdjusted(var event):
      event.reasonHash = hash
      self = .stockAdjusted(event)
    case .productDelisted(var event):
      event.reasonHash = hash
      self = .productDelisted(event)
    case .productRelisted(var event):
      event.reasonHash = hash
      self = .productRelisted(event)
    case .visitRecorded(var event):
      event.entry.queryHash = hash
      self = .visitRecorded(event)
    case .productPurchased(var event):
      event.entry?.queryHash = hash
      self = .productPurchased(event)
    case .purchaseRefunded(var event):
      event.reasonHash = hash
      self = .purchaseRefunded(event)
    case .agentReparented(var event):
      event.reasonHash = hash
      self = .agentReparented(event)
    case .agentLeft(var event):
      event.reasonHash = hash
      self = .agentLeft(event)
    case .brandRegistered, .productRetitled, .priceChanged, .productShared, .agentSignedUp,
      .policyAdopted:
      preconditionFailure("\(type) carries no private text")
    }
  }

  /// The hash that binds the event's private text; empty when it has none.
  package var textHash: [UInt8] {
    switch self {
    case .shopOpened(let event): event.nameHash
    case .productListed(let event): event.storyHash
    case .stockAdjusted(let event): event.reasonHash
    case .productDelisted(let event): event.reasonHash
    case .productRelisted(let event): event.reasonHash
    case .visitRecorded(let event): event.entry.queryHash
    case .productPurchased(let event): event.entry?.queryHash ?? []
    case .purchaseRefunded(let event): event.reasonHash
    case .agentReparented(let event): event.reasonHash
    case .agentLeft(let event): event.reasonHash
    case .brandRegistered, .productRetitled, .priceChanged, .productShared, .agentSignedUp,
      .policyAdopted:
      []
    }
  }

  /// The shop that the event is about; nil for events of brands, agents and policies.
  package func shop(at position: Position) -> Reference? {
    switch self {
    case .shopOpened(let event): Reference(id: event.shop, position: position)
    case .productListed(let event): event.shop
    case .productRetitled(let event): event.shop
    case .priceChanged(let event): event.shop
    case .stockAdjusted(let event): event.shop
    case .productDelisted(let event): event.shop
    case .productRelisted(let event): event.shop
    case .visitRecorded(let event): event.shop
    case .productShared(let event): event.shop
    case .productPurchased(let event): event.shop
    case .purchaseRefunded(let event): event.shop
    case .brandRegistered, .agentSignedUp, .agentReparented, .agentLeft, .policyAdopted: nil
    }
  }
}

extension Event {
  /// Every type that there is, in the order of the schema.
  package static let types = [
    "ShopOpened",
    "BrandRegistered",
    "ProductListed",
    "ProductRetitled",
    "PriceChanged",
    "StockAdjusted",
    "ProductDelisted",
    "ProductRelisted",
    "VisitRecorded",
    "ProductShared",
    "ProductPurchased",
    "PurchaseRefunded",
    "AgentSignedUp",
    "AgentReparented",
    "AgentLeft",
    "PolicyAdopted",
  ]
}
