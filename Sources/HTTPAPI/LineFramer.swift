internal import NIOCore

/// Cuts a stream of bytes into lines, whatever the pieces that it comes in.
struct LineFramer {
  enum Line: Equatable {
    case complete(ArraySlice<UInt8>)
    /// Longer than the limit; its bytes were dropped as they came.
    case tooLong
  }

  private let limit: Int
  private var rest: [UInt8] = []
  private var dropping = false

  /// - Parameter limit: the greatest length of a line in bytes; no more is ever kept.
  init(limit: Int) {
    self.limit = limit
  }

  /// Takes a piece and returns the lines that it completes; blank ones are left out.
  mutating func add(_ piece: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = piece.startIndex
    while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
      finishLine(with: piece[start..<end], &lines)
      start = end + 1
    }
    if !dropping {
      rest.append(contentsOf: piece[start...])
      if rest.count > limit {
        dropping = true
        rest = []
      }
    }
    return lines
  }

  /// The last line, when the stream ends without a line break.
  mutating func finish() -> [Line] {
    var lines: [Line] = []
    if dropping || !rest.isEmpty { finishLine(with: [], &lines) }
    return lines
  }

  private mutating func finishLine(with tail: ArraySlice<UInt8>, _ lines: inout [Line]) {
    if dropping || rest.count + tail.count > limit {
      lines.append(.tooLong)
      dropping = false
      rest = []
      return
    }
    var line = tail
    if !rest.isEmpty {
      rest.append(contentsOf: tail)
      line = rest[...]
      rest = []
    }
    if line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
      lines.append(.complete(line))
    }
  }
}
