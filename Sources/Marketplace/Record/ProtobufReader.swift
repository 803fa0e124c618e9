/// Reads the fields of a Protocol Buffers message, in any order, checking every bound.
///
/// Source: protobuf.dev, "Encoding". Varints that spend more bytes than needed are read, as protoc
/// reads them; those of more than 64 bits are refused. It points into the record, so it lives no
/// longer than the call that lends the bytes.
struct ProtobufReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset: Int
  private let end: Int
  private var field = 0
  private var type = WireType.varint

  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(bytes, 0..<bytes.count)
  }

  private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  /// Whether the current field is a message, text or bytes.
  var isBytes: Bool { type == .bytes }

  /// Goes to the next field and returns its number; nil at the end of the message.
  ///
  /// The caller then reads the value as its type, or skips it.
  @inline(__always)
  mutating func next() throws(RecordError) -> Int? {
    guard offset < end else { return nil }
    let key = try number()
    guard key >> 3 != 0, key >> 3 < 1 << 29 else { throw .badFieldNumber }
    field = Int(key >> 3)
    guard let type = WireType(rawValue: UInt8(key & 7)) else { throw .wrongWireType(field: field) }
    self.type = type
    return field
  }

  mutating func skip() throws(RecordError) {
    switch type {
    case .varint: _ = try number()
    case .fixed64: try advance(8)
    case .fixed32: try advance(4)
    case .bytes: _ = try range()
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
    let start = offset
    try advance(8)
    return Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int64.self))
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
    let range = try range()
    let text = UnsafeRawBufferPointer(rebasing: bytes[range])
    if isASCII(range) {
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

  private func isASCII(_ range: Range<Int>) -> Bool {
    var bits: UInt8 = 0
    for index in range { bits |= bytes[index] }
    return bits < 0x80
  }

  mutating func hash() throws(RecordError) -> [UInt8] {
    try expect(.bytes)
    return Array(bytes[try range()])
  }

  /// The message within, to be read by a reader of its own.
  mutating func message() throws(RecordError) -> ProtobufReader {
    try expect(.bytes)
    return ProtobufReader(bytes, try range())
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
    guard type == wanted else { throw .wrongWireType(field: field) }
  }

  @inline(__always)
  private mutating func advance(_ count: Int) throws(RecordError) {
    guard count <= end - offset else { throw .truncated }
    offset += count
  }

  @inline(__always)
  private mutating func range() throws(RecordError) -> Range<Int> {
    guard let count = Int(exactly: try number()) else { throw .truncated }
    let start = offset
    try advance(count)
    return start..<offset
  }

  @inline(__always)
  private mutating func number() throws(RecordError) -> UInt64 {
    guard offset < end else { throw .truncated }
    let first = bytes[offset]
    offset += 1
    guard first > 0x7f else { return UInt64(first) }
    return try number(after: first)
  }

  private mutating func number(after first: UInt8) throws(RecordError) -> UInt64 {
    var number = UInt64(first & 0x7f)
    for shift in stride(from: UInt64(7), through: 63, by: 7) {
      guard offset < end else { throw .truncated }
      let byte = bytes[offset]
      offset += 1
      guard shift < 63 || byte < 2 else { throw .overlongVarint }
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
    }
    throw .overlongVarint
  }
}

extension Reference {
  /// Stands for a thing until its field has been read; no event has position 0.
  static var unread: Reference { Reference(id: "", position: 0) }
}
