/// Writes JSON text, member by member, in the order of the calls and without spaces.
///
/// Costs one append a token; nothing is kept but the text.
@usableFromInline package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {
    // Spares most answers the growing, which copies.
    bytes.reserveCapacity(4_096)
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  // MARK: Values: of the top level, and elements of arrays

  package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
    try nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
  }

  package mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
    try nest(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
  }

  package mutating func value(_ text: String) {
    separate()
    quote(text)
    needsComma = true
  }

  // Inlined, so that what is generic becomes a conversion of two known types.
  @inlinable @inline(__always)
  package mutating func value(_ number: some BinaryInteger) {
    if let number = Int64(exactly: number) {
      integer(number)
    } else {
      literal(number.description)
    }
  }

  package mutating func value(_ flag: Bool) {
    literal(flag ? "true" : "false")
  }

  /// A ratio or average; nil, infinite and not-a-number become null.
  package mutating func value(_ number: Double?) {
    guard let number, number.isFinite else {
      literal("null")
      return
    }
    literal(number.description)
  }

  // MARK: Members of objects

  package mutating func object(
    _ name: String,
    _ members: (inout JSONWriter) throws -> Void
  ) rethrows {
    key(name)
    try object(members)
  }

  package mutating func array(
    _ name: String,
    _ elements: (inout JSONWriter) throws -> Void
  ) rethrows {
    key(name)
    try array(elements)
  }

  package mutating func member(_ name: String, _ text: String) {
    key(name)
    value(text)
  }

  /// Leaves the member out when there is no text: absent is absent.
  package mutating func member(_ name: String, ifPresent text: String?) {
    guard let text, !text.isEmpty else { return }
    member(name, text)
  }

  @inlinable @inline(__always)
  package mutating func member(_ name: String, _ number: some BinaryInteger) {
    key(name)
    value(number)
  }

  package mutating func member(_ name: String, _ flag: Bool) {
    key(name)
    value(flag)
  }

  package mutating func member(_ name: String, ratio number: Double?) {
    key(name)
    value(number)
  }

  /// Adds members to the object that was written last.
  ///
  /// - Precondition: It was an object.
  package mutating func extend(_ members: (inout JSONWriter) throws -> Void) rethrows {
    precondition(bytes.last == UInt8(ascii: "}"), "no object was written last")
    bytes.removeLast()
    needsComma = bytes.last != UInt8(ascii: "{")
    try members(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// A member whose value is JSON already.
  package mutating func member(_ name: String, json: [UInt8]) {
    key(name)
    separate()
    bytes += json
    needsComma = true
  }

  // MARK: Tokens

  @usableFromInline
  mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  @usableFromInline
  mutating func literal(_ text: String) {
    separate()
    append(text)
    needsComma = true
  }

  /// Appends the digits without a string between.
  @usableFromInline
  mutating func integer(_ number: Int64) {
    separate()
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var digits = [20 of UInt8](repeating: 0)
    var start = digits.count
    var rest = number.magnitude
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest != 0
    for index in start..<digits.count { bytes.append(digits[index]) }
    needsComma = true
  }

  private mutating func nest(
    _ opening: UInt8,
    _ closing: UInt8,
    _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    separate()
    bytes.append(opening)
    needsComma = false
    try body(&self)
    bytes.append(closing)
    needsComma = true
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      // Copied at once; most texts have nothing to escape.
      if utf8.contains(where: { Self.needsEscape($0) }) {
        for byte in utf8 { escape(byte) }
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  @inline(__always)
  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes += #"\""#.utf8
    case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
    case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
    case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
    case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
    case ..<0x20:
      bytes += #"\u00"#.utf8
      bytes.append(UInt8(ascii: "0") + (byte >> 4))
      bytes.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
    default: bytes.append(byte)
    }
  }
}
