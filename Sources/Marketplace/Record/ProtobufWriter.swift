/// Writes the fields of a Protocol Buffers message as proto3 does: zeros and empties are left out.
///
/// Source: protobuf.dev, "Encoding". The caller writes fields in the order of their numbers. The
/// bytes grow in memory of its own, because an array checks for other owners at every append.
struct ProtobufWriter: ~Copyable {
  private var start: UnsafeMutableRawPointer
  private var cursor: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer

  init() {
    // More than nearly every record takes.
    start = .allocate(byteCount: 1_024, alignment: 1)
    cursor = start
    end = start + 1_024
  }

  deinit { start.deallocate() }

  /// Hands over what was written.
  func append(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: cursor - start))
  }

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
    reserve(8)
    cursor.storeBytes(of: number.littleEndian, as: Int64.self)
    cursor += 8
  }

  mutating func flag(_ field: Int, _ flag: Bool) {
    guard flag else { return }
    key(field, .varint)
    append(1)
  }

  mutating func choice(_ field: Int, _ choice: some RawRepresentable<UInt8>) {
    varint(field, UInt64(choice.rawValue))
  }

  mutating func person(_ field: Int, _ person: Person?) {
    varint(field, person?.number ?? 0)
  }

  // MARK: Text, bytes and messages

  mutating func text(_ field: Int, _ text: String) {
    guard !text.isEmpty else { return }
    key(field, .bytes)
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  mutating func hash(_ field: Int, _ hash: [UInt8]) {
    guard !hash.isEmpty else { return }
    key(field, .bytes)
    hash.withUnsafeBytes { append($0) }
  }

  mutating func digest(_ field: Int, _ digest: CommandDigest) {
    guard digest != .zero else { return }
    key(field, .bytes)
    digest.withBytes { append($0) }
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
    // Most messages are short; a long one moves up to make room for the rest of its length.
    append(0)
    let offset = cursor - start
    body(&self)
    let count = cursor - start - offset
    guard count > 0x7f else {
      (start + offset - 1).storeBytes(of: UInt8(count), as: UInt8.self)
      return
    }
    reserve(10)
    let message = start + offset
    cursor = message - 1
    let width = Self.width(UInt64(count))
    (message - 1 + width).copyMemory(from: message, byteCount: count)
    append(UInt64(count))
    cursor += count
  }

  // MARK: Tokens

  private mutating func key(_ field: Int, _ type: WireType) {
    append(UInt64(field << 3) | UInt64(type.rawValue))
  }

  private mutating func append(_ content: UnsafeRawBufferPointer) {
    append(UInt64(content.count))
    reserve(content.count)
    UnsafeMutableRawBufferPointer(start: cursor, count: content.count).copyMemory(from: content)
    cursor += content.count
  }

  /// Appends a varint.
  private mutating func append(_ number: UInt64) {
    reserve(10)
    var rest = number
    while rest > 0x7f {
      cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      cursor += 1
      rest >>= 7
    }
    cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    cursor += 1
  }

  /// How many bytes a varint takes.
  private static func width(_ number: UInt64) -> Int {
    max(1, (UInt64.bitWidth - number.leadingZeroBitCount + 6) / 7)
  }

  /// Makes room for `count` bytes behind the cursor.
  @inline(__always)
  private mutating func reserve(_ count: Int) {
    if end - cursor < count { grow(by: count) }
  }

  @inline(never)
  private mutating func grow(by count: Int) {
    let used = cursor - start
    let capacity = 2 * (used + count)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
    larger.copyMemory(from: start, byteCount: used)
    start.deallocate()
    start = larger
    cursor = larger + used
    end = larger + capacity
  }

  private static func zigzagged(_ number: Int32) -> UInt32 {
    UInt32(bitPattern: number << 1 ^ number >> 31)
  }
}

/// How a field's value is laid out; groups (3 and 4) are of proto2 and refused.
enum WireType: UInt32 {
  case varint = 0
  case fixed64 = 1
  case bytes = 2
  case fixed32 = 5
}
