/// Builds keys and values of rows: fixed-width big-endian integers, so that keys sort as numbers.
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
