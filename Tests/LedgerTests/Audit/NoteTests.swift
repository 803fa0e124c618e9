import EventLog
import Foundation
import TestSupport
import Testing

@testable import Ledger

/// Keys, notes, checkpoints and paths are those of the published formats.
@Suite struct NoteTests {
  /// The example of the package golang.org/x/mod/sumdb/note.
  private static let goSecret =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  private static let goVerifier =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  private static let goText = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    """
  private static let goNote = """
    \(goText)
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

    """

  @Test func `a key that Go made signs as Go does`() throws {
    let key = try SigningKey(parsing: Self.goSecret)
    #expect("\(key.verifier)" == Self.goVerifier)
    #expect(key.text == Self.goSecret + "\n")
    let note = try SignedNote(signing: Self.goText, by: key)
    // Others may add to a signature's chance, so it is checked and not compared.
    try note.check(VerifierKey(parsing: Self.goVerifier))
    try SignedNote(parsing: note.bytes).check(VerifierKey(parsing: Self.goVerifier))
  }

  @Test func `a note that Go signed is believed, and nothing near it`() throws {
    let key = try VerifierKey(parsing: Self.goVerifier)
    try SignedNote(parsing: Array(Self.goNote.utf8)).check(key)
    for (old, new) in [("answer", "Answer"), ("x08go/Z", "x08go/a")] {
      let changed = Self.goNote.replacingOccurrences(of: old, with: new)
      #expect(throws: AuditError.self) {
        try SignedNote(parsing: Array(changed.utf8)).check(key)
      }
    }
    #expect(throws: AuditError.self) {
      try SignedNote(parsing: Array(Self.goNote.utf8)).check(SigningKey(name: "other").verifier)
    }
  }

  @Test(
    arguments: [
      "", "\n", "\n\n", "text", "text\n\n", "text\n\n\u{2014} name\n", "text\n\n- name AAAAAAA=\n",
      "text\n\n\u{2014} name !!!\n", "text\n\n\u{2014} name AAAA\n",
      "a\u{1}b\n\n\u{2014} n AAAAAAA=\n",
    ]
  )
  func `what is no note is told to be none`(text: String) {
    #expect(throws: AuditError.self) { try SignedNote(parsing: Array(text.utf8)) }
  }

  @Test(
    arguments: [
      "", "name", "name+00000000+AAAA", "a b+4c16639c+AW9vO/UoSI+aBmy++JS7fgrvQYQJqnuVzDW6qz/be7zT",
      // Another name has another id; an id of one digit changed; a type that is not Ed25519.
      "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ]
  )
  func `what is no verifier key is told to be none`(text: String) {
    #expect(throws: AuditError.self) { try VerifierKey(parsing: text) }
  }

  @Test(arguments: ["", "a b", "a+b", "a\nb", "a\u{2003}b"])
  func `a name that notes cannot carry is refused`(name: String) {
    #expect(throws: AuditError.self) { try SigningKey(name: name) }
  }

  // MARK: Files

  @Test func `a key's file is its owner's alone, and never overwritten`() throws {
    let directory = try TestDirectory()
    let path = directory.path + "/key"
    let key = try SigningKey(name: "example.com/ledger")
    try KeyFile.create(path, key)
    #expect(try KeyFile.read(path).verifier == key.verifier)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    #expect(throws: AuditError.self) { try KeyFile.create(path, key) }
    for mode in [0o640, 0o604, 0o620, 0o601] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      #expect(throws: AuditError.self) { try KeyFile.read(path) }
    }
    #expect(throws: AuditError.self) { try KeyFile.read(directory.path) }
    #expect(throws: AuditError.self) { try KeyFile.read(directory.path + "/none") }
  }

  // MARK: Paths

  /// 1234067 is the example of C2SP's tlog-tiles.
  @Test(
    arguments: [
      ("tile/0/x001/x234/067", TilePath(level: 0, index: 1_234_067, width: 256)),
      ("tile/2/000.p/1", TilePath(level: 2, index: 0, width: 1)),
      ("tile/entries/x999/999.p/255", TilePath(level: nil, index: 999_999, width: 255)),
      (
        "tile/63/x018/x446/x744/x073/x709/x551/615",
        TilePath(level: 63, index: .max, width: 256)
      ),
    ]
  )
  func `a tile's path is written and read`(text: String, path: TilePath) {
    #expect("\(path)" == text)
    #expect(TilePath(parsing: text) == path)
  }

  @Test(
    arguments: [
      "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/0000", "tile/0/x000/001", "tile/00/000",
      "tile/64/000", "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
      "tile/0/001/002", "tile/0/x001", "tile/0/../000", "tile/entry/000", "tile/0/000.p",
      "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/+01", "tile/0/000/", "entries/000",
    ]
  )
  func `another spelling is no path`(text: String) {
    #expect(TilePath(parsing: text) == nil)
  }

  /// The example of C2SP's tlog-tiles.
  @Test func `a tree of 70,000 has the tiles that the format says`() {
    let tiles = TilePath.all(size: 70_000)
    #expect(tiles.filter { $0.level == 0 && $0.width == 256 }.count == 273)
    #expect(
      tiles.filter { $0.level != 0 && $0.level != nil || $0.width < 256 } == [
        TilePath(level: nil, index: 273, width: 112), TilePath(level: 0, index: 273, width: 112),
        TilePath(level: 1, index: 0, width: 256), TilePath(level: 1, index: 1, width: 17),
        TilePath(level: 2, index: 0, width: 1),
      ]
    )
    #expect(
      TilePath.all(size: 256) == [
        TilePath(level: nil, index: 0, width: 256), TilePath(level: 0, index: 0, width: 256),
        TilePath(level: 1, index: 0, width: 1),
      ]
    )
    #expect(TilePath.all(size: 0) == [])
  }

  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func `what was exported and what is beyond it make the whole`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let size = UInt64.random(in: 0...200_000, using: &random)
    let old = UInt64.random(in: 0...size, using: &random)
    let isFull = { (path: TilePath) in path.width == 256 }
    let whole = Set(TilePath.all(size: size))
    let parts = TilePath.all(size: old).filter(isFull) + TilePath.all(size: size, beyond: old)
    #expect(Set(parts) == whole && parts.count == whole.count, "\(old) of \(size)")
  }
}
