/// Reads the fields of a Protocol Buffers message, in any order, checking every bound.
///
/// Source: protobuf.dev, "Encoding". Varints that spend more bytes than needed are read, as protoc
/// reads them; those of more than 64 bits are refused. It points into the record, so it lives no
/// longer than the call that lends the bytes.
struct ProtobufReader {
  private(set) var cursor: UnsafeRawPointer
  let end: UnsafeRawPointer
  /// The current field's number and wire type, as the record has them.
  private var key: UInt32 = 0

  /// Nil when there are no bytes.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return nil }
    self.init(start, start + bytes.count)
  }

  init(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    cursor = start
    self.end = end
  }

  /// Reads the value of a field whose key has been read before.
  init(_ value: UnsafeRawPointer, _ end: UnsafeRawPointer, field: Int, wireType: UInt32) {
    self.init(value, end)
    key = UInt32(truncatingIfNeeded: field) << 3 | wireType
  }

  private var field: Int { Int(key >> 3) }

  /// Of the current field.
  var wireType: UInt32 { key & 7 }

  /// Whether the current field is a message, text or bytes.
  var isBytes: Bool { wireType == WireType.bytes.rawValue }

  /// Goes to the next field and returns its number; nil at the end of the message.
  ///
  /// The caller then reads the value as its type, or skips it.
  @inline(__always)
  mutating func next() throws(RecordError) -> Int? {
    guard cursor < end else { return nil }
    guard let key = UInt32(exactly: try number()), key >> 3 != 0 else { throw .badFieldNumber }
    self.key = key
    return field
  }

  @inline(__always)
  mutating func skip() throws(RecordError) {
    switch WireType(rawValue: key & 7) {
    case .varint: _ = try number()
    case .fixed64: _ = try take(8)
    case .fixed32: _ = try take(4)
    case .bytes: _ = try content()
    case nil: throw .wrongWireType(field: field)
    }
  }

  // MARK: Numbers

  @inline(__always)
  mutating func uint64() throws(RecordError) -> UInt64 {
    try expect(.varint)
    return try number()
  }

  @inline(__always)
  mutating func uint32() throws(RecordError) -> UInt32 {
    guard let number = UInt32(exactly: try uint64()) else { throw .outOfRange(field: field) }
    return number
  }

  mutating func sint32() throws(RecordError) -> Int32 {
    let zigzagged = try uint32()
    return Int32(bitPattern: zigzagged >> 1) ^ -Int32(bitPattern: zigzagged & 1)
  }

  @inline(__always)
  mutating func fixed64() throws(RecordError) -> Int64 {
    try expect(.fixed64)
    return Int64(littleEndian: try take(8).loadUnaligned(as: Int64.self))
  }

  mutating func person() throws(RecordError) -> Person { Person(try uint64()) }

  /// 0 is nobody, as when the field is left out.
  mutating func optionalPerson() throws(RecordError) -> Person? {
    let number = try uint64()
    return number == 0 ? nil : Person(number)
  }

  /// Refuses a record that is written by a later program's rules.
  mutating func schema() throws(RecordError) {
    let schema = try uint32()
    guard schema <= Record.schema else { throw .newerSchema(schema) }
  }

  // MARK: Text, bytes and messages

  mutating func text() throws(RecordError) -> String {
    try expect(.bytes)
    let text = try content()
    // Nothing to be repaired then, and nothing is as fast: texts cost more than all else here.
    if text.isASCII { return String(decoding: text, as: UTF8.self) }
    do {
      return String(copying: try UTF8Span(validating: text.bindMemory(to: UInt8.self).span))
    } catch {
      throw .invalidUTF8(field: field)
    }
  }

  @inline(__always)
  mutating func digest() throws(RecordError) -> CommandDigest {
    try expect(.bytes)
    let bytes = try content()
    guard bytes.count == CommandDigest.byteCount else { throw .outOfRange(field: field) }
    return CommandDigest(bytes)
  }

  mutating func hash() throws(RecordError) -> [UInt8] {
    try expect(.bytes)
    return Array(try content())
  }

  /// The message within, to be read by a reader of its own.
  @inline(__always)
  mutating func message() throws(RecordError) -> ProtobufReader {
    try expect(.bytes)
    let start = try take(try number())
    return ProtobufReader(start, cursor)
  }

  mutating func entity() throws(RecordError) -> Reference {
    var input = try message()
    // A place of its own for each, and not an entity to fill: nothing is then let go of.
    var id: String?
    var position: Position = 0
    while let field = try input.next() {
      switch field {
      case 1: id = try input.text()
      case 2: position = try input.uint64()
      default: try input.skip()
      }
    }
    return Reference(id: id ?? "", position: position)
  }

  /// Of an entity, its position alone.
  mutating func entityPosition() throws(RecordError) -> Position {
    var input = try message()
    var position: Position = 0
    while let field = try input.next() {
      if field == 2 { position = try input.uint64() } else { try input.skip() }
    }
    return position
  }

  // MARK: Tokens

  @inline(__always)
  private func expect(_ wanted: WireType) throws(RecordError) {
    guard key & 7 == wanted.rawValue else { throw .wrongWireType(field: field) }
  }

  /// Goes `count` bytes on and returns where they start.
  @inline(__always)
  private mutating func take(_ count: UInt64) throws(RecordError) -> UnsafeRawPointer {
    guard count <= UInt64(end - cursor) else { throw .truncated }
    let start = cursor
    cursor += Int(count)
    return start
  }

  @inline(__always)
  private mutating func content() throws(RecordError) -> UnsafeRawBufferPointer {
    let start = try take(try number())
    return UnsafeRawBufferPointer(start: start, count: cursor - start)
  }

  @inline(__always)
  private mutating func number() throws(RecordError) -> UInt64 {
    guard cursor < end else { throw .truncated }
    let first = cursor.load(as: UInt8.self)
    cursor += 1
    return first < 0x80 ? UInt64(first) : try number(after: first)
  }

  private mutating func number(after first: UInt8) throws(RecordError) -> UInt64 {
    var number = UInt64(first & 0x7f)
    var shift: UInt64 = 7
    while cursor < end {
      let byte = cursor.load(as: UInt8.self)
      cursor += 1
      // The tenth byte has room for one bit.
      guard shift < 63 || byte < 2 else { throw .overlongVarint }
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    throw .truncated
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var isASCII: Bool {
    var seen: UInt64 = 0
    var offset = 0
    while offset + 8 <= count {
      seen |= loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < count {
      seen |= UInt64(self[offset])
      offset += 1
    }
    return seen & 0x8080_8080_8080_8080 == 0
  }
}
