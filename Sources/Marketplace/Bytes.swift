/// Builds keys and values of rows.
///
/// Keys take fixed-width big-endian integers, so that they sort as numbers; values that are many
/// take varints (LEB128: 7 bits a byte, the lowest first), so that small numbers take one byte.
@usableFromInline package struct ByteWriter: Sendable {
  @usableFromInline package var bytes: [UInt8]

  @inlinable
  package init(capacity: Int = 32) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  @inlinable
  package mutating func put(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  @inlinable
  package mutating func put(_ person: Person) {
    put(person.number)
  }

  /// At most 65,535 bytes, after a length of two.
  @inlinable
  package mutating func put(_ text: String) {
    let utf8 = text.utf8
    put(UInt16(utf8.count))
    bytes.append(contentsOf: utf8)
  }

  @inlinable
  package mutating func put(_ flag: Bool) {
    bytes.append(flag ? 1 : 0)
  }

  @inlinable
  package mutating func put(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Puts the sign into the lowest bit, so that small numbers of either sign are short.
  @inlinable
  package mutating func put(signedVarint value: Int32) {
    put(varint: UInt64(UInt32(bitPattern: value << 1 ^ value >> 31)))
  }

  /// Takes 19 bytes for a negative number.
  @inlinable
  package mutating func put(varint value: Int128) {
    var rest = UInt128(bitPattern: value)
    while rest > UInt128(UInt64.max) {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(varint: UInt64(truncatingIfNeeded: rest))
  }

  @inlinable
  package mutating func put(_ lent: RawSpan) {
    lent.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// Begins anew with the memory that is there.
  @inlinable
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }
}

/// Reads what `ByteWriter` wrote; a row too short for its layout is a bug of this program, so it traps.
@usableFromInline package struct ByteReader: Sendable {
  @usableFromInline package let bytes: [UInt8]
  @usableFromInline package var offset: Int

  @inlinable
  package init(_ bytes: [UInt8], at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  package var isAtEnd: Bool {
    @inlinable get { offset == bytes.count }
  }

  @inlinable
  package mutating func get<Integer: FixedWidthInteger>(
    _ type: Integer.Type = Integer.self
  ) -> Integer {
    let width = Integer.bitWidth / 8
    precondition(offset + width <= bytes.count, "row too short")
    let value = bytes.withUnsafeBytes {
      Integer(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }
    offset += width
    return value
  }

  @inlinable
  package mutating func getPerson() -> Person {
    Person(get())
  }

  @inlinable
  package mutating func getText() -> String {
    let count = Int(get(UInt16.self))
    precondition(offset + count <= bytes.count, "row too short")
    let text = bytes.withUnsafeBytes {
      String(decoding: $0[offset..<offset + count], as: UTF8.self)
    }
    offset += count
    return text
  }

  @inlinable
  package mutating func getFlag() -> Bool {
    get(UInt8.self) != 0
  }
}

/// Reads lent bytes as `ByteReader` reads its own, without a copy; it traps likewise.
extension RawSpan {
  @inlinable
  package func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: inout Int,
    as type: Integer.Type = Integer.self
  ) -> Integer {
    defer { offset += Integer.bitWidth / 8 }
    return Integer(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Integer.self))
  }

  @inlinable
  package func varint(at offset: inout Int) -> UInt64 {
    var byte = unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    offset += 1
    var value = UInt64(byte & 0x7F)
    var shift: UInt64 = 7
    while byte >= 0x80 {
      byte = unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      shift += 7
    }
    return value
  }

  @inlinable
  package func signedVarint(at offset: inout Int) -> Int32 {
    let value = UInt32(truncatingIfNeeded: varint(at: &offset))
    return Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
  }

  @inlinable
  package func wideVarint(at offset: inout Int) -> Int128 {
    let start = offset
    let low = varint(at: &offset)
    // Nine bytes hold 63 bits.
    if offset - start <= 9 { return Int128(low) }
    offset = start
    var value: UInt128 = 0
    var shift: UInt128 = 0
    while true {
      let byte = unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      offset += 1
      value |= UInt128(byte & 0x7F) << shift
      if byte < 0x80 { return Int128(bitPattern: value) }
      shift += 7
    }
  }

  package var copy: [UInt8] {
    withUnsafeBytes { [UInt8]($0) }
  }

  package func isEqual(to other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    return withUnsafeBytes { left in
      other.withUnsafeBytes { right in
        left.elementsEqual(right)
      }
    }
  }
}
