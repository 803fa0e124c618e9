import EventLog
import Foundation
import JSON
import LMDB
import Ledger
import Testing

@testable import Marketplace

/// `shopledger verify` on files that are damaged, run as a program of its own.
@Suite struct VerifyTests {
  private let directory = StoppedDirectory()

  private func key(_ number: UInt64) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  private func record(_ position: UInt64) throws -> [UInt8] {
    try directory.withLog { log in
      try #require(try log.record(at: position) { $0.withUnsafeBytes { Array($0) } })
    }
  }

  /// The first event behind a position that a condition holds of.
  private func event(after: UInt64, where accepts: (Record) -> Bool) throws -> Record {
    try directory.withLog { log in
      var found: Record?
      try log.read(after: after, limit: 3000) { _, bytes in
        let record = try Record(decoding: bytes)
        if accepts(record) { found = record }
        return found == nil
      }
      return try #require(found)
    }
  }

  @Test func `a sound ledger is clean, and its root is the log's`() async throws {
    try await directory.fill()
    let (head, root, rows) = try directory.withLog { ($0.head, $0.rootHash, try $0.status()) }
    let (status, report) = try directory.verified()
    #expect(status == 0)
    #expect(
      report
        == .object([
          .init("directory", .string(directory.path)),
          .init("clean", .bool(true)),
          .init("rootHash", .string(root.map { String(format: "%02x", $0) }.joined())),
          .init("events", .integer(Int64(head))),
          .init("people", .integer(Int64(rows.people))),
          .init("texts", .integer(Int64(rows.texts))),
          .init("findingCount", .integer(0)),
          .init("findings", .array([])),
        ])
    )
    #expect(head > 2900)
  }

  @Test func `a byte flipped in a record is named by its event`() async throws {
    try await directory.fill()
    let bytes = try record(300)
    // The last byte belongs to the event's figures, so the record can still be read.
    let places = try directory.changeFile(where: bytes) { $0[$1 + bytes.count - 1] ^= 1 }
    #expect(places > 0)
    #expect(try directory.findings() == ["exit 1", "tree@300"])
  }

  @Test func `a byte flipped behind the last full tile is named by a group of events`() async throws
  {
    try await directory.fill()
    let head = try directory.withLog { $0.head }
    // Of 2,048 + 512 + 256 + 64 + 32 + 16 + 4 + 2 + 1, the 32.
    #expect(head == 2935)
    let bytes = try record(2900)
    let places = try directory.changeFile(where: bytes) { $0[$1 + bytes.count - 1] ^= 1 }
    #expect(places > 0)
    #expect(try directory.findings() == ["exit 1", "tree@2881"])
  }

  @Test func `a byte flipped in a name is named by the event that brought the person`() async throws
  {
    try await directory.fill()
    let event = try event(after: 500) { !$0.envelope.newPeople.isEmpty }
    let number = try #require(event.envelope.newPeople.first).person.number
    let salt = try directory.withLog { try #require(try $0.person(number)).salt }
    let places = try directory.changeFile(where: salt) { $0[$1 + salt.count] ^= 1 }
    #expect(places > 0)
    #expect(try directory.findings() == ["exit 1", "people@\(event.position)"])
  }

  @Test func `a byte flipped in a text is named by its event`() async throws {
    try await directory.fill()
    let event = try event(after: 500) { !$0.event.textHash.isEmpty }
    let salt = try directory.withLog { try #require(try $0.text(at: event.position)).salt }
    let places = try directory.changeFile(where: salt) { $0[$1 + 3] ^= 0x80 }
    #expect(places > 0)
    #expect(try directory.findings() == ["exit 1", "texts@\(event.position)"])
  }

  @Test func `rows that are gone, or that nobody promised, are named`() async throws {
    try await directory.fill()
    let person = try event(after: 500) { !$0.envelope.newPeople.isEmpty }
    let number = try #require(person.envelope.newPeople.first).person.number
    let text = try event(after: 500) { !$0.event.textHash.isEmpty }
    let silent = try event(after: text.position) { $0.event.textHash.isEmpty }
    let lastPerson = try directory.withLog { UInt64(try $0.status().people) }
    try directory.tamper("people") { transaction, table in
      try transaction.delete(table, key: key(number))
      try transaction.put(table, key: key(lastPerson + 1), value: [1])
    }
    try directory.tamper("texts") { transaction, table in
      try transaction.delete(table, key: key(text.position))
      try transaction.put(table, key: key(silent.position), value: [1])
    }
    #expect(
      Set(try directory.findings()) == [
        "exit 1", "people@\(person.position)", "people", "texts@\(text.position)",
        "texts@\(silent.position)",
      ]
    )
  }

  @Test func `an event that is gone is a gap at its position`() async throws {
    try await directory.fill()
    try directory.tamper("events") { try $0.delete($1, key: key(300)) }
    let findings = try directory.findings()
    #expect(findings.prefix(3) == ["exit 1", "tree@300", "records@300"])
  }

  @Test func `a file that was cut is told, not read`() async throws {
    try await directory.fill()
    try cut(directory.logPath + "/data.mdb")
    let (status, report) = try directory.verified()
    #expect(status == 1)
    #expect(report["findings"]?.array?.map { $0["check"]?.string } == ["log"])
    let detail = report["findings"]?[0]?["detail"]?.string ?? ""
    #expect(detail.contains("where its last page ends at"))
  }

  private func cut(_ path: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: try handle.seekToEnd() / 2)
    try handle.close()
  }

  /// LMDB would hand out a record of 4 GB that ends behind the file.
  @Test func `damage that ends the reader by a signal is a finding`() async throws {
    try await directory.fill()
    let bytes = try record(300)
    // A node is: size low, size high, flags, key size (16 bits each), the key, the record.
    let places = try directory.changeFile(where: key(300) + bytes) {
      $0[$1 - 6] = 0xFF
      $0[$1 - 5] = 0xFF
    }
    #expect(places > 0)
    let (status, report) = try directory.verified()
    #expect(status == 1)
    #expect(report["clean"] == .bool(false))
    #expect(report["findings"]?[0]?["check"]?.string == "log")
    let detail = report["findings"]?[0]?["detail"]?.string ?? ""
    #expect(detail.contains("ended by signal 7") || detail.contains("ended by signal 11"))
  }

  @Test func `a tail that is gone is named by where it began`() async throws {
    try await directory.fill()
    let head = try directory.withLog { $0.head }
    try directory.tamper("events") { transaction, table in
      for position in head - 399...head { try transaction.delete(table, key: key(position)) }
    }
    let findings = try directory.findings()
    #expect(findings.prefix(3) == ["exit 1", "tree@\(head - 399)", "records@\(head - 399)"])
  }

  @Test func `each of several changed records is named, and no hash above them`() async throws {
    try await directory.fill()
    let changed: [UInt64] = [1, 300, 301, 2600]
    for position in changed {
      let bytes = try record(position)
      _ = try directory.changeFile(where: bytes) { $0[$1 + bytes.count - 1] ^= 1 }
    }
    #expect(try directory.findings() == ["exit 1"] + changed.map { "tree@\($0)" })
  }

  @Test func `rows of a view that are not those of the events are told when it goes deep`()
    async throws
  {
    try await directory.fill()
    #expect(
      try StoppedDirectory.shopledger("verify", "--deep", "--data", directory.path).status == 0
    )
    let generation = directory.path + "/views/modes/1"
    let environment = try Environment(directory: generation, mapSize: 1 << 30)
    let rows = try environment.openTable("rows")
    try environment.write { transaction in
      let (key, value) = try #require(try transaction.first(rows))
      try transaction.put(rows, key: key, value: value.map { $0 ^ 1 })
    }
    environment.close()
    #expect(try directory.findings() == ["exit 0"])
    let outcome = try StoppedDirectory.shopledger(
      "verify",
      "--deep",
      "--json",
      "--data",
      directory.path
    )
    #expect(outcome.status == 1)
    #expect(outcome.output.contains(#""check":"view modes""#))
    #expect(outcome.output.contains("1 of "))
  }

  @Test func `state and views of another ledger are told`() async throws {
    let other = StoppedDirectory()
    try await directory.fill(seed: 1)
    try await other.fill(seed: 2)
    for fold in ["state", "views"] {
      try FileManager.default.removeItem(atPath: directory.path + "/" + fold)
      try FileManager.default.copyItem(
        atPath: other.path + "/" + fold,
        toPath: directory.path + "/" + fold
      )
    }
    #expect(
      try directory.findings() == [
        "exit 1", "state", "view dashboard", "view agency", "view modes", "view people",
        "view index",
      ]
    )
  }

  @Test func `a log of another ledger is told by the manifest`() async throws {
    let other = StoppedDirectory()
    try await directory.fill(seed: 1)
    try await other.fill(seed: 2)
    try FileManager.default.removeItem(atPath: directory.path + "/manifest.json")
    try FileManager.default.copyItem(
      atPath: other.path + "/manifest.json",
      toPath: directory.path + "/manifest.json"
    )
    #expect(try directory.findings() == ["exit 1", "manifest"])
  }

  @Test func `a directory that is held is refused with its owner and the cure`() throws {
    let ledger = try directory.open()
    defer { ledger.close() }
    for arguments in [["verify"], ["rebuild", "--all"]] {
      let outcome = try StoppedDirectory.shopledger(
        arguments[0],
        arguments.count > 1 ? arguments[1] : "--json",
        "--data",
        directory.path
      )
      #expect(
        outcome
          == .init(
            status: 1,
            output: "",
            error: "shopledger: \(directory.path) is in use by process \(getpid()); "
              + "stop it first, or ask it over its socket\n"
          )
      )
    }
  }

  @Test func `where no ledger is there is no data, and nothing is made`() throws {
    let outcome = try StoppedDirectory.shopledger("verify", "--data", directory.path)
    #expect(
      outcome
        == .init(
          status: 3,
          output: "",
          error: "shopledger: \(directory.path) holds no ledger: it has no manifest.json; "
            + "name the data directory of one\n"
        )
    )
    #expect(!FileManager.default.fileExists(atPath: directory.path))
  }

  @Test func `views are rebuilt where no server runs`() async throws {
    try await directory.fill()
    let outcome = try StoppedDirectory.shopledger(
      "rebuild",
      "modes",
      "--json",
      "--data",
      directory.path
    )
    #expect(outcome.status == 0)
    let views = try JSONValue(parsing: Array(outcome.output.utf8))["views"]?.array ?? []
    let view = try #require(views.first { $0["view"]?.string == "modes" })
    #expect(view["generation"] == .integer(2))
    #expect(view["lastRebuild"]?["differences"] == .integer(0))
    #expect(view["position"]?.integer == Int64(try directory.withLog { $0.head }))
  }
}
