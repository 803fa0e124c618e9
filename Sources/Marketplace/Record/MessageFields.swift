/// A message of `events.proto` as a value of its own, nothing of it left in the record's bytes.
package protocol RecordMessage {
  /// Asks for every field, in the order of their numbers.
  ///
  /// No initializer: one that sets field by field and can throw copies them all in the end.
  static func decode(_ fields: inout MessageFields) throws(RecordError) -> Self
}

/// The fields of a message one after the other, as `ProtobufWriter` wrote them: each is looked for
/// in one place only, behind the field before it.
///
/// So a message whose fields do not ascend is misread, and after damage all fields are left out:
/// only `ProtobufReader.decode`, which asks for both at the end, hands these out. An event has some
/// twenty fields, and that many ways out of the middle of it cost more than to read on.
package struct MessageFields {
  /// Stands behind the next field's key.
  private var input: ProtobufReader
  /// The next field's number; `Int.max` at the end.
  private var next = 0
  private var areAscending = true
  private var failure: RecordError?

  @inline(__always)
  fileprivate init(_ message: ProtobufReader) {
    input = message
    advance()
  }

  /// Whether the field stands next.
  @inline(__always)
  private mutating func find(_ field: Int) -> Bool {
    if next < field { skip(to: field) }
    return next == field
  }

  /// Passes what nobody asks for: a later program has written it.
  @inline(never)
  private mutating func skip(to field: Int) {
    while next < field {
      do throws(RecordError) { try input.skip() } catch { fail(error) }
      advance()
    }
  }

  @inline(__always)
  private mutating func advance() {
    do throws(RecordError) {
      let last = next
      next = try input.next() ?? .max
      if next <= last { areAscending = false }
    } catch {
      fail(error)
    }
  }

  @inline(never)
  private mutating func fail(_ error: RecordError) {
    if failure == nil { failure = error }
    input = ProtobufReader(input.end, input.end)
    next = .max
  }

  /// Checks what nobody asked for, and whether all was found that was asked for.
  fileprivate mutating func finish() throws(RecordError) -> Bool {
    if next != .max { skip(to: .max) }
    if let failure { throw failure }
    return areAscending
  }

  // MARK: Values, which a writer leaves out where they are 0, empty or nobody

  @inline(__always)
  mutating func uint64(_ field: Int) -> UInt64 {
    guard find(field) else { return 0 }
    do throws(RecordError) {
      let number = try input.uint64()
      advance()
      return number
    } catch {
      fail(error)
      return 0
    }
  }

  @inline(__always)
  mutating func uint32(_ field: Int) -> UInt32 { exactly(uint64(field), field) }

  @inline(__always)
  mutating func int64(_ field: Int) -> Int64 { Int64(bitPattern: uint64(field)) }

  @inline(__always)
  mutating func int32(_ field: Int) -> Int32 { exactly(int64(field), field) }

  @inline(__always)
  mutating func sint32(_ field: Int) -> Int32 {
    let zigzagged = uint32(field)
    return Int32(bitPattern: zigzagged >> 1) ^ -Int32(bitPattern: zigzagged & 1)
  }

  @inline(__always)
  private mutating func exactly<Wide: BinaryInteger, Narrow: FixedWidthInteger>(
    _ number: Wide,
    _ field: Int
  ) -> Narrow {
    if let number = Narrow(exactly: number) { return number }
    fail(.outOfRange(field: field))
    return 0
  }

  @inline(__always)
  mutating func flag(_ field: Int) -> Bool { uint64(field) != 0 }

  @inline(__always)
  mutating func choice<Choice: RawRepresentable<UInt8>>(
    _ field: Int
  ) throws(RecordError) -> Choice {
    let value = uint64(field)
    guard let raw = UInt8(exactly: value), let choice = Choice(rawValue: raw) else {
      // After damage there is no value to be known.
      throw failure ?? .unknownValue(field: field, value: value)
    }
    return choice
  }

  @inline(__always)
  mutating func person(_ field: Int) -> Person { Person(uint64(field)) }

  @inline(__always)
  mutating func optionalPerson(_ field: Int) -> Person? {
    let number = uint64(field)
    return number == 0 ? nil : Person(number)
  }

  mutating func text(_ field: Int) -> String {
    guard find(field) else { return "" }
    do throws(RecordError) {
      let text = try input.text()
      advance()
      return text
    } catch {
      fail(error)
      return ""
    }
  }

  mutating func hash(_ field: Int) -> [UInt8] {
    guard find(field) else { return [] }
    do throws(RecordError) {
      let hash = try input.hash()
      advance()
      return hash
    } catch {
      fail(error)
      return []
    }
  }

  // MARK: Messages

  /// A thing that the event cannot be without.
  mutating func entity(_ field: Int) -> Reference {
    guard let entity = optionalEntity(field), entity.position != 0 else {
      fail(.missing(field: field))
      return Reference(id: "", position: 0)
    }
    return entity
  }

  mutating func optionalEntity(_ field: Int) -> Reference? {
    guard find(field) else { return nil }
    do throws(RecordError) {
      let entity = try input.entity()
      advance()
      return entity
    } catch {
      fail(error)
      return nil
    }
  }

  /// Left out, a message of nothing but zeros.
  mutating func message<Message: RecordMessage>(_ field: Int) throws(RecordError) -> Message {
    guard find(field) else { return try ProtobufReader(input.end, input.end).decode() }
    let message: Message = try input.message().decode()
    advance()
    return message
  }

  mutating func optionalMessage<Message: RecordMessage>(
    _ field: Int
  ) throws(RecordError) -> Message? {
    guard find(field) else { return nil }
    let message: Message = try input.message().decode()
    advance()
    return message
  }
}

extension ProtobufReader {
  /// Decodes the whole message.
  ///
  /// Fields may come in any order, and of one that comes twice the last counts, but only those that
  /// ascend are read in one pass.
  func decode<Message: RecordMessage>() throws(RecordError) -> Message {
    var failure = RecordError.truncated
    do throws(RecordError) {
      var fields = MessageFields(self)
      let message = try Message.decode(&fields)
      // Consumed, because a copy would count every text once more.
      if try fields.finish() { return consume message }
    } catch {
      failure = error
    }
    // An error may come of a field that was looked for in the wrong place.
    guard let ordered = try reordered() else { throw failure }
    return try ordered.span.bytes.withUnsafeBytes { (bytes) throws(RecordError) in
      guard let input = ProtobufReader(bytes) else { throw failure }
      var fields = MessageFields(input)
      let message = try Message.decode(&fields)
      _ = try fields.finish()
      return message
    }
  }

  /// The message with its fields in the order of their numbers, the last of each number alone; nil
  /// when they stand so already.
  @inline(never)
  private func reordered() throws(RecordError) -> [UInt8]? {
    var fields: [Int: UnsafeRawBufferPointer] = [:]
    var isOrdered = true
    var last = 0
    var input = self
    while true {
      let start = input.cursor
      guard let field = try input.next() else { break }
      try input.skip()
      fields[field] = UnsafeRawBufferPointer(start: start, count: input.cursor - start)
      if field <= last { isOrdered = false }
      last = field
    }
    return isOrdered ? nil : fields.sorted { $0.key < $1.key }.flatMap { Array($0.value) }
  }
}
