/// One event of the log in its record's bytes, as a fold is lent it.
///
/// Of the envelope it has what folds and their runner read. See `Lent`.
package struct LentRecord: ~Copyable {
  package private(set) var position: Position = 0
  package private(set) var recordedAt: Microseconds = 0
  package private(set) var localDay: Day = 0
  /// Which event of its command this is, from 0.
  package private(set) var commandEvent: UInt32 = 0
  /// How many events the command has.
  package private(set) var commandEvents: UInt32 = 0
  /// The greatest number given to a person whom this record names first; 0 where all were known.
  package private(set) var lastNewPerson: UInt64 = 0
  private let field: Int
  private let message: ProtobufReader

  /// Lends the record that the bytes are.
  ///
  /// - Throws: `RecordError` when there is none, or one that needs a newer program; what `body`
  ///   throws.
  package static func read<Result>(
    _ bytes: RawSpan,
    _ body: (borrowing LentRecord) throws -> Result
  ) throws -> Result {
    try bytes.withUnsafeBytes { bytes in
      guard let reader = ProtobufReader(bytes) else { throw RecordError.missingEvent }
      return try body(LentRecord(reader))
    }
  }

  private init(_ reader: ProtobufReader) throws(RecordError) {
    var input = reader
    var event: (field: Int, message: ProtobufReader)?
    var unknown: Int?
    while let field = try input.next() {
      switch field {
      case 1: position = try input.uint64()
      case 2: recordedAt = try input.fixed64()
      case 5: localDay = try input.sint32()
      case 8: commandEvent = try input.uint32()
      case 9: commandEvents = try input.uint32()
      case 14: lastNewPerson = max(lastNewPerson, try Self.person(named: input.message()))
      case 15: try input.schema()
      case Event.fields: event = (field, try input.message())
      default:
        if input.isBytes, field > Event.fields.upperBound, unknown == nil { unknown = field }
        try input.skip()
      }
    }
    guard let event else { throw unknown.map(RecordError.unknownEvent) ?? .missingEvent }
    field = event.field
    message = event.message
  }

  private static func person(named message: ProtobufReader) throws(RecordError) -> UInt64 {
    var input = message
    while let field = try input.next() {
      if field == 1 { return try input.uint64() }
      try input.skip()
    }
    return 0
  }

  /// The position of the command's last event; a fold stops only here.
  package var lastOfCommand: Position {
    position - UInt64(commandEvent) + UInt64(commandEvents) - 1
  }

  /// The name of what happened.
  package var type: String { Event.types[field - Event.fields.lowerBound] }

  /// What happened; looked at only now, so that an event which a fold passes over costs it little.
  package func event() throws(RecordError) -> LentEvent {
    try LentEvent(field: field, message)
  }
}

/// What happened, as `Event` has it, in the record's bytes.
package enum LentEvent: ~Copyable {
  case shopOpened(Lent<ShopOpened>)
  case brandRegistered(Lent<BrandRegistered>)
  case productListed(Lent<ProductListed>)
  case productRetitled(Lent<ProductRetitled>)
  case priceChanged(Lent<PriceChanged>)
  case stockAdjusted(Lent<StockAdjusted>)
  case productDelisted(Lent<ProductDelisted>)
  case productRelisted(Lent<ProductRelisted>)
  case visitRecorded(Lent<VisitRecorded>)
  case productShared(Lent<ProductShared>)
  case productPurchased(Lent<ProductPurchased>)
  case purchaseRefunded(Lent<PurchaseRefunded>)
  case agentSignedUp(Lent<AgentSignedUp>)
  case agentReparented(Lent<AgentReparented>)
  case agentLeft(Lent<AgentLeft>)
  case policyAdopted(Lent<PolicyAdopted>)

  /// Finds the fields of the event in one of `Event.fields`.
  init(field: Int, _ message: ProtobufReader) throws(RecordError) {
    switch field {
    case 16: self = .shopOpened(try Lent(message))
    case 17: self = .brandRegistered(try Lent(message))
    case 18: self = .productListed(try Lent(message))
    case 19: self = .productRetitled(try Lent(message))
    case 20: self = .priceChanged(try Lent(message))
    case 21: self = .stockAdjusted(try Lent(message))
    case 22: self = .productDelisted(try Lent(message))
    case 23: self = .productRelisted(try Lent(message))
    case 24: self = .visitRecorded(try Lent(message))
    case 25: self = .productShared(try Lent(message))
    case 26: self = .productPurchased(try Lent(message))
    case 27: self = .purchaseRefunded(try Lent(message))
    case 28: self = .agentSignedUp(try Lent(message))
    case 29: self = .agentReparented(try Lent(message))
    case 30: self = .agentLeft(try Lent(message))
    case 31: self = .policyAdopted(try Lent(message))
    default: throw .unknownEvent(field: field)
    }
  }
}
