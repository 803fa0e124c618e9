import Glibc

/// Why the benchmark cannot go on, in one sentence.
struct Failure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }

  /// A system call that failed just now.
  init(call: String) {
    self.init("\(call): \(String(cString: strerror(errno)))")
  }
}

/// Tells whoever waits what is being done.
func say(_ text: String) {
  write(text + "\n", to: STDERR_FILENO)
}

/// Writes all of a text, unless nobody reads it any more.
func write(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 || errno == EINTR else { return }
    bytes = bytes.dropFirst(max(count, 0))
  }
}
