import Foundation
import LMDB

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

    /// What went wrong; and the cure.
    package var description: String {
      "\(call) \(path): \(String(cString: strerror(code))); \(SystemCure.text(for: code))"
    }
  }

  /// Makes a directory and those above it, where they are not.
  package static func createDirectory(_ path: String, permissions: Int = 0o700) throws {
    try naming("mkdir", path) {
      try FileManager.default.createDirectory(
        atPath: path,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: permissions]
      )
    }
  }

  /// The names in a directory, in no order.
  package static func names(in directory: String) throws -> [String] {
    try naming("read", directory) {
      try FileManager.default.contentsOfDirectory(atPath: directory)
    }
  }

  package static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Whether there is something under a path that is no directory, nor leads to one.
  package static func isOtherThanDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  /// Removes a file or a whole directory, if it is there.
  package static func removeAll(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try naming("remove", path) { try FileManager.default.removeItem(atPath: path) }
  }

  /// Foundation's errors are for windows on a screen: what counts is the system's error inside.
  private static func naming<Result>(
    _ call: String,
    _ path: String,
    _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as CocoaError {
      let inner = error.userInfo[NSUnderlyingErrorKey] as? any Error
      guard let code = (inner as? POSIXError)?.code.rawValue else { throw error }
      throw Failure(call: call, path: path, code: code)
    }
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
