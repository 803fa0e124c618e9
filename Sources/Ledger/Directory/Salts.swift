internal import Glibc
internal import Synchronization

/// Fresh randomness for salts, 16 bytes at a time.
///
/// Taken from the system in larger pieces: a system call for each name and text would cost more
/// than hashing it.
final class Salts: Sendable {
  private let rest = Mutex<[UInt64]>([])

  func next() -> [UInt8] {
    let halves = rest.withLock { rest in
      if rest.isEmpty { rest = Self.fresh() }
      return (rest.removeLast(), rest.removeLast())
    }
    return withUnsafeBytes(of: halves) { Array($0) }
  }

  private static func fresh() -> [UInt64] {
    var words = [UInt64](repeating: 0, count: 512)
    words.withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { arc4random_buf(start, bytes.count) }
    }
    return words
  }
}
