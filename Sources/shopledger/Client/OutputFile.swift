import Glibc

/// Where a long answer goes: standard output, or a file that appears when it is whole.
struct OutputFile {
  /// Nil for standard output.
  private let path: String?
  private let descriptor: Int32

  private var partialPath: String? { path.map { $0 + ".part" } }

  /// Begins beside the file, for its owner alone; one that is there is replaced in the end.
  init(_ path: String?) throws(Failure) {
    self.path = path
    guard let path else {
      descriptor = STDOUT_FILENO
      return
    }
    descriptor = open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  func write(_ bytes: [UInt8]) throws {
    try Terminal.write(bytes, to: descriptor)
  }

  /// Returns when the file is on disk under its name.
  func finish() throws(Failure) {
    guard let path, let partialPath else { return }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(partialPath, path) == 0 else {
      throw Self.failure(path)
    }
  }

  /// Leaves no file.
  func abandon() {
    guard let partialPath else { return }
    close(descriptor)
    unlink(partialPath)
  }

  private static func failure(_ path: String) -> Failure {
    Failure(.refused, "cannot write \(path): \(String(cString: strerror(errno)))")
  }
}
