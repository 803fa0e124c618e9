/// Writes the fields of a Protocol Buffers message as proto3 does: zeros and empties are left out.
///
/// Source: protobuf.dev, "Encoding". The caller writes fields in the order of their numbers.
struct ProtobufWriter {
  var bytes: [UInt8]

  // MARK: Numbers

  mutating func varint(_ field: Int, _ number: UInt64) {
    guard number != 0 else { return }
    key(field, .varint)
    append(number)
  }

  mutating func varint(_ field: Int, _ number: UInt32) { varint(field, UInt64(number)) }

  /// Two's complement in 64 bits: a negative number takes ten bytes.
  mutating func varint(_ field: Int, _ number: Int64) {
    varint(field, UInt64(bitPattern: number))
  }

  mutating func varint(_ field: Int, _ number: Int32) { varint(field, Int64(number)) }

  mutating func zigzag(_ field: Int, _ number: Int32) { varint(field, Self.zigzagged(number)) }

  /// Written when present, even if it is 0.
  mutating func zigzag(_ field: Int, optional number: Int32?) {
    guard let number else { return }
    varint(field, present: Self.zigzagged(number))
  }

  mutating func varint(_ field: Int, present number: UInt32) {
    key(field, .varint)
    append(UInt64(number))
  }

  mutating func fixed(_ field: Int, _ number: Int64) {
    guard number != 0 else { return }
    key(field, .fixed64)
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func flag(_ field: Int, _ flag: Bool) {
    guard flag else { return }
    key(field, .varint)
    bytes.append(1)
  }

  mutating func choice(_ field: Int, _ choice: some RawRepresentable<UInt8>) {
    varint(field, UInt64(choice.rawValue))
  }

  mutating func person(_ field: Int, _ person: Person?) {
    varint(field, person?.number ?? 0)
  }

  // MARK: Text, bytes and messages

  mutating func text(_ field: Int, _ text: String) {
    let utf8 = text.utf8
    guard !utf8.isEmpty else { return }
    key(field, .bytes)
    append(UInt64(utf8.count))
    bytes.append(contentsOf: utf8)
  }

  mutating func hash(_ field: Int, _ hash: [UInt8]) {
    guard !hash.isEmpty else { return }
    key(field, .bytes)
    append(UInt64(hash.count))
    bytes.append(contentsOf: hash)
  }

  mutating func entity(_ field: Int, _ entity: Reference?) {
    guard let entity else { return }
    message(field) { output in
      output.text(1, entity.id)
      output.varint(2, entity.position)
    }
  }

  /// A message within, written even if it is empty: being there says something.
  mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    key(field, .bytes)
    bytes.append(0)
    let start = bytes.count
    body(&self)
    let count = bytes.count - start
    bytes[start - 1] = UInt8(truncatingIfNeeded: count)
    guard count > 0x7f else { return }
    // Most messages are short; a long one moves up to make room for the rest of its length.
    bytes[start - 1] |= 0x80
    var rest = ProtobufWriter(bytes: [])
    rest.append(UInt64(count >> 7))
    bytes.insert(contentsOf: rest.bytes, at: start)
  }

  // MARK: Tokens

  private mutating func key(_ field: Int, _ type: WireType) {
    append(UInt64(field << 3 | Int(type.rawValue)))
  }

  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private static func zigzagged(_ number: Int32) -> UInt32 {
    UInt32(bitPattern: number << 1 ^ number >> 31)
  }
}

/// How a field's value is laid out; groups (3 and 4) are of proto2 and refused.
enum WireType: UInt8 {
  case varint = 0
  case fixed64 = 1
  case bytes = 2
  case fixed32 = 5
}
