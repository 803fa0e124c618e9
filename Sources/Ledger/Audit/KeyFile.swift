internal import Foundation
internal import Glibc
internal import Projections

/// A private key in a file that nobody but its owner may read.
package enum KeyFile {
  /// Writes a key to a file that is not there yet, durably, with mode 0600.
  package static func create(_ path: String, _ key: SigningKey) throws(AuditError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      guard errno == EEXIST else {
        throw AuditError("\(Files.Failure(call: "open", path: path))")
      }
      throw AuditError(
        "\(path) is there already, and a key is never overwritten; name another file"
      )
    }
    defer { close(descriptor) }
    let bytes = Array(key.text.utf8)
    do {
      guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
        throw Files.Failure(call: "write", path: path)
      }
      try Files.syncDirectory(of: path)
    } catch {
      unlink(path)
      throw AuditError("\(error)")
    }
  }

  /// Reads a key.
  ///
  /// - Throws: also when others than its owner could read the file, or it is of another user.
  package static func read(_ path: String) throws(AuditError) -> SigningKey {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let failure = Files.Failure(call: "open", path: path)
      throw AuditError("\(failure); make a key with keygen, or name its file with audit.key")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw AuditError("\(Files.Failure(call: "stat", path: path))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw AuditError("\(path) is no file") }
    guard status.st_mode & 0o077 == 0 else {
      throw AuditError(
        "others can reach the private key in \(path), so it may be known to them: make a new one, "
          + "or if you are sure of them, chmod 600 \(path)"
      )
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw AuditError("the private key in \(path) is of another user; chown it to this one")
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw AuditError("\(Files.Failure(call: "read", path: path))") }
    do {
      return try SigningKey(parsing: String(decoding: bytes.prefix(count), as: UTF8.self))
    } catch {
      throw AuditError("\(path): \(error)")
    }
  }
}
