internal import JSON

/// The canonical bytes behind `Command.content`.
///
/// They are: the type's name, a zero byte, the time, the data. The time is a byte 0 when none was
/// claimed, else a byte 1 and the instant in microseconds. A value is a letter and what it needs to
/// end: `o`, the number of members, and for each in the order of their keys' bytes the key's
/// length, the key and the value; `s`, the length and the bytes of a string; `i` and the number;
/// `t` or `f`. Numbers take 8 bytes and lengths 4, big-endian. So no content is the beginning of
/// another, and an explicit value differs from an absent one. The digest of these bytes stands in
/// every record: they never change.
enum CommandContent {
  static func bytes(type: String, instant: Microseconds?, data: CommandFields) -> [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(256)
    content.append(contentsOf: type.utf8)
    content.append(0)
    if let instant {
      content.append(1)
      append(instant, to: &content)
    } else {
      content.append(0)
    }
    data.appendContent(to: &content)
    return content
  }

  static func append(
    _ value: JSONDocument.Index,
    of document: JSONDocument,
    to content: inout [UInt8]
  ) {
    switch document.kind(of: value) {
    case .object:
      content.append(UInt8(ascii: "o"))
      var members: [(key: String, value: JSONDocument.Index)] = []
      members.reserveCapacity(16)
      var next = document.first(in: value)
      while let member = next {
        members.append((document.key(of: member), member))
        next = document.next(after: member, in: value)
      }
      // Every key has been read as a field, so all are ASCII and sort as their bytes.
      members.sort { $0.key < $1.key }
      append(UInt32(members.count), to: &content)
      for member in members {
        append(member.key, to: &content)
        append(member.value, of: document, to: &content)
      }
    case .string:
      content.append(UInt8(ascii: "s"))
      if document.isEscaped(value) {
        append(document.string(value) ?? "", to: &content)
      } else {
        let text = document.text(of: value)
        append(UInt32(text.count), to: &content)
        content.append(contentsOf: text)
      }
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

  private static func append(_ text: String, to content: inout [UInt8]) {
    append(UInt32(text.utf8.count), to: &content)
    content.append(contentsOf: text.utf8)
  }

  private static func append(_ number: some FixedWidthInteger, to content: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { content.append(contentsOf: $0) }
  }
}
