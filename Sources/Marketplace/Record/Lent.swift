/// A message in a record's bytes, whose fields are read when they are asked for.
///
/// One pass finds the fields, and nothing is allocated. A fold asks for the few numbers that it
/// needs, by their names (see `LentEvents.swift`), and what it does not ask for is not looked at,
/// damaged or not; `whole` decodes everything.
///
/// It points into the record. A projector, being copyable, cannot keep what is not: so it lives no
/// longer than the call that lends it.
package struct Lent<Message>: ~Copyable {
  private let start: UnsafeRawPointer
  private let end: UnsafeRawPointer
  /// By field number: where the value begins, behind its wire type in the lowest three bits; 0 for
  /// a field that is left out.
  private let places: [21 of UInt32]

  init(_ message: ProtobufReader) throws(RecordError) {
    start = message.cursor
    end = message.end
    places = try message.places()
  }

  /// A reader of the field's value; nil when the field is left out.
  @inline(__always)
  private func reader(_ field: Int) -> ProtobufReader? {
    let place = places[field]
    guard place != 0 else { return nil }
    return ProtobufReader(start + Int(place >> 3), end, field: field, wireType: place & 7)
  }

  // MARK: Values, which a writer leaves out where they are 0, empty or nobody

  @inline(__always)
  func uint64(_ field: Int) throws(RecordError) -> UInt64 {
    guard var input = reader(field) else { return 0 }
    return try input.uint64()
  }

  func uint32(_ field: Int) throws(RecordError) -> UInt32 {
    guard var input = reader(field) else { return 0 }
    return try input.uint32()
  }

  func int64(_ field: Int) throws(RecordError) -> Int64 {
    Int64(bitPattern: try uint64(field))
  }

  func sint32(_ field: Int) throws(RecordError) -> Int32 {
    guard var input = reader(field) else { return 0 }
    return try input.sint32()
  }

  func flag(_ field: Int) throws(RecordError) -> Bool { try uint64(field) != 0 }

  func choice<Choice: RawRepresentable<UInt8>>(_ field: Int) throws(RecordError) -> Choice {
    let value = try uint64(field)
    guard let raw = UInt8(exactly: value), let choice = Choice(rawValue: raw) else {
      throw .unknownValue(field: field, value: value)
    }
    return choice
  }

  func person(_ field: Int) throws(RecordError) -> Person { Person(try uint64(field)) }

  func optionalPerson(_ field: Int) throws(RecordError) -> Person? {
    let number = try uint64(field)
    return number == 0 ? nil : Person(number)
  }

  func text(_ field: Int) throws(RecordError) -> String {
    guard var input = reader(field) else { return "" }
    return try input.text()
  }

  // MARK: Messages

  /// The position by which a thing is known that the event cannot be without.
  func entity(_ field: Int) throws(RecordError) -> Position {
    guard let position = try optionalEntity(field), position != 0 else {
      throw .missing(field: field)
    }
    return position
  }

  func optionalEntity(_ field: Int) throws(RecordError) -> Position? {
    guard var input = reader(field) else { return nil }
    return try input.entityPosition()
  }

  /// Left out, a message of nothing but zeros.
  func message<Inner>(_ field: Int) throws(RecordError) -> Lent<Inner> {
    guard var input = reader(field) else { return try Lent<Inner>(ProtobufReader(start, start)) }
    return try Lent<Inner>(try input.message())
  }
}

extension Lent where Message: RecordMessage {
  /// All that the message says, decoded.
  package var whole: Message {
    get throws(RecordError) { try ProtobufReader(start, end).decode() }
  }
}

extension ProtobufReader {
  /// Where the fields of the whole message are; see `Lent.places`.
  fileprivate func places() throws(RecordError) -> [21 of UInt32] {
    guard end - cursor < 1 << 29 else { throw .truncated }
    var places = [21 of UInt32](repeating: 0)
    var input = self
    while let field = try input.next() {
      if field < places.count {
        places[field] = UInt32(truncatingIfNeeded: input.cursor - cursor) << 3 | input.wireType
      }
      try input.skip()
    }
    return places
  }
}
