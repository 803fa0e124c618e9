/// Checks a JSON text byte by byte and lists its values in the order in which they start.
struct JSONParser {
  private(set) var nodes: [JSONDocument.Node]
  private var offset = 0

  /// Above so many members an object's keys are compared through a set: two by two is quadratic.
  private static let fewMembers = 16

  /// A parser that puts its values into the room of others, which go.
  init(reusing nodes: consuming [JSONDocument.Node]) {
    nodes.removeAll(keepingCapacity: true)
    self.nodes = nodes
  }

  mutating func document(_ bytes: Span<UInt8>) throws(JSONError) {
    guard bytes.count < Int(UInt32.max) else { throw error("expected less than 4 GiB of text") }
    if nodes.capacity == 0 { nodes.reserveCapacity(24) }
    skipSpace(bytes)
    try value(bytes, JSONDocument.Node(kind: .null), depth: 0)
    skipSpace(bytes)
    guard offset == bytes.count else { throw error("expected the end of the text") }
  }

  /// The values read before an error; the containers that it left open end with the last of them.
  consuming func closed() -> [JSONDocument.Node] {
    for index in nodes.indices where nodes[index].next == 0 {
      nodes[index].next = UInt32(nodes.count)
    }
    return nodes
  }

  // MARK: Values

  /// Reads one value into `node`, which holds the key already.
  private mutating func value(
    _ bytes: Span<UInt8>,
    _ keyed: JSONDocument.Node,
    depth: Int
  ) throws(JSONError) {
    guard offset < bytes.count else { throw error("expected a value") }
    var node = keyed
    switch bytes[offset] {
    case UInt8(ascii: "\""):
      node.kind = .string
      (node.text, node.isEscaped) = try string(bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      try container(bytes, keyed, depth: depth + 1)
      return
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let start = offset
      node.kind = try number(bytes)
      node.text = UInt32(start)..<UInt32(offset)
    case UInt8(ascii: "t"):
      node.kind = .true
      node.text = try word(bytes, "true")
    case UInt8(ascii: "f"):
      node.kind = .false
      node.text = try word(bytes, "false")
    case UInt8(ascii: "n"):
      node.kind = .null
      node.text = try word(bytes, "null")
    default:
      throw error("expected a value")
    }
    node.next = UInt32(nodes.count + 1)
    nodes.append(node)
  }

  private mutating func container(
    _ bytes: Span<UInt8>,
    _ keyed: JSONDocument.Node,
    depth: Int
  ) throws(JSONError) {
    guard depth <= JSONDocument.maxDepth else {
      throw error("expected no more than \(JSONDocument.maxDepth) levels of nesting")
    }
    let isObject = bytes[offset] == UInt8(ascii: "{")
    let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    let index = nodes.count
    let start = UInt32(offset)
    var node = keyed
    node.kind = isObject ? .object : .array
    nodes.append(node)
    offset += 1
    skipSpace(bytes)
    var keys = Keys()
    if offset < bytes.count, bytes[offset] == closing {
      offset += 1
    } else {
      repeat {
        skipSpace(bytes)
        let child = isObject ? try key(bytes, of: index, &keys) : JSONDocument.Node(kind: .null)
        try value(bytes, child, depth: depth)
        skipSpace(bytes)
      } while try hasMore(bytes, closing)
    }
    nodes[index].text = start..<UInt32(offset)
    nodes[index].next = UInt32(nodes.count)
  }

  /// Whether a comma follows, and not the end of the container.
  private mutating func hasMore(_ bytes: Span<UInt8>, _ closing: UInt8) throws(JSONError) -> Bool {
    guard offset < bytes.count,
      bytes[offset] == UInt8(ascii: ",") || bytes[offset] == closing
    else {
      throw error("expected ',' or '\(Character(Unicode.Scalar(closing)))'")
    }
    offset += 1
    return bytes[offset - 1] != closing
  }

  // MARK: Keys

  /// What tells a new key of an object from those before it.
  private struct Keys {
    var count = 0
    /// A bit for each key, by length and ends; a key whose bit is not set is surely new.
    var seen: UInt64 = 0
    var all: Set<[UInt8]> = []
  }

  private mutating func key(
    _ bytes: Span<UInt8>,
    of object: Int,
    _ keys: inout Keys
  ) throws(JSONError) -> JSONDocument.Node {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      throw error("expected a key in quotes")
    }
    let start = offset
    var node = JSONDocument.Node(kind: .null)
    (node.key, node.isKeyEscaped) = try string(bytes)
    if isKnown(node, bytes, of: object, &keys) {
      offset = start
      let name = String(decoding: Self.text(node, bytes), as: UTF8.self)
      throw error("expected the key \"\(name)\" once, not twice")
    }
    skipSpace(bytes)
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else {
      throw error("expected ':'")
    }
    offset += 1
    skipSpace(bytes)
    return node
  }

  private func isKnown(
    _ node: JSONDocument.Node,
    _ bytes: Span<UInt8>,
    of object: Int,
    _ keys: inout Keys
  ) -> Bool {
    keys.count += 1
    if keys.count > Self.fewMembers {
      if keys.all.isEmpty {
        forEachKey(of: object) { keys.all.insert(Self.text($0, bytes)) }
      }
      return !keys.all.insert(Self.text(node, bytes)).inserted
    }
    var bit: UInt64 = .max
    if !node.isKeyEscaped {
      let length = node.key.count
      let ends =
        length == 0
        ? 0 : bytes[Int(node.key.lowerBound)] &* 5 &+ bytes[Int(node.key.upperBound) - 1]
      bit = 1 << ((UInt64(ends) &+ UInt64(length)) & 63)
    }
    defer { keys.seen |= bit }
    guard keys.seen & bit != 0 else { return false }
    var known = false
    forEachKey(of: object) { known = known || Self.isSame($0, node, bytes) }
    return known
  }

