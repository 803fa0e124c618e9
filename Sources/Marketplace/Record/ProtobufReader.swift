/// Reads the fields of a Protocol Buffers message, in any order, checking every bound.
///
/// Source: protobuf.dev, "Encoding". Varints that spend more bytes than needed are read, as protoc
/// reads them; those of more than 64 bits are refused. It points into the record, so it lives no
/// longer than the call that lends the bytes.
struct ProtobufReader {
  private var cursor: UnsafeRawPointer
  private let end: UnsafeRawPointer
  /// The current field's number and wire type, as the record has them.
  private var key: UInt32 = 0

  /// Nil when there are no bytes.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return nil }
    self.init(start, start + bytes.count)
  }

  private init(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    cursor = start
    self.end = end
  }

  private var field: Int { Int(key >> 3) }

  /// Whether the current field is a message, text or bytes.
  var isBytes: Bool { key & 7 == WireType.bytes.rawValue }

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

  mutating func uint32() throws(RecordError) -> UInt32 {
    guard let number = UInt32(exactly: try uint64()) else { throw .outOfRange(field: field) }
    return number
  }

  mutating func int64() throws(RecordError) -> Int64 { Int64(bitPattern: try uint64()) }

  mutating func int32() throws(RecordError) -> Int32 {
    guard let number = Int32(exactly: try int64()) else { throw .outOfRange(field: field) }
    return number
  }

  mutating func sint32() throws(RecordError) -> Int32 {
    let zigzagged = try uint32()
    return Int32(bitPattern: zigzagged >> 1) ^ -Int32(bitPattern: zigzagged & 1)
  }

  mutating func fixed64() throws(RecordError) -> Int64 {
    try expect(.fixed64)
    return Int64(littleEndian: try take(8).loadUnaligned(as: Int64.self))
  }

  mutating func flag() throws(RecordError) -> Bool { try uint64() != 0 }

  mutating func choice<Choice: RawRepresentable<UInt8>>() throws(RecordError) -> Choice {
    let value = try uint64()
    guard let raw = UInt8(exactly: value), let choice = Choice(rawValue: raw) else {
      throw .unknownValue(field: field, value: value)
    }
    return choice
  }

  mutating func person() throws(RecordError) -> Person { Person(try uint64()) }

  /// 0 is nobody, as when the field is left out.
  mutating func optionalPerson() throws(RecordError) -> Person? {
    let number = try uint64()
    return number == 0 ? nil : Person(number)
  }

  // MARK: Text, bytes and messages

  mutating func text() throws(RecordError) -> String {
    try expect(.bytes)
    let text = try content()
    if text.allSatisfy({ $0 < 0x80 }) {
      // Several times as fast as the validating initializer, which costs more than all else here.
      return String(unsafeUninitializedCapacity: text.count) { content in
        UnsafeMutableRawBufferPointer(content).copyMemory(from: text)
        return text.count
      }
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw .invalidUTF8(field: field)
    }
    return text
  }

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
  mutating func message() throws(RecordError) -> ProtobufReader {
    try expect(.bytes)
    let start = try take(try number())
    return ProtobufReader(start, cursor)
  }

  mutating func entity() throws(RecordError) -> Reference {
    var input = try message()
    var entity = Reference.unread
    while let field = try input.next() {
      switch field {
      case 1: entity.id = try input.text()
      case 2: entity.position = try input.uint64()
      default: try input.skip()
      }
    }
    return entity
  }

  /// Refuses a message without the thing that stands in `field`.
  func require(_ entity: Reference, in field: Int) throws(RecordError) {
    guard entity.position != 0 else { throw .missing(field: field) }
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

extension Reference {
  /// Stands for a thing until its field has been read; no event has position 0.
  static var unread: Reference { Reference(id: "", position: 0) }
}
