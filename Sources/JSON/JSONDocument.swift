/// A JSON text, checked whole and indexed, whose values are read where they stand.
///
/// Strict by RFC 8259, and stricter where leniency would let two readers disagree: UTF-8 without
/// overlong forms or surrogates, no duplicate keys, nesting of at most `maxDepth`. Costs one array
/// of 24 bytes a value; strings are copied only when they are asked for.
package struct JSONDocument: Sendable {
  /// How deep objects and arrays may nest.
  package static let maxDepth = 16

  /// What a value is; `integer` is a number without fraction and exponent, however long.
  package enum Kind: UInt8, Sendable {
    case object
    case array
    case string
    case integer
    case number
    case `true`
    case `false`
    case null
  }

  /// One value, and its key when it is a member of an object.
  struct Node: Sendable {
    var kind: Kind
    /// Whether the string, or the key, has an escape and so cannot be taken as it stands.
    var isEscaped = false
    var isKeyEscaped = false
    /// Within the quotes.
    var key: Range<UInt32> = 0..<0
    /// Within the quotes of a string; the text of any other value.
    var text: Range<UInt32> = 0..<0
    /// The index behind this value and all that it contains.
    var next: UInt32 = 0
  }

  private(set) var bytes: ArraySlice<UInt8> = []
  private(set) var nodes: [Node] = []

  /// A document of no text, to be `read` into.
  package init() {}

  /// Reads a text that is one value, with space around it at most.
  ///
  /// - Throws: the first thing in the text that is not JSON.
  package init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
    try read(bytes)
  }

  /// The same into the room of the text before, so that reading many texts allocates once.
  ///
  /// After an error, the document ends with the last value read; ask it for `root` and members
  /// only.
  package mutating func read(_ bytes: ArraySlice<UInt8>) throws(JSONError) {
    var room: [Node] = []
    swap(&room, &nodes)
    var parser = JSONParser(reusing: room)
    self.bytes = bytes
    do throws(JSONError) {
      try parser.document(bytes.span)
      nodes = parser.nodes
    } catch {
      nodes = parser.closed()
      throw error
    }
  }

  // MARK: Walking

  /// A value's place in the document; only of use with the document that gave it.
  package struct Index: Hashable, Sendable {
    var node: Int
  }

  /// The value that the text is; nil only when the text had an error.
  package var root: Index? { nodes.isEmpty ? nil : Index(node: 0) }

  package func kind(of value: Index) -> Kind { nodes[value.node].kind }

  /// The first member or element; nil when there is none.
  package func first(in container: Index) -> Index? {
    let node = container.node + 1
    return node < Int(nodes[container.node].next) ? Index(node: node) : nil
  }

  /// The member or element after `value` in the same container.
  package func next(after value: Index, in container: Index) -> Index? {
    let node = Int(nodes[value.node].next)
    return node < Int(nodes[container.node].next) ? Index(node: node) : nil
  }

  /// The member of an object with this key.
  package func member(_ key: String, of object: Index) -> Index? {
    var candidate = first(in: object)
    while let value = candidate {
      if isKey(of: value, key) { return value }
      candidate = next(after: value, in: object)
    }
    return nil
  }

  // MARK: Reading

  /// A member's key, unescaped.
  package func key(of member: Index) -> String {
    let node = nodes[member.node]
    return string(node.key, isEscaped: node.isKeyEscaped)
  }

  /// The bytes of a member's key, unescaped.
  package func keyBytes(of member: Index) -> ArraySlice<UInt8> {
    let node = nodes[member.node]
    return node.isKeyEscaped ? JSONParser.unescaped(slice(node.key))[...] : slice(node.key)
  }

  /// A member's key's first eight bytes as a number, which sorts as they do.
  package func keyStart(of member: Index) -> UInt64 {
    let node = nodes[member.node]
    guard !node.isKeyEscaped else { return Self.start(of: keyBytes(of: member).span) }
    let range = Int(node.key.lowerBound)..<Int(node.key.upperBound)
    return Self.start(of: bytes.span.extracting(range))
  }

  private static func start(of key: Span<UInt8>) -> UInt64 {
    var start: UInt64 = 0
    let count = min(key.count, 8)
    for index in 0..<count { start = start << 8 | UInt64(key[index]) }
    return start << (64 - 8 * UInt64(count))
  }

  /// Compared by bytes, because strings are equal across Unicode's canonical equivalents.
  package func isKey(of member: Index, _ key: String) -> Bool {
    let node = nodes[member.node]
    guard !node.isKeyEscaped else { return key.utf8.elementsEqual(keyBytes(of: member)) }
    guard node.key.count == key.utf8.count else { return false }
    let text = bytes.span
    let start = Int(node.key.lowerBound)
    return key.utf8.withContiguousStorageIfAvailable { key in
      key.indices.allSatisfy { text[start + $0] == key[$0] }
    } ?? key.utf8.elementsEqual(keyBytes(of: member))
  }

  /// A string, unescaped; nil when the value is no string.
  package func string(_ value: Index) -> String? {
    let node = nodes[value.node]
    return node.kind == .string ? string(node.text, isEscaped: node.isEscaped) : nil
  }

  /// The bytes of a string, unescaped; nil when the value is no string.
  package func stringBytes(_ value: Index) -> ArraySlice<UInt8>? {
    let node = nodes[value.node]
    guard node.kind == .string else { return nil }
    return node.isEscaped ? JSONParser.unescaped(slice(node.text))[...] : slice(node.text)
  }

  /// A whole number of signed 64 bits; nil when the value is none.
  package func integer(_ value: Index) -> Int64? {
    let node = nodes[value.node]
    guard node.kind == .integer else { return nil }
    let text = bytes.span
    var range = Int(node.text.lowerBound)..<Int(node.text.upperBound)
    let isNegative = text[range.lowerBound] == UInt8(ascii: "-")
    if isNegative { range = range.dropFirst() }
    // Counted downwards, because the least Int64 has no positive counterpart.
    var number: Int64 = 0
    for index in range {
      let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
      let (next, borrow) = tenfold.subtractingReportingOverflow(Int64(text[index] &- 0x30))
      if overflow || borrow { return nil }
      number = next
    }
    guard !isNegative else { return number }
    return number == .min ? nil : -number
  }

  /// The value as it stands in the text, without the quotes of a string.
  package func text(of value: Index) -> ArraySlice<UInt8> { slice(nodes[value.node].text) }

  /// Whether the string has an escape: only so can a control character get into it.
  package func isEscaped(_ value: Index) -> Bool { nodes[value.node].isEscaped }

  private func slice(_ range: Range<UInt32>) -> ArraySlice<UInt8> {
    let start = bytes.startIndex
    return bytes[start + Int(range.lowerBound)..<start + Int(range.upperBound)]
  }

  private func string(_ range: Range<UInt32>, isEscaped: Bool) -> String {
    let text = isEscaped ? JSONParser.unescaped(slice(range))[...] : slice(range)
    return String(unsafeUninitializedCapacity: text.count) { content in
      content.initialize(fromContentsOf: text)
    }
  }
}
