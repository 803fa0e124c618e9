import Foundation
import Glibc
import Marketplace
import Testing

@testable import Ledger

struct DataDirectoryTests {
  private static let names = [
    "lock", "log", "manifest.json", "operations.ndjson", "state", "views",
  ]
  private let adoption =
    #"{"id":"c1","type":"AdoptPolicy","data":{"impulseMinutes":5}}"#

  @Test func `a new ledger has a manifest, a lock, a log, a state and views`() throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    #expect(try directory.names() == Self.names)
    #expect(String(decoding: try directory.bytes(of: "lock"), as: UTF8.self) == "\(getpid())\n")
    ledger.close()
  }

  /// What a creation that was interrupted leaves behind, by the step that it had reached.
  enum Leftover: CaseIterable {
    case lockOnly
    case logAside
    case logWithoutManifest
    case manifestAside
  }

  @Test(arguments: Leftover.allCases)
  func `a creation that was interrupted is taken up`(leftover: Leftover) async throws {
    let directory = try TestDirectory()
    try Ledger.open(directory).close()
    let files = FileManager.default
    for name in ["state", "views", "manifest.json", "operations.ndjson"] {
      try files.removeItem(atPath: directory.path + "/" + name)
    }
    switch leftover {
    case .lockOnly: try files.removeItem(atPath: directory.path + "/log")
    case .logAside:
      try files.moveItem(atPath: directory.path + "/log", toPath: directory.path + "/log.new")
      try directory.write([], to: "log.new/data.mdb")
    case .logWithoutManifest: break
    case .manifestAside: try directory.write(Array("{".utf8), to: "manifest.json.new")
    }

    let ledger = try Ledger.open(directory)
    #expect(await ledger.submit(adoption).positions == 1...1)
    #expect(try directory.names() == Self.names)
    ledger.close()
  }

  @Test func `a log with events but without its manifest is no ledger`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    _ = await ledger.submit(adoption)
    ledger.close()
    for name in ["state", "views", "manifest.json", "operations.ndjson"] {
      try FileManager.default.removeItem(atPath: directory.path + "/" + name)
    }
    #expect(throws: LedgerError.self) { try Ledger.open(directory) }
    #expect(try directory.names() == ["lock", "log"])
  }

  @Test func `a manifest without its log is never given a new one`() throws {
    let directory = try TestDirectory()
    try Ledger.open(directory).close()
    try FileManager.default.removeItem(atPath: directory.path + "/log")
    let error = #expect(throws: LedgerError.self) { try Ledger.open(directory) }
    #expect("\(try #require(error))".contains("has a manifest but no log"))
  }

  @Test func `the log of another ledger is refused`() throws {
    let directory = try TestDirectory()
    let other = try TestDirectory()
    try Ledger.open(directory).close()
    try Ledger.open(other).close()
    let log = directory.path + "/log"
    try FileManager.default.removeItem(atPath: log)
    try FileManager.default.copyItem(atPath: other.path + "/log", toPath: log)
    let error = #expect(throws: LedgerError.self) { try Ledger.open(directory) }
    #expect("\(try #require(error))".contains("is not the one that manifest.json names"))
  }

  @Test func `a directory of other files is left alone`() throws {
    let directory = try TestDirectory()
    try directory.write([1], to: "photo.jpg")
    let error = #expect(throws: LedgerError.self) { try Ledger.open(directory) }
    #expect("\(try #require(error))".contains("is no ledger"))
    #expect(try directory.names() == ["photo.jpg"])
  }

  @Test func `an open ledger refuses a second owner, and a closed one lets it in`() throws {
    let directory = try TestDirectory()
    let first = try Ledger.open(directory)
    let error = #expect(throws: LedgerError.self) { try Ledger.open(directory) }
    #expect("\(try #require(error))".contains("is in use by process \(getpid())"))
    first.close()
    // The first is still referred to: closing it was enough.
    let second = try Ledger.open(directory)
    #expect(first !== second)
    second.close()
  }
}
