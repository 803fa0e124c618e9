import Glibc
import NIOCore
import NIOPosix

/// A file that is read from its start to its end, in pieces, off the tasks' threads.
struct InputFile: Sendable {
  private static let pieceSize = 1 << 16

  private let path: String
  private let descriptor: Int32
  /// In bytes; nil for what has no end known in advance, such as a pipe.
  let size: Int?

  /// Opens a file, or takes standard input for `-`; it stays open as long as the program runs.
  init(_ path: String) throws(Failure) {
    self.path = path == "-" ? "standard input" : path
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      throw Failure(.unavailable, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  /// The next piece, at most 64 KiB; nil at the end, and when the task is cancelled.
  func read() async throws -> ByteBuffer? {
    while !Task.isCancelled {
      let piece = try await NIOThreadPool.singleton.runIfActive { try readIfReady() }
      if let piece { return piece.readableBytes > 0 ? piece : nil }
    }
    return nil
  }

  /// The whole of a small file.
  func contents(limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = try await read() {
      bytes += piece.readableBytesView
      guard bytes.count <= limit else {
        throw Failure(.refused, "\(path) is longer than \(limit) bytes; is it the right file?")
      }
    }
    return bytes
  }

  /// Nil when nothing came for a while: a read that waits for a pipe could not be cancelled.
  private func readIfReady() throws(Failure) -> ByteBuffer? {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, 200) != 0 else { return nil }
    var piece = ByteBufferAllocator().buffer(capacity: Self.pieceSize)
    var error: Int32 = 0
    piece.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceSize) { space in
      let count = Glibc.read(descriptor, space.baseAddress, Self.pieceSize)
      if count < 0 { error = errno }
      return max(0, count)
    }
    if error == EINTR { return nil }
    guard error == 0 else {
      throw Failure(.unavailable, "cannot read \(path): \(String(cString: strerror(error)))")
    }
    return piece
  }
}
