internal import Crypto
internal import Foundation
internal import Glibc
internal import Ledger

/// Why the tokens cannot be read or changed; says the cure.
public struct TokenFileError: Error, CustomStringConvertible, Sendable {
  /// What is wrong, and the cure.
  public var description: String
}

/// The file of those who may come in over TCP: a line `HASH ROLES NAME` for each.
///
/// The hash is SHA-256 of the token in hexadecimal digits; a token is 256 random bits, so its hash
/// needs no salt and cannot be searched for. The token itself is nowhere but with who got it.
public struct TokenFile: Sendable {
  /// One who may come in.
  public struct Entry: Sendable {
    /// 1 to 64 letters, digits, dots, hyphens and underscores.
    public var name: String
    /// What they may do.
    public var roles: Roles
    let hash: [UInt8]
  }

  /// Where the file is.
  public let path: String

  /// The file at a path, which need not be there yet.
  public init(path: String) {
    self.path = path
  }

  /// Every entry, in the order in which they were added.
  ///
  /// - Throws: `TokenFileError` when others may write the file, or a line is none.
  public func entries() throws(TokenFileError) -> [Entry] {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return [] }
      throw failure("cannot be read: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o022 == 0,
      [0, geteuid()].contains(status.st_uid) || geteuid() == 0
    else {
      throw failure(
        "can be changed by others, who could let themselves in; make it a file of the server's own "
          + "user with mode 0600"
      )
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw failure("cannot be read; make it a file of the server's own user with mode 0600")
    }
    var entries: [Entry] = []
    for (number, line) in String(decoding: data, as: UTF8.self).split(separator: "\n").enumerated()
    {
      guard let entry = Entry(line) else {
        throw failure("is damaged in line \(number + 1); remove that line, and add its token anew")
      }
      entries.append(entry)
    }
    return entries
  }

  /// Makes a token, and lets in who shows it from now on.
  ///
  /// - Returns: the token, which nobody can tell again.
  public func add(name: String, roles: Roles) throws(TokenFileError) -> String {
    guard Entry.isName(name) else {
      throw TokenFileError(
        description: "\(name) is no name for a token; "
          + "give 1 to 64 letters, digits, dots, hyphens and underscores"
      )
    }
    var random = SystemRandomNumberGenerator()
    let token = Ledger.hex((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    try change { entries throws(TokenFileError) in
      guard !entries.contains(where: { $0.name == name }) else {
        throw TokenFileError(
          description: "there is a token \(name) already; remove it first, or give another name"
        )
      }
      entries.append(Entry(name: name, roles: roles, hash: Self.hash(of: token)))
    }
    return token
  }

  /// Lets in nobody with this token from now on; what is being answered is still answered.
  public func remove(name: String) throws(TokenFileError) {
    try change { entries throws(TokenFileError) in
      guard let index = entries.firstIndex(where: { $0.name == name }) else {
        throw TokenFileError(
          description: "there is no token \(name); shopledger token list shows those that there are"
        )
      }
      entries.remove(at: index)
    }
  }

  // MARK: Changing

  /// Replaces the file whole, one who changes it at a time.
  private func change(
    _ body: (inout [Entry]) throws(TokenFileError) -> Void
  ) throws(TokenFileError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let held = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard held >= 0 else {
      throw failure(
        "cannot be made, since \(directory) cannot be entered: "
          + "\(String(cString: strerror(errno))); start the server once, or name another file"
      )
    }
    defer { close(held) }
    flock(held, LOCK_EX)
    var entries = try entries()
    try body(&entries)
    let text = entries.map { "\(Ledger.hex($0.hash)) \($0.roles.text) \($0.name)\n" }.joined()
    try replace(with: Array(text.utf8), owner: held)
    fsync(held)
  }

  private func replace(with text: [UInt8], owner directory: Int32) throws(TokenFileError) {
    let aside = path + ".new"
    unlink(aside)
    let file = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failed("open") }
    defer { close(file) }
    // Root may do this for the server's user, who has to read it.
    var status = stat()
    if geteuid() == 0, fstat(directory, &status) == 0 {
      fchown(file, status.st_uid, status.st_gid)
    }
    guard write(file, text, text.count) == text.count else { throw failed("write") }
    guard fsync(file) == 0 else { throw failed("fsync") }
    guard rename(aside, path) == 0 else { throw failed("rename") }
  }

  private func failed(_ call: String) -> TokenFileError {
    failure("is as it was: \(call) \(path).new: \(String(cString: strerror(errno)))")
  }

  private func failure(_ detail: String) -> TokenFileError {
    TokenFileError(description: "the file of tokens \(path) \(detail)")
  }

  static func hash(of token: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(token.utf8)))
  }
}

extension TokenFile.Entry {
  fileprivate init?(_ line: Substring) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, let hash = Ledger.bytes(hex: String(words[0])), hash.count == 32,
      let roles = Roles(words[1]), Self.isName(String(words[2]))
    else { return nil }
    self.init(name: String(words[2]), roles: roles, hash: hash)
  }

  fileprivate static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        Character(UnicodeScalar(byte)).isLetter && byte < 128
          || Character(UnicodeScalar(byte)).isNumber && byte < 128
          || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
      }
  }
}
