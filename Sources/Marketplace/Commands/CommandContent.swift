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
struct CommandContent: Sendable {
  private(set) var bytes: [UInt8] = []
  /// The members of the objects that are being written, each object's behind those of the one that
  /// holds it.
  private var members: [Member] = []

  private struct Member {
    /// The key's first eight bytes as a number, which nearly always suffice to sort by.
    var start: UInt64
    var value: JSONDocument.Index
  }

  /// Writes a command's content in place of the one before.
  mutating func write(type: String, instant: Microseconds?, data: CommandFields) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: type.utf8)
    bytes.append(0)
    if let instant {
      bytes.append(1)
      append(instant)
    } else {
      bytes.append(0)
    }
    data.append(to: &self)
  }

  mutating func append(_ value: JSONDocument.Index, of document: JSONDocument) {
    switch document.kind(of: value) {
    case .object:
      appendObject(value, of: document)
    case .string:
      bytes.append(UInt8(ascii: "s"))
      append(document.stringBytes(value) ?? [])
    case .integer:
      guard let number = document.integer(value) else { preconditionFailure("beyond 64 bits") }
      bytes.append(UInt8(ascii: "i"))
      append(number)
    case .true: bytes.append(UInt8(ascii: "t"))
    case .false: bytes.append(UInt8(ascii: "f"))
    case .array, .number, .null:
      preconditionFailure("no field of a command is read from such a value")
    }
  }

  /// Sorts by insertion: commands have few fields, and are refused before this when they have more.
  private mutating func appendObject(_ object: JSONDocument.Index, of document: JSONDocument) {
    let first = members.count
    var next = document.first(in: object)
    while let value = next {
      let member = Member(start: document.keyStart(of: value), value: value)
      var place = members.count
      while place > first, Self.precedes(member, members[place - 1], document) { place -= 1 }
      members.insert(member, at: place)
      next = document.next(after: value, in: object)
    }
    let end = members.count
    bytes.append(UInt8(ascii: "o"))
    append(UInt32(end - first))
    for index in first..<end {
      let value = members[index].value
      append(document.keyBytes(of: value))
      append(value, of: document)
    }
    members.removeSubrange(first...)
  }

  private static func precedes(
    _ left: Member,
    _ right: Member,
    _ document: JSONDocument
  ) -> Bool {
    guard left.start == right.start else { return left.start < right.start }
    return document.keyBytes(of: left.value)
      .lexicographicallyPrecedes(document.keyBytes(of: right.value))
  }

  private mutating func append(_ text: ArraySlice<UInt8>) {
    append(UInt32(text.count))
    bytes.append(contentsOf: text)
  }

  private mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
