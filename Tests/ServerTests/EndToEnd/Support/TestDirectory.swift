import Foundation

/// A directory that lasts as long as one test, with a path short enough for a unix socket.
final class TestDirectory: Sendable {
  let path: String

  init() throws {
    path = "/tmp/shopledger-" + UUID().uuidString.prefix(13)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Every file below a directory or file, with what it holds; but those that only say who is at
  /// work there, and sockets.
  static func files(below path: String) -> [String: Data] {
    let manager = FileManager.default
    var files: [String: Data] = [:]
    files[""] = manager.contents(atPath: path)
    for name in manager.enumerator(atPath: path)?.compactMap({ $0 as? String }) ?? []
    where name != "lock" && !name.hasSuffix("lock.mdb") {
      files[name] = manager.contents(atPath: path + "/" + name)
    }
    return files
  }
}
