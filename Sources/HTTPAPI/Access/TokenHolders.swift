internal import Glibc
internal import Synchronization

/// Those whom the file of tokens lets in, as it is now.
///
/// The file is read again when it is another one: a token that was removed opens nothing more.
/// Looking costs a system call, of some microseconds.
final class TokenHolders: Sendable {
  private let file: TokenFile
  private let known = Mutex<Known?>(nil)

  private struct Known {
    var version: [Int]
    var entries: [TokenFile.Entry]
  }

  init(_ file: TokenFile) {
    self.file = file
  }

  /// Who holds a token; nil when nobody does.
  func caller(with token: String) throws(TokenFileError) -> Caller? {
    let version = version
    let entries = try known.withLock { known throws(TokenFileError) in
      if let known, known.version == version { return known.entries }
      let entries = try file.entries()
      known = Known(version: version, entries: entries)
      return entries
    }
    let hash = TokenFile.hash(of: token)
    // All are looked at, and each to its end: how long it takes tells nothing.
    var holder: TokenFile.Entry?
    for entry in entries {
      let difference = zip(entry.hash, hash).reduce(0) { $0 | ($1.0 ^ $1.1) }
      if difference == 0 { holder = entry }
    }
    return holder.map { Caller(name: "token \($0.name)", user: nil, roles: $0.roles) }
  }

  private var version: [Int] {
    var status = stat()
    guard lstat(file.path, &status) == 0 else { return [] }
    return [
      Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
      status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
    ]
  }
}
