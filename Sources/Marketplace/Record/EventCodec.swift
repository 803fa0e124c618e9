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
}

extension LentEvent {
  /// All that the event says, decoded.
  var whole: Event {
    get throws(RecordError) {
      switch self {
      case .shopOpened(let event): .shopOpened(try event.whole)
      case .brandRegistered(let event): .brandRegistered(try event.whole)
      case .productListed(let event): .productListed(try event.whole)
      case .productRetitled(let event): .productRetitled(try event.whole)
      case .priceChanged(let event): .priceChanged(try event.whole)
      case .stockAdjusted(let event): .stockAdjusted(try event.whole)
      case .productDelisted(let event): .productDelisted(try event.whole)
      case .productRelisted(let event): .productRelisted(try event.whole)
      case .visitRecorded(let event): .visitRecorded(try event.whole)
      case .productShared(let event): .productShared(try event.whole)
      case .productPurchased(let event): .productPurchased(try event.whole)
      case .purchaseRefunded(let event): .purchaseRefunded(try event.whole)
      case .agentSignedUp(let event): .agentSignedUp(try event.whole)
      case .agentReparented(let event): .agentReparented(try event.whole)
      case .agentLeft(let event): .agentLeft(try event.whole)
      case .policyAdopted(let event): .policyAdopted(try event.whole)
      }
    }
  }
}
