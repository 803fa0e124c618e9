import Foundation

/// The few file operations that a data directory needs, each as durable as it says.
package enum Files {
  /// A system call that failed on a path.
  package struct Failure: Error, CustomStringConvertible {
    var call: String
    var path: String
    var code: Int32

    /// What a call on a path just failed with.
    package init(call: String, path: String, code: Int32 = errno) {
      self.call = call
      self.path = path
      self.code = code
    }

    package var description: String { "\(call) \(path): \(String(cString: strerror(code)))" }
  }

  package static func createDirectory(_ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: path,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
  }

  /// The names in a directory, in no order.
  package static func names(in directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory)
  }

  package static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Removes a file or a whole directory, if it is there.
  package static func removeAll(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.removeItem(atPath: path)
  }

  /// The whole of a small text file; nil when there is none.
  static func text(at path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Puts a small file in place whole, and returns when it and its name are on disk.
  package static func replace(_ path: String, with text: String) throws {
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("open", temporary) }
    do {
      defer { close(descriptor) }
      let bytes = Array(text.utf8)
      guard write(descriptor, bytes, bytes.count) == bytes.count else {
        throw failure("write", temporary)
      }
      guard fsync(descriptor) == 0 else { throw failure("fsync", temporary) }
    }
    guard rename(temporary, path) == 0 else { throw failure("rename", temporary) }
    try syncDirectory(of: path)
  }

  /// Which file a path leads to now: the device and the inode.
  static func identity(of path: String) throws -> (device: UInt64, inode: UInt64) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure("stat", path) }
    return (UInt64(status.st_dev), UInt64(status.st_ino))
  }

  /// Makes the name of a file, in the directory that holds it, durable.
  package static func syncDirectory(of path: String) throws {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync", directory) }
  }

  private static func failure(_ call: String, _ path: String) -> Failure {
    Failure(call: call, path: path, code: errno)
  }
}
