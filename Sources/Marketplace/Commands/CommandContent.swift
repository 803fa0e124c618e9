internal import JSON

/// The canonical bytes behind `CommandParser.content`.
///
/// They are: the type's name, a zero byte, the time, the data. The time is a byte 0 when none was
/// claimed, else a byte 1 and the instant in microseconds. A value is a letter and what it needs to
/// end: `o`, the number of members, and for each in the order of their keys' bytes the key's
/// length, the key and the value; `s`, the length and the bytes of a string; `i` and the number;
/// `t` or `f`. Numbers take 8 bytes and lengths 4, big-endian. So no content is the beginning of
/// another, and an explicit value differs from an absent one. The digest of these bytes stands in
/// every record: they never change.
enum CommandContent {
  static func write(
    type: String,
    instant: Microseconds?,
    data: CommandFields,
    to content: inout [UInt8]
  ) {
    content.removeAll(keepingCapacity: true)
    content.append(contentsOf: type.utf8)
    content.append(0)
    if let instant {
      content.append(1)
      append(instant, to: &content)
    } else {
      content.append(0)
    }
    data.appendContent(to: &content)
  }

  static func append(
    _ value: JSONDocument.Index,
    of document: JSONDocument,
    to content: inout [UInt8]
  ) {
    switch document.kind(of: value) {
    case .object:
      appendObject(value, of: document, to: &content)
    case .string:
      content.append(UInt8(ascii: "s"))
      append(document.stringBytes(value) ?? [], to: &content)
    case .integer:
      guard let number = document.integer(value) else { preconditionFailure("beyond 64 bits") }
      content.append(UInt8(ascii: "i"))
      append(number, to: &content)
    case .true: content.append(UInt8(ascii: "t"))
    case .false: content.append(UInt8(ascii: "f"))
    case .array, .number, .null:
      preconditionFailure("no field of a command is read from such a value")
    }
  }

  private static func appendObject(
    _ object: JSONDocument.Index,
    of document: JSONDocument,
    to content: inout [UInt8]
  ) {
    var members: [(start: UInt64, value: JSONDocument.Index)] = []
    members.reserveCapacity(16)
    var next = document.first(in: object)
    while let member = next {
      members.append((start(of: document.keyBytes(of: member)), member))
      next = document.next(after: member, in: object)
    }
    members.sort { left, right in
      guard left.start == right.start else { return left.start < right.start }
      return document.keyBytes(of: left.value)
        .lexicographicallyPrecedes(document.keyBytes(of: right.value))
    }
    content.append(UInt8(ascii: "o"))
    append(UInt32(members.count), to: &content)
    for member in members {
      append(document.keyBytes(of: member.value), to: &content)
      append(member.value, of: document, to: &content)
    }
  }

  /// A key's first eight bytes as a number, which sorts as they do and nearly always suffices.
  private static func start(of key: ArraySlice<UInt8>) -> UInt64 {
    var start: UInt64 = 0
    for byte in key.prefix(8) { start = start << 8 | UInt64(byte) }
    return start << (64 - 8 * UInt64(min(key.count, 8)))
  }

  private static func append(_ bytes: ArraySlice<UInt8>, to content: inout [UInt8]) {
    append(UInt32(bytes.count), to: &content)
    content.append(contentsOf: bytes)
  }

  private static func append(_ number: some FixedWidthInteger, to content: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { content.append(contentsOf: $0) }
  }
}
