import Foundation

/// A directory that lasts as long as one test; environments are opened once a process, so each
/// test has its own.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "lmdb-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  var dataFile: String { path + "/data.mdb" }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
