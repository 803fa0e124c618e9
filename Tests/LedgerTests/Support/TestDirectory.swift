import Foundation
import Projections

/// A directory that lasts as long as one test.
final class TestDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "ledger-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// What a process that is killed now would leave behind, in a directory of its own.
  ///
  /// The copy has other inodes than the markers name, so nothing but the log is trusted in it,
  /// unless `marked`: then it is as if the same machine went on with the very same files.
  func copy(marked: Bool) throws -> TestDirectory {
    let copy = try TestDirectory()
    let files = FileManager.default
    for name in ["manifest.json", "log", "state", "views"] {
      try files.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
    }
    if marked {
      for directory in try copy.markedDirectories() {
        try TrustMarker(directory: directory).markBoot()
      }
    }
    return copy
  }

  private func markedDirectories() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path)
      .filter { $0.hasSuffix("/marker") }
      .map { path + "/" + $0.dropLast("/marker".count) }
  }

  func names(in folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  func bytes(of name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }
}
