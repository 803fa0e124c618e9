import Glibc

/// Hands out commands, lines of JSON, each once and in order: an id that came before would be a
/// repeat.
final class CommandSupply {
  private let descriptor: Int32
  private let program: Child?
  private let idsAtRandom: Bool
  private var buffer: [UInt8] = []
  private var used = 0

  /// From a file.
  init(path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(call: path) }
    program = nil
    idsAtRandom = false
  }

  /// From lines that are in memory.
  init(_ lines: [ArraySlice<UInt8>]) {
    descriptor = -1
    program = nil
    idsAtRandom = false
    buffer = lines.joinedLines
  }

  /// From what a program prints.
  init(printedBy program: Child, idsAtRandom: Bool) {
    descriptor = program.output
    self.program = program
    self.idsAtRandom = idsAtRandom
  }

  deinit {
    if program == nil && descriptor >= 0 { close(descriptor) }
  }

  /// The next lines, without their newlines.
  func take(_ count: Int) throws -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    lines.reserveCapacity(count)
    while lines.count < count {
      if let end = buffer[used...].firstIndex(of: UInt8(ascii: "\n")) {
        var line = buffer[used..<end]
        if idsAtRandom { scatterIds(&line) }
        lines.append(line)
        used = end + 1
      } else {
        try readMore()
      }
    }
    return lines
  }

  private func readMore() throws {
    // A buffer of its own: the lines that were handed out keep the old one.
    var next = Array(buffer[used...])
    next.reserveCapacity(next.count + 1 << 20)
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(descriptor, &piece, piece.count)
    guard count > 0 else { throw Failure("there are not enough commands") }
    next += piece[..<count]
    buffer = next
    used = 0
  }
}

extension [ArraySlice<UInt8>] {
  /// As one text, a newline behind each line.
  var joinedLines: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(reduce(0) { $0 + $1.count + 1 })
    for line in self {
      bytes += line
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}
