extension Event {
  /// The field numbers that events have in a record.
  static let fields = 16...31

  /// The event's field in a record.
  var field: Int {
    switch self {
    case .shopOpened: 16
    case .brandRegistered: 17
    case .productListed: 18
    case .productRetitled: 19
    case .priceChanged: 20
    case .stockAdjusted: 21
    case .productDelisted: 22
    case .productRelisted: 23
    case .visitRecorded: 24
    case .productShared: 25
    case .productPurchased: 26
    case .purchaseRefunded: 27
    case .agentSignedUp: 28
    case .agentReparented: 29
    case .agentLeft: 30
    case .policyAdopted: 31
    }
  }

  func encode(into output: inout ProtobufWriter) {
    switch self {
    case .shopOpened(let event): event.encode(into: &output)
    case .brandRegistered(let event): event.encode(into: &output)
    case .productListed(let event): event.encode(into: &output)
    case .productRetitled(let event): event.encode(into: &output)
    case .priceChanged(let event): event.encode(into: &output)
    case .stockAdjusted(let event): event.encode(into: &output)
    case .productDelisted(let event): event.encode(into: &output)
    case .productRelisted(let event): event.encode(into: &output)
    case .visitRecorded(let event): event.encode(into: &output)
    case .productShared(let event): event.encode(into: &output)
    case .productPurchased(let event): event.encode(into: &output)
    case .purchaseRefunded(let event): event.encode(into: &output)
    case .agentSignedUp(let event): event.encode(into: &output)
    case .agentReparented(let event): event.encode(into: &output)
    case .agentLeft(let event): event.encode(into: &output)
    case .policyAdopted(let event): event.encode(into: &output)
    }
  }

  /// Reads the event of one of `fields`.
  init(field: Int, decoding input: inout ProtobufReader) throws(RecordError) {
    switch field {
    case 16: self = .shopOpened(try ShopOpened(decoding: &input))
    case 17: self = .brandRegistered(try BrandRegistered(decoding: &input))
    case 18: self = .productListed(try ProductListed(decoding: &input))
    case 19: self = .productRetitled(try ProductRetitled(decoding: &input))
    case 20: self = .priceChanged(try PriceChanged(decoding: &input))
    case 21: self = .stockAdjusted(try StockAdjusted(decoding: &input))
    case 22: self = .productDelisted(try ProductDelisted(decoding: &input))
    case 23: self = .productRelisted(try ProductRelisted(decoding: &input))
    case 24: self = .visitRecorded(try VisitRecorded(decoding: &input))
    case 25: self = .productShared(try ProductShared(decoding: &input))
    case 26: self = .productPurchased(try ProductPurchased(decoding: &input))
    case 27: self = .purchaseRefunded(try PurchaseRefunded(decoding: &input))
    case 28: self = .agentSignedUp(try AgentSignedUp(decoding: &input))
    case 29: self = .agentReparented(try AgentReparented(decoding: &input))
    case 30: self = .agentLeft(try AgentLeft(decoding: &input))
    case 31: self = .policyAdopted(try PolicyAdopted(decoding: &input))
    default: throw .unknownEvent(field: field)
    }
  }
}
