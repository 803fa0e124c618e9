/// Whether what a generation's file holds is what was committed to it.
///
/// Generations commit without fsync, so after a power cut the file may hold any mixture of old and
/// new pages, and LMDB would not notice. The file `marker` beside it says that no power cut lies
/// between: `boot ID DEVICE INODE`, written before the first commit, holds while the machine has not
/// restarted and the file is the same; `clean` is written behind a final sync and durably replaced
/// before the next commit. A generation without a marker that holds is folded anew.
package struct TrustMarker {
  private let path: String
  private let dataFile: String

  package init(directory: String) {
    path = directory + "/marker"
    dataFile = directory + "/data.mdb"
  }

  package var holds: Bool {
    isClean || bootText.map { $0 == Files.text(at: path) } ?? false
  }

  var isClean: Bool { Files.text(at: path) == Self.clean }

  /// Says, before commits begin, that they are safe until the machine restarts.
  ///
  /// Returns when a `clean` from before is gone for good: it must not come back with a power cut
  /// that loses the commits that follow.
  package func markBoot() throws {
    try Files.replace(path, with: bootText ?? "unknown\n")
  }

  /// Says that all commits are synced; until the next `markBoot` none may follow.
  package func markClean() throws {
    try Files.replace(path, with: Self.clean)
  }

  private static let clean = "clean\n"

  /// Nil when the system does not say which boot this is, or the data file is not there.
  private var bootText: String? {
    guard let boot = Files.text(at: "/proc/sys/kernel/random/boot_id"),
      let (device, inode) = try? Files.identity(of: dataFile)
    else { return nil }
    return "boot \(boot.prefix { $0 != "\n" }) \(device) \(inode)\n"
  }
}
