internal import Foundation
internal import Glibc

extension SocketPath {
  /// Makes sure that nobody else can put a socket of their own at the path.
  static func checkDirectory(of path: String) throws(SocketPathError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    func unsafe(_ detail: String) -> SocketPathError { .unsafeDirectory(directory, detail: detail) }
    // By Foundation: `struct stat` is also in a module of NIO's, and which of the two counts depends
    // on the order in which the compiler meets them.
    let found: [FileAttributeKey: Any]
    do {
      found = try FileManager.default.attributesOfItem(atPath: directory)
    } catch {
      throw unsafe(
        "cannot be entered: \(error.localizedDescription); make it, or name another"
      )
    }
    switch found[.type] as? FileAttributeType {
    case .typeDirectory: break
    case .typeSymbolicLink:
      throw unsafe("is a symbolic link, which can be led elsewhere; name where it leads")
    default: throw unsafe("is no directory; name a path in one")
    }
    let owner = (found[.ownerAccountID] as? NSNumber)?.uint32Value ?? .max
    guard [0, geteuid()].contains(owner) else {
      throw unsafe(
        "belongs to user \(owner), who could put another socket there; name one of the "
          + "server's own user \(geteuid())"
      )
    }
    guard let mode = found[.posixPermissions] as? NSNumber, mode.intValue & 0o022 == 0 else {
      throw unsafe("can be written by others, who could put another socket there; chmod go-w it")
    }
  }
}
