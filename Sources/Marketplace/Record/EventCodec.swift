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

extension ProtobufReader {
  /// Decodes the event that stands in one of `Event.fields`.
  func event(_ field: Int) throws(RecordError) -> Event {
    switch field {
    case 16: .shopOpened(try decode())
    case 17: .brandRegistered(try decode())
    case 18: .productListed(try decode())
    case 19: .productRetitled(try decode())
    case 20: .priceChanged(try decode())
    case 21: .stockAdjusted(try decode())
    case 22: .productDelisted(try decode())
    case 23: .productRelisted(try decode())
    case 24: .visitRecorded(try decode())
    case 25: .productShared(try decode())
    case 26: .productPurchased(try decode())
    case 27: .purchaseRefunded(try decode())
    case 28: .agentSignedUp(try decode())
    case 29: .agentReparented(try decode())
    case 30: .agentLeft(try decode())
    case 31: .policyAdopted(try decode())
    default: throw .unknownEvent(field: field)
    }
  }
}
