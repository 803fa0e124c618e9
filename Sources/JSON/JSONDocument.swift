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

  let bytes: ArraySlice<UInt8>
  let nodes: [Node]

  /// Reads a text that is one value, with space around it at most.
  ///
  /// - Throws: the first thing in the text that is not JSON.
  package init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
    let (document, error) = Self.parsed(bytes)
    if let error { throw error }
    self = document
  }

  /// The same for whoever wants what was whole before the error.
  ///
  /// Beside an error, the document ends with the last value read; ask it for `root` and members
  /// only.
  package static func parsed(
    _ bytes: ArraySlice<UInt8>
  ) -> (document: JSONDocument, error: JSONError?) {
    var parser = JSONParser()
    do throws(JSONError) {
      try parser.document(bytes.span)
      return (JSONDocument(bytes: bytes, nodes: parser.nodes), nil)
    } catch {
      return (JSONDocument(bytes: bytes, nodes: parser.closed()), error)
    }
  }

  private init(bytes: ArraySlice<UInt8>, nodes: [Node]) {
    self.bytes = bytes
    self.nodes = nodes
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

  package func isKey(of member: Index, _ key: String) -> Bool {
    let node = nodes[member.node]
    // By bytes, because strings compare equal across Unicode's canonical equivalents.
    guard !node.isKeyEscaped else {
      return key.utf8.elementsEqual(JSONParser.unescaped(slice(node.key)))
    }
    guard node.key.count == key.utf8.count else { return false }
    return key.utf8.elementsEqual(slice(node.key))
  }

  /// A string, unescaped; nil when the value is no string.
  package func string(_ value: Index) -> String? {
    let node = nodes[value.node]
    return node.kind == .string ? string(node.text, isEscaped: node.isEscaped) : nil
  }

  /// How many bytes a string has unescaped, at most: exact when it has no escape.
  package func maxByteCount(_ value: Index) -> Int { nodes[value.node].text.count }

  /// A whole number of signed 64 bits; nil when the value is none.
  package func integer(_ value: Index) -> Int64? {
    let node = nodes[value.node]
    guard node.kind == .integer else { return nil }
    var digits = slice(node.text)
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits.removeFirst() }
    var magnitude: Int64 = 0
    for digit in digits {
      let (tenfold, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      // Subtracted, because the least Int64 has no positive counterpart.
      let (next, borrow) = tenfold.subtractingReportingOverflow(Int64(digit &- 0x30))
      if overflow || borrow { return nil }
      magnitude = next
    }
    guard !isNegative else { return magnitude }
    return magnitude == .min ? nil : -magnitude
  }

  /// The value as it stands in the text, without the quotes of a string.
  package func text(of value: Index) -> ArraySlice<UInt8> { slice(nodes[value.node].text) }

  /// Whether a string's text has escapes, so that `text(of:)` is not its content.
  package func isEscaped(_ value: Index) -> Bool { nodes[value.node].isEscaped }

  private func slice(_ range: Range<UInt32>) -> ArraySlice<UInt8> {
    let start = bytes.startIndex
    return bytes[start + Int(range.lowerBound)..<start + Int(range.upperBound)]
  }

  private func string(_ range: Range<UInt32>, isEscaped: Bool) -> String {
    guard isEscaped else { return String(decoding: slice(range), as: UTF8.self) }
    return String(decoding: JSONParser.unescaped(slice(range)), as: UTF8.self)
  }
}
