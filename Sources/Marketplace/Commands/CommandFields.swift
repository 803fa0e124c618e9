internal import JSON

/// The fields of a command's data, read one by one, each with the rule that it must meet.
///
/// Everything that breaks a rule is a `MalformedCommand` that names the field. Whoever made the
/// fields asks `finish()` in the end, which reports those that nobody read.
package struct CommandFields {
  private let document: JSONDocument
  private let object: JSONDocument.Index
  /// Stands before a field's name in errors: empty, `data.` or `data.entry.`.
  private let path: String
  /// A bit for each of the first 64 members that was read; no command has so many fields.
  private var taken: UInt64 = 0
  /// The member behind the one taken last, and its ordinal: most senders write the fields in the
  /// order in which they are read, so that the next is looked for here first.
  private var expected: JSONDocument.Index?
  private var expectedOrdinal = 0

  /// The fields of an object; the caller has seen that it is one.
  init(_ document: JSONDocument, _ object: JSONDocument.Index, path: String) {
    self.document = document
    self.object = object
    self.path = path
    expected = document.first(in: object)
  }

  // MARK: Identifiers and text

  /// An identifier: 1 to 64 bytes of `A-Z a-z 0-9 . _ : -`, the first a letter or digit.
  package mutating func identifier(_ name: String) throws(MalformedCommand) -> String {
    guard let text = try optionalIdentifier(name) else { throw missing(name, "an identifier") }
    return text
  }

  package mutating func optionalIdentifier(_ name: String) throws(MalformedCommand) -> String? {
    guard let value = take(name) else { return nil }
    guard let bytes = document.stringBytes(value) else {
      throw mistyped(name, value, "an identifier")
    }
    guard Self.isIdentifier(bytes.span), let text = document.string(value) else {
      throw malformed(
        name,
        "is no identifier; give 1 to 64 of A-Z a-z 0-9 . _ : -, the first a letter or digit"
      )
    }
    return text
  }

  private static func isIdentifier(_ bytes: Span<UInt8>) -> Bool {
    guard (1...64).contains(bytes.count), isAlphanumeric(bytes[0]) else { return false }
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"): continue
      case let byte where isAlphanumeric(byte): continue
      default: return false
      }
    }
    return true
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
  }

  /// UTF-8 text of at most `maxBytes` bytes, perhaps none; U+0000 is refused.
  package mutating func text(
    _ name: String,
    maxBytes: Int = 2_000
  ) throws(MalformedCommand) -> String {
    guard let text = try optionalText(name, maxBytes: maxBytes) else {
      throw missing(name, "a text")
    }
    return text
  }

  package mutating func optionalText(
    _ name: String,
    maxBytes: Int = 2_000
  ) throws(MalformedCommand) -> String? {
    guard let value = take(name) else { return nil }
    guard let text = document.string(value) else { throw mistyped(name, value, "a text") }
    guard text.utf8.count <= maxBytes else {
      throw malformed(name, "has \(text.utf8.count) bytes of UTF-8; give at most \(maxBytes)")
    }
    // Unescaped, it would be a control character, which JSON has refused already.
    guard !document.isEscaped(value) || !text.utf8.contains(0) else {
      throw malformed(name, "contains U+0000; leave it out")
    }
    return text
  }

  // MARK: Numbers, flags and choices

  /// A whole number of signed 64 bits.
  package mutating func integer(_ name: String) throws(MalformedCommand) -> Int64 {
    guard let number = try optionalInteger(name) else { throw missing(name, "a whole number") }
    return number
  }

  package mutating func optionalInteger(_ name: String) throws(MalformedCommand) -> Int64? {
    guard let value = take(name) else { return nil }
    guard document.kind(of: value) == .integer else {
      throw mistyped(name, value, "a whole number")
    }
    guard let number = document.integer(value) else {
      throw malformed(name, "is beyond signed 64 bits; give a smaller number")
    }
    return number
  }

  package mutating func optionalBoolean(_ name: String) throws(MalformedCommand) -> Bool? {
    guard let value = take(name) else { return nil }
    switch document.kind(of: value) {
    case .true: return true
    case .false: return false
    default: throw mistyped(name, value, "true or false")
    }
  }

  /// One of the names given; any other is malformed, and the error lists them.
  package mutating func optionalChoice<Choice>(
    _ name: String,
    _ choices: [(name: String, choice: Choice)]
  ) throws(MalformedCommand) -> Choice? {
    guard let value = take(name) else { return nil }
    if let text = document.string(value),
      let found = choices.first(where: { $0.name == text })
    {
      return found.choice
    }
    throw malformed(
      name,
      "is none of its values; give " + choices.map { "\"\($0.name)\"" }.joined(separator: ", ")
    )
  }

  // MARK: Times

  /// A time as RFC 3339 writes it, with its offset from UTC.
  mutating func optionalTime(_ name: String) throws(MalformedCommand) -> ClaimedTime? {
    guard let value = take(name) else { return nil }
    guard let bytes = document.stringBytes(value) else { throw mistyped(name, value, "a time") }
    do throws(ClaimedTime.ParseError) {
      return try ClaimedTime(parsing: bytes)
    } catch {
      throw malformed(name, error.detail)
    }
  }

  // MARK: Objects

  /// The fields of an object within; ask them to `finish()` too.
  mutating func object(_ name: String) throws(MalformedCommand) -> CommandFields {
    guard let fields = try optionalObject(name) else { throw missing(name, "an object") }
    return fields
  }

  mutating func optionalObject(_ name: String) throws(MalformedCommand) -> CommandFields? {
    guard let value = take(name) else { return nil }
    guard document.kind(of: value) == .object else { throw mistyped(name, value, "an object") }
    return CommandFields(document, value, path: path + name + ".")
  }

  /// Reports the first field that nobody asked for.
  package func finish() throws(MalformedCommand) {
    var ordinal = 0
    var next = document.first(in: object)
    // Among the first 64 is an unread one whenever there are more.
    while let member = next, ordinal < 64 {
      guard taken & 1 << ordinal != 0 else {
        throw malformed(String(document.key(of: member).prefix(64)), "is unknown; leave it out")
      }
      ordinal += 1
      next = document.next(after: member, in: object)
    }
  }

  /// Appends the canonical form of everything in the object; see `CommandParser.content`.
  func append(to content: inout CommandContent) {
    content.append(object, of: document)
  }

  // MARK: Errors

  private mutating func take(_ name: String) -> JSONDocument.Index? {
    if let expected, document.isKey(of: expected, name) {
      return take(expected, expectedOrdinal)
    }
    var ordinal = 0
    var next = document.first(in: object)
    while let member = next {
      if document.isKey(of: member, name) { return take(member, ordinal) }
      ordinal += 1
      next = document.next(after: member, in: object)
    }
    return nil
  }

  private mutating func take(_ member: JSONDocument.Index, _ ordinal: Int) -> JSONDocument.Index {
    taken |= 1 << ordinal
    expected = document.next(after: member, in: object)
    expectedOrdinal = ordinal + 1
    return member
  }

  func malformed(_ name: String, _ what: String) -> MalformedCommand {
    MalformedCommand(detail: "\(path)\(name) \(what)")
  }

  func missing(_ name: String, _ wanted: String) -> MalformedCommand {
    malformed(name, "is missing; give \(wanted)")
  }

  private func mistyped(
    _ name: String,
    _ value: JSONDocument.Index,
    _ wanted: String
  ) -> MalformedCommand {
    let found =
      switch document.kind(of: value) {
      case .object: "an object"
      case .array: "an array"
      case .string: "a string"
      case .integer: "a number"
      case .number: "a number with a fraction or exponent"
      case .true, .false: "a boolean"
      case .null: "null"
      }
    return malformed(name, "is \(found); give \(wanted)")
  }
}
