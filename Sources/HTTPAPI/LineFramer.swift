internal import Glibc

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

  /// Takes a piece and hands out the lines that it completes; blank ones are left out.
  mutating func add(_ piece: [UInt8], _ body: (Line) -> Void) {
    var start = piece.startIndex
    while let end = Self.lineBreak(in: piece, from: start) {
      finishLine(with: piece[start..<end], body)
      start = end + 1
    }
    if !dropping {
      rest.append(contentsOf: piece[start...])
      if rest.count > limit {
        dropping = true
        rest = []
      }
    }
  }

  /// Hands out the last line, when the stream ends without a line break.
  mutating func finish(_ body: (Line) -> Void) {
    if dropping || !rest.isEmpty { finishLine(with: [], body) }
  }

  /// By the C library, which looks at many bytes at a time.
  private static func lineBreak(in piece: [UInt8], from start: Int) -> Int? {
    piece.withUnsafeBytes { bytes in
      let bytes = bytes[start...]
      let base = UnsafeRawBufferPointer(rebasing: bytes).baseAddress
      guard let base, let found = memchr(base, 0x0A, bytes.count) else { return nil }
      return start + (UnsafeRawPointer(found) - base)
    }
  }

  private mutating func finishLine(with tail: ArraySlice<UInt8>, _ body: (Line) -> Void) {
    if dropping || rest.count + tail.count > limit {
      dropping = false
      rest = []
      return body(.tooLong)
    }
    var line = tail
    if !rest.isEmpty {
      rest.append(contentsOf: tail)
      line = rest[...]
      rest = []
    }
    if line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
      body(.complete(line))
    }
  }
}
