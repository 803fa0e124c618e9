/// How long a zone keeps one offset.
struct ZoneInterval: Hashable {
  /// Seconds since 1970.
  var range: Range<Int64>
  /// Seconds east of UTC.
  var offset: Int32
}

/// One zone of the tz database: its transitions, and the rule for all times after the last.
///
/// Source: RFC 9636, "The Time Zone Information Format (TZif)". A file holds a header and a block
/// with 32-bit times, then, from version 2 on, a header and a block with 64-bit times and a footer.
struct TimeZoneFile {
  /// Ascending; each with the offset that starts there.
  private let transitions: [(start: Int64, offset: Int32)]
  private let firstOffset: Int32
  private let rule: TransitionRule?

  /// Nil when the bytes are no TZif of version 2 or later, are cut short, or count leap seconds.
  init?(_ bytes: [UInt8]) {
    var reader = Reader(bytes: bytes)
    guard let old = Header(&reader), old.version >= UInt8(ascii: "2"),
      reader.skip(old.blockSize(timeSize: 4)),
      let header = Header(&reader), header.types > 0, header.leaps == 0,
      let times = reader.integers(header.times, Int64.self),
      let indexes = reader.bytes(header.times),
      let types = reader.bytes(header.types * 6),
      reader.skip(header.designations + header.standards + header.universals),
      reader.bytes(1) == [UInt8(ascii: "\n")],
      let footer = reader.line()
    else { return nil }
    var offsets: [Int32] = []
    for type in 0..<header.types {
      var fields = Reader(bytes: Array(types[type * 6..<type * 6 + 6]))
      guard let offset = fields.integers(1, Int32.self)?.first, offset.magnitude < 90_000 else {
        return nil
      }
      offsets.append(offset)
    }
    guard indexes.allSatisfy({ $0 < header.types }),
      zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    transitions = zip(times, indexes).map { (start: $0, offset: offsets[Int($1)]) }
    firstOffset = offsets[0]
    rule = TransitionRule(footer)
    guard rule != nil || footer.isEmpty else { return nil }
  }

  /// The interval with one offset around a time in seconds since 1970.
  func interval(at second: Int64) -> ZoneInterval {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].start <= second { low = middle + 1 } else { high = middle }
    }
    let start = low == 0 ? .min : transitions[low - 1].start
    guard low == transitions.count else {
      let offset = low == 0 ? firstOffset : transitions[low - 1].offset
      return ZoneInterval(range: start..<transitions[low].start, offset: offset)
    }
    if let rule {
      let found = rule.interval(at: second)
      return ZoneInterval(range: found.range.clamped(to: start..<Int64.max), offset: found.offset)
    }
    return ZoneInterval(range: start..<Int64.max, offset: transitions.last?.offset ?? firstOffset)
  }

  /// The counts that tell how long each table of a block is.
  private struct Header {
    let version: UInt8
    let universals: Int
    let standards: Int
    let leaps: Int
    let times: Int
    let types: Int
    let designations: Int

    init?(_ reader: inout Reader) {
      guard reader.bytes(4) == Array("TZif".utf8), let version = reader.bytes(1)?.first,
        reader.skip(15), let counts = reader.integers(6, UInt32.self)
      else { return nil }
      self.version = version
      universals = Int(counts[0])
      standards = Int(counts[1])
      leaps = Int(counts[2])
      times = Int(counts[3])
      types = Int(counts[4])
      designations = Int(counts[5])
    }

    func blockSize(timeSize: Int) -> Int {
      times * (timeSize + 1) + types * 6 + designations + leaps * (timeSize + 4) + standards
        + universals
    }
  }

  /// Takes bytes from the left; nil and false when there are not enough.
  private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    mutating func skip(_ count: Int) -> Bool {
      guard count <= bytes.count - offset else { return false }
      offset += count
      return true
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
      let start = offset
      return skip(count) ? Array(bytes[start..<offset]) : nil
    }

    mutating func integers<Integer: FixedWidthInteger>(
      _ count: Int,
      _ type: Integer.Type
    ) -> [Integer]? {
      let width = Integer.bitWidth / 8
      let start = offset
      guard skip(count * width) else { return nil }
      return (0..<count).map { index in
        let at = start + index * width
        return bytes[at..<at + width].reduce(0) { $0 << 8 | Integer($1) }
      }
    }

    /// The text up to the next line's end.
    mutating func line() -> String? {
      guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      defer { offset = end + 1 }
      return String(decoding: bytes[offset..<end], as: UTF8.self)
    }
  }
}
