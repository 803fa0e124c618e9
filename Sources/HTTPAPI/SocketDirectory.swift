internal import Foundation
internal import Glibc

extension SocketPath {
  /// Makes sure that nobody else can put a socket of their own at the path.
  static func checkDirectory(of path: String) throws(SocketPathError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    func unsafe(_ detail: String) -> SocketPathError { .unsafeDirectory(directory, detail: detail) }
    // Not stat(2): the structure is also in a module of NIO's, and the compiler takes either.
    let found: [FileAttributeKey: Any]
    do {
      found = try FileManager.default.attributesOfItem(atPath: directory)
    } catch {
      throw unsafe("cannot be entered: \(error.localizedDescription); make it, or name another")
    }
    switch found[.type] as? FileAttributeType {
    case .typeDirectory: break
    case .typeSymbolicLink:
      throw unsafe("is a symbolic link, which can be led elsewhere; name where it leads")
    default: throw unsafe("is no directory; name a path in one")
    }
    let owner = (found[.ownerAccountID] as? NSNumber)?.uint32Value
    guard let owner, [0, geteuid()].contains(owner) else {
      throw unsafe(
        "belongs to user \(owner.map(String.init) ?? "unknown"), who could put another socket there; "
          + "name one of the server's own user \(geteuid())"
      )
    }
    let mode = (found[.posixPermissions] as? NSNumber)?.uint16Value ?? 0o777
    guard mode & 0o022 == 0 else {
      throw unsafe("can be written by others, who could put another socket there; chmod go-w it")
    }
  }
}
