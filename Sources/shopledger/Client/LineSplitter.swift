/// Cuts pieces of text into lines, keeping what has no end yet.
struct LineSplitter {
  private var rest: [UInt8] = []

  /// How many bytes wait for their line's end.
  var restCount: Int { rest.count }

  /// Gives each line that this piece ends, without its newline.
  mutating func split(
    _ piece: some Sequence<UInt8>,
    _ line: (ArraySlice<UInt8>) throws -> Void
  ) rethrows {
    rest += piece
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      try line(rest[start..<end])
      start = end + 1
    }
    rest.removeSubrange(..<start)
  }
}
