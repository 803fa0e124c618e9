import Foundation
import Testing

/// Data directories that are not what they should be.
@Suite(.stoppedLedger) struct DataDirectoryTests {
  /// Tries to serve the directory: it must be refused, and must be left as it was.
  private func expectRefused(
    _ directory: TestDirectory,
    status: Int32,
    _ words: String...
  ) async throws {
    let data = directory.path + "/data"
    let before = TestDirectory.files(below: data)
    let ended = try await Program.run(
      Program.shopledger,
      ["serve", "--data", data],
      in: directory
    )
    #expect(ended.status == status, "\(ended.errors)")
    for word in words + [data] {
      #expect(ended.errors.contains(word), "\(ended.errors)")
    }
    #expect(TestDirectory.files(below: data) == before)
  }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test func `a file is no data directory`() async throws {
    let directory = try TestDirectory()
    try write("notes", directory.path + "/data")
    try await expectRefused(directory, status: 3, "not a directory", "name a directory")
  }

  @Test func `a directory with files of somebody else is no ledger`() async throws {
    let directory = try TestDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.path + "/data/photos",
      withIntermediateDirectories: true
    )
    try write("notes", directory.path + "/data/notes.txt")
    try await expectRefused(directory, status: 3, "no manifest.json", "name an empty directory")
  }

  /// A limit on the size of files stands in for a full disk.
  @Test func `what the system refuses at the start is named, with the cure`() async throws {
    let directory = try TestDirectory()
    let data = directory.path + "/data"
    let ended = try await Program.run(
      "prlimit",
      ["--fsize=4096:", Program.shopledger, "serve", "--data", data],
      in: directory
    )
    #expect(ended.status == 1, "\(ended.errors)")
    #expect(ended.errors.hasPrefix("shopledger: \(data)"), "\(ended.errors)")
    #expect(ended.errors.contains("make room on the disk"), "\(ended.errors)")
  }

  @Test func `a map larger than the address space is refused, naming both`() async throws {
    let directory = try TestDirectory()
    let data = directory.path + "/data"
    let ended = try await Program.run(
      "prlimit",
      ["--as=\(512 << 30):", Program.shopledger, "serve", "--data", data],
      in: directory
    )
    #expect(ended.status == 1, "\(ended.errors)")
    for word in ["\(512 << 30)", "\(1 << 40)", "ulimit -v", "mapGibibytes"] {
      #expect(ended.errors.contains(word), "\(ended.errors)")
    }
  }

  @Test func `a ledger without its manifest is not taken up`() async throws {
    let directory = try StoppedLedger.copy()
    try FileManager.default.removeItem(atPath: directory.path + "/data/manifest.json")
    try await expectRefused(directory, status: 3, "no manifest.json")
  }

  @Test(arguments: [
    ("", "cannot be read"), ("{", "cannot be read"), ("\u{0}\u{1}", "cannot be read"),
    ("[]", "no format"), ("{}", "no format"), (#"{"format":"1"}"#, "no format"),
    (#"{"format":1}"#, "names no ledger"), (#"{"format":1,"ledger":"zz"}"#, "names no ledger"),
    (#"{"format":2,"ledger":"00"}"#, "knows format 1"),
    (#"{"format":2}"#, "use the program that wrote it"),
  ])
  func `a manifest that says nothing sound is refused`(
    manifest: String,
    word: String
  ) async throws {
    let directory = try StoppedLedger.copy()
    try write(manifest, directory.path + "/data/manifest.json")
    try await expectRefused(directory, status: 1, "manifest.json", word)
  }

  @Test func `a manifest without its log never starts a new one`() async throws {
    let directory = try StoppedLedger.copy()
    try FileManager.default.removeItem(atPath: directory.path + "/data/log")
    try await expectRefused(directory, status: 3, "no log", "backup")
  }

  /// What is done to the log's file, and a word that the refusal must have.
  enum Damage: CaseIterable {
    case removed
    case emptied
    case cutInHalf
    case cutToOnePage
    case cutWithinAPage
    case garbage
    case ofAnotherLedger

    func apply(to path: String) async throws {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let damaged: Data? =
        switch self {
        case .removed: nil
        case .emptied: Data()
        case .cutInHalf: bytes.prefix(bytes.count / 2)
        case .cutToOnePage: bytes.prefix(4096)
        case .cutWithinAPage: bytes.dropLast(100)
        case .garbage: Data((0..<bytes.count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        case .ofAnotherLedger: try await Self.otherLog()
        }
      if let damaged {
        try damaged.write(to: URL(fileURLWithPath: path))
      } else {
        try FileManager.default.removeItem(atPath: path)
      }
    }

    private static func otherLog() async throws -> Data {
      let other = try TestDirectory()
      try await withServer(in: other) { _ = try await $0.submit(Scenario.lines) }
      return try Data(contentsOf: URL(fileURLWithPath: other.path + "/data/log/data.mdb"))
    }
  }

  @Test(arguments: Damage.allCases)
  func `a log that is damaged is refused, and kept`(damage: Damage) async throws {
    let directory = try StoppedLedger.copy()
    try await damage.apply(to: directory.path + "/data/log/data.mdb")
    let status: Int32 = damage == .removed ? 3 : 1
    try await expectRefused(directory, status: status, "backup")
  }

  @Test(arguments: ["absent", "empty"])
  func `an absent or empty directory starts a new ledger`(kind: String) async throws {
    let directory = try TestDirectory()
    if kind == "empty" {
      try FileManager.default.createDirectory(
        atPath: directory.path + "/data",
        withIntermediateDirectories: false
      )
    }
    try await withServer(in: directory) { server in
      let position = try await server.position()
      #expect(position == 0)
    }
  }

  @Test func `what an interrupted start left is taken up`() async throws {
    let directory = try TestDirectory()
    let data = directory.path + "/data"
    try FileManager.default.createDirectory(
      atPath: data + "/log.new",
      withIntermediateDirectories: true
    )
    try write("half", data + "/log.new/data.mdb")
    try write("", data + "/lock")
    try await withServer(in: directory) { server in
      let position = try await server.position()
      #expect(position == 0)
    }
  }
}