  private func forEachKey(of object: Int, _ body: (JSONDocument.Node) -> Void) {
    var member = object + 1
    while member < nodes.count {
      body(nodes[member])
      member = Int(nodes[member].next)
    }
  }

  private static func isSame(
    _ left: JSONDocument.Node,
    _ right: JSONDocument.Node,
    _ bytes: Span<UInt8>
  ) -> Bool {
    if left.isKeyEscaped || right.isKeyEscaped { return text(left, bytes) == text(right, bytes) }
    guard left.key.count == right.key.count else { return false }
    return zip(left.key, right.key).allSatisfy { bytes[Int($0)] == bytes[Int($1)] }
  }

  /// A key's text, unescaped.
  private static func text(_ node: JSONDocument.Node, _ bytes: Span<UInt8>) -> [UInt8] {
    let key = node.key.map { bytes[Int($0)] }
    return node.isKeyEscaped ? unescaped(key[...]) : key
  }

  // MARK: Tokens

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0a, 0x0d, 0x09: offset += 1
      default: return
      }
    }
  }

  private mutating func word(
    _ bytes: Span<UInt8>,
    _ word: StaticString
  ) throws(JSONError) -> Range<UInt32> {
    let start = offset
    let letters = "\(word)".utf8
    for letter in letters {
      guard offset < bytes.count, bytes[offset] == letter else {
        offset = start
        throw error("expected a value")
      }
      offset += 1
    }
    return UInt32(start)..<UInt32(offset)
  }

  private mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONDocument.Kind {
    var kind = JSONDocument.Kind.integer
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    let start = offset
    try digits(bytes)
    if bytes[start] == UInt8(ascii: "0"), offset > start + 1 {
      offset = start
      throw error("expected a number without leading zeros")
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      kind = .number
      offset += 1
      try digits(bytes)
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      kind = .number
      offset += 1
      if offset < bytes.count,
        bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-")
      {
        offset += 1
      }
      try digits(bytes)
    }
    return kind
  }

  private mutating func digits(_ bytes: Span<UInt8>) throws(JSONError) {
    let start = offset
    while offset < bytes.count, bytes[offset] &- 0x30 < 10 { offset += 1 }
    guard offset > start else { throw error("expected a digit") }
  }

  // MARK: Strings

  /// Checks a string from its opening quote on and returns what is within the quotes.
  private mutating func string(
    _ bytes: Span<UInt8>
  ) throws(JSONError) -> (text: Range<UInt32>, isEscaped: Bool) {
    let start = offset + 1
    var isEscaped = false
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      // Nearly all are plain ASCII.
      if byte &- 0x20 < 0x60, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        at += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        offset = at + 1
        return (UInt32(start)..<UInt32(at), isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        offset = at
        try escape(bytes)
        at = offset
      case ..<0x20:
        offset = at
        throw error("expected control characters in strings to be escaped")
      default:
        offset = at
        try multibyte(bytes)
        at = offset
      }
    }
    offset = at
    throw error("expected '\"' at the end of the string")
  }

  /// Checks one character of two to four bytes; source: Unicode Standard, table 3-7.
  private mutating func multibyte(_ bytes: Span<UInt8>) throws(JSONError) {
    let (count, second): (Int, ClosedRange<UInt8>) =
      switch bytes[offset] {
      case 0xc2...0xdf: (2, 0x80...0xbf)
      case 0xe0: (3, 0xa0...0xbf)
      case 0xe1...0xec, 0xee...0xef: (3, 0x80...0xbf)
      case 0xed: (3, 0x80...0x9f)
      case 0xf0: (4, 0x90...0xbf)
      case 0xf1...0xf3: (4, 0x80...0xbf)
      case 0xf4: (4, 0x80...0x8f)
      default: throw error("expected valid UTF-8")
      }
    guard offset + count <= bytes.count, second.contains(bytes[offset + 1]) else {
      throw error("expected valid UTF-8")
    }
    for at in offset + 2..<offset + max(count, 2) where bytes[at] & 0xc0 != 0x80 {
      throw error("expected valid UTF-8")
    }
    offset += count
  }

  /// Checks one escape, or the pair of them that makes one character.
  private mutating func escape(_ bytes: Span<UInt8>) throws(JSONError) {
    guard offset + 1 < bytes.count else { throw error("expected an escape") }
    switch bytes[offset + 1] {
    case UInt8(ascii: "u"):
      let unit = try codeUnit(bytes)
      switch unit {
      case 0xd800...0xdbff:
        let start = offset
        offset += 6
        guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
          bytes[offset + 1] == UInt8(ascii: "u"),
          (0xdc00...0xdfff).contains(try codeUnit(bytes))
        else {
          offset = start
          throw error("expected a surrogate only in a pair")
        }
      case 0xdc00...0xdfff:
        throw error("expected a surrogate only in a pair")
      default: break
      }
      offset += 6
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
    default:
      throw error("expected one of the escapes of JSON")
    }
  }

  /// The four hex digits of `\uXXXX` at the offset.
  private func codeUnit(_ bytes: Span<UInt8>) throws(JSONError) -> UInt16 {
    guard offset + 6 <= bytes.count else { throw error("expected four hex digits") }
    var unit: UInt16 = 0
    for at in offset + 2..<offset + 6 {
      guard let digit = Self.hexDigit(bytes[at]) else { throw error("expected four hex digits") }
      unit = unit << 4 | digit
    }
    return unit
  }

  static func hexDigit(_ byte: UInt8) -> UInt16? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  private func error(_ detail: String) -> JSONError {
    JSONError(offset: offset, detail: detail)
  }
}
