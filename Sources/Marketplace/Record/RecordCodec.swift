extension Record {
  /// The version of shopledger's events that this program writes and folds.
  package static let schema: UInt32 = 1

  /// Appends the record as `events.proto` describes it: the same record gives the same bytes.
  package func encode(into bytes: inout [UInt8]) {
    var output = ProtobufWriter()
    envelope.encode(into: &output)
    output.varint(15, Self.schema)
    output.message(event.field) { event.encode(into: &$0) }
    output.append(to: &bytes)
  }

  /// Reads a record; whatever the bytes are, it returns one or throws.
  ///
  /// Fields may come in any order; of one that comes twice the last counts; unknown ones are
  /// skipped. What an older program must not skip, it refuses: an event or a value that it does
  /// not know, and a newer schema.
  package init(decoding bytes: RawSpan) throws(RecordError) {
    self = try bytes.withUnsafeBytes { (bytes) throws(RecordError) in
      guard let reader = ProtobufReader(bytes) else { throw .missingEvent }
      return try Record.decode(reader)
    }
  }

  private static func decode(_ reader: ProtobufReader) throws(RecordError) -> Record {
    var input = reader
    var envelope = Envelope.unread
    // Read at the end, where it is at once put into its place: an event has hundreds of bytes.
    var event: (field: Int, message: ProtobufReader)?
    var unknown: Int?
    var next = try input.next()
    while let field = next {
      switch field {
      case ..<15:
        try envelope.decode(&next, &input)
        continue
      case 15: try input.schema()
      case Event.fields:
        event = (field, try input.message())
      default:
        if input.isBytes, unknown == nil { unknown = field }
        try input.skip()
      }
      next = try input.next()
    }
    guard let event else {
      // An event of a later schema cannot be told from a later field of the envelope but by this.
      throw unknown.map(RecordError.unknownEvent) ?? .missingEvent
    }
    let whole = try event.message.event(event.field)
    return Record(envelope: consume envelope, event: whole)
  }
}

extension Envelope {
  fileprivate static var unread: Envelope {
    Envelope(
      position: 0,
      recordedAt: 0,
      occurredAt: 0,
      localDay: 0,
      commandID: "",
      commandDigest: .zero,
      commandEvents: 0
    )
  }

  fileprivate func encode(into output: inout ProtobufWriter) {
    output.varint(1, position)
    output.fixed(2, recordedAt)
    output.fixed(3, occurredAt)
    output.zigzag(4, optional: occurredOffsetMinutes)
    output.zigzag(5, localDay)
    output.text(6, commandID)
    output.digest(7, commandDigest)
    output.varint(8, commandEvent)
    output.varint(9, commandEvents)
    output.person(10, actor)
    if let peer { output.varint(11, present: peer) }
    output.text(12, correlation)
    output.varint(13, causation)
    for newcomer in newPeople {
      output.message(14) { output in
        output.person(1, newcomer.person)
        output.hash(2, newcomer.nameHash)
      }
    }
  }

  /// Reads fields of the envelope as long as they ascend, from the one that stands next on, which
  /// is one of them.
  ///
  /// A switch would be one jump for all, which the processor cannot foresee.
  fileprivate mutating func decode(
    _ field: inout Int?,
    _ input: inout ProtobufReader
  ) throws(RecordError) {
    if field == 1 {
      position = try input.uint64()
      field = try input.next()
    }
    if field == 2 {
      recordedAt = try input.fixed64()
      field = try input.next()
    }
    if field == 3 {
      occurredAt = try input.fixed64()
      field = try input.next()
    }
    if field == 4 {
      occurredOffsetMinutes = try input.sint32()
      field = try input.next()
    }
    if field == 5 {
      localDay = try input.sint32()
      field = try input.next()
    }
    if field == 6 {
      commandID = try input.text()
      field = try input.next()
    }
    if field == 7 {
      commandDigest = try input.digest()
      field = try input.next()
    }
    if field == 8 {
      commandEvent = try input.uint32()
      field = try input.next()
    }
    if field == 9 {
      commandEvents = try input.uint32()
      field = try input.next()
    }
    if field == 10 {
      actor = try input.optionalPerson()
      field = try input.next()
    }
    if field == 11 {
      peer = try input.uint32()
      field = try input.next()
    }
    if field == 12 {
      correlation = try input.text()
      field = try input.next()
    }
    if field == 13 {
      causation = try input.uint64()
      field = try input.next()
    }
    while field == 14 {
      newPeople.append(try NewPerson(&input))
      field = try input.next()
    }
  }
}

extension NewPerson {
  fileprivate init(_ field: inout ProtobufReader) throws(RecordError) {
    var input = try field.message()
    self.init(person: Person(0), nameHash: [])
    while let field = try input.next() {
      switch field {
      case 1: person = try input.person()
      case 2: nameHash = try input.hash()
      default: try input.skip()
      }
    }
  }
}
