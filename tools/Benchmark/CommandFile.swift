import Foundation

/// The commands that are recorded, as lines of JSON, all in memory.
final class CommandFile: Sendable {
  let bytes: [UInt8]
  /// Where each line ends, its newline left out.
  private let ends: [Int]

  /// Reads a file whole.
  init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure("cannot read \(path)")
    }
    bytes = [UInt8](data)
    ends = bytes.indices.filter { [bytes] in bytes[$0] == UInt8(ascii: "\n") }
    guard !ends.isEmpty else { throw Failure("\(path) has no line") }
  }

  var count: Int { ends.count }

  /// A line without its newline.
  func line(_ index: Int) -> ArraySlice<UInt8> {
    bytes[start(index)..<ends[index]]
  }

  /// Neighbouring lines with their newlines.
  func lines(_ range: Range<Int>) -> ArraySlice<UInt8> {
    guard let last = range.last else { return [] }
    return bytes[start(range.lowerBound)...ends[last]]
  }

  private func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index - 1] + 1 }
}

/// Hands out commands in order, each once: an id that came before would be a repeat.
struct CommandSupply {
  private let file: CommandFile
  private var next = 0

  init(_ file: CommandFile) {
    self.file = file
  }

  /// The next lines, by their numbers.
  mutating func take(_ count: Int) throws -> Range<Int> {
    guard next + count <= file.count else {
      throw Failure("the \(file.count) commands are used up; this is a bug of the benchmark")
    }
    defer { next += count }
    return next..<next + count
  }
}
