internal import Foundation
internal import Glibc

extension SocketPath {
  /// Makes sure that nobody else can put a socket of their own at the path.
  static func checkDirectory(of path: String) throws(SocketPathError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    func unsafe(_ detail: String) -> SocketPathError { .unsafeDirectory(directory, detail: detail) }
    var status = stat()
    guard lstat(directory, &status) == 0 else {
      throw unsafe(
        "cannot be entered: \(String(cString: strerror(errno))); make it, or name another"
      )
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: break
    case S_IFLNK:
      throw unsafe("is a symbolic link, which can be led elsewhere; name where it leads")
    default: throw unsafe("is no directory; name a path in one")
    }
    guard [0, geteuid()].contains(status.st_uid) else {
      throw unsafe(
        "belongs to user \(status.st_uid), who could put another socket there; name one of the "
          + "server's own user \(geteuid())"
      )
    }
    guard status.st_mode & 0o022 == 0 else {
      throw unsafe("can be written by others, who could put another socket there; chmod go-w it")
    }
  }
}
