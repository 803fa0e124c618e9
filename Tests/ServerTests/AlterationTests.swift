import EventLog
import Foundation
import JSON
import LMDB
import Ledger
import Testing

@testable import shopledger

/// A real log, altered by chance in every way that a disk or a forger could, and what `verify` says.
///
/// Forty seeds as a rule; SHOPLEDGER_ALTERATIONS says how many otherwise.
@Suite(.serialized) struct AlterationTests {
  private static let seeds: ClosedRange<UInt64> =
    1...(ProcessInfo.processInfo.environment["SHOPLEDGER_ALTERATIONS"].flatMap(UInt64.init) ?? 40)

  private enum Alteration: CaseIterable {
    case recordBit, tileBit, anyByte, deletion, swap, renumbering, truncation, replacedTail
    case olderCopy, frontierBit
  }

  @Test func `every altered record is named, and verify never crashes`() async throws {
    let sound = try await SoundLog()
    for seed in Self.seeds {
      let kinds = Alteration.allCases
      let kind = kinds[Int(seed) % kinds.count]
      var random = SplitMix64(seed: seed)
      let copy = try sound.copy()
      let altered = try alter(copy, kind, sound, &random)
      let (status, report) = try sound.verify(copy)
      let findings = report["findings"]?.array ?? []
      let told = "seed \(seed), \(kind) of \(altered): \(report)"
      if altered.isEmpty {
        // No record was touched: it may be sound all the same.
        #expect(status == 0 || status == 1 && !findings.isEmpty, "\(told)")
        continue
      }
      #expect(status == 1, "\(told)")
      for position in altered {
        #expect(findings.contains { Self.names($0, position) }, "\(told), not event \(position)")
      }
      // A log whose records were changed can be opened or not, but ends no program.
      for command in [["tiles", copy.path + "/tiles"], ["rebuild", "people"]] {
        let outcome = try StoppedDirectory.shopledger(command + ["--data", copy.path])
        #expect([0, 1].contains(outcome.status), "\(command) after \(told): \(outcome.error)")
      }
    }
  }

  /// Whether a finding is of an event, or of a group that it is in.
  private static func names(_ finding: JSONValue, _ position: UInt64) -> Bool {
    guard let first = finding["position"]?.integer else { return false }
    if first == Int64(position) { return true }
    let detail = finding["detail"]?.string ?? ""
    if detail.hasPrefix("there is no event from here") { return first <= position }
    guard let group = detail.firstMatch(of: /events (\d+) to (\d+)/), let start = UInt64(group.1),
      let end = UInt64(group.2)
    else { return finding["check"]?.string == "checkpoint" && first <= Int64(position) }
    return start...end ~= position
  }

  /// Alters a copy; answers the events whose records are not what they were.
  private func alter(
    _ copy: StoppedDirectory,
    _ kind: Alteration,
    _ sound: SoundLog,
    _ random: inout SplitMix64
  ) throws -> [UInt64] {
    let head = UInt64(sound.records.count)
    let position = UInt64(random.within(1...sound.records.count))
    let record = sound.records[Int(position) - 1]
    switch kind {
    case .recordBit:
      let place = random.below(record.count)
      let bit = UInt8(1) << UInt8(random.below(8))
      let changed = try copy.changeFile(where: record) { $0[$1 + place] ^= bit }
      try #require(changed > 0)
      return [position]
    case .tileBit:
      let tile = random.element(of: sound.tiles)
      let place = random.below(tile.count)
      _ = try copy.changeFile(where: tile) { $0[$1 + place] ^= 0x10 }
      return []
    case .anyByte:
      try copy.withFile { file in
        let place = random.below(file.count)
        file[place] ^= 1 << UInt8(random.below(8))
      }
      return []
    case .deletion:
      try copy.tamper("events") { try $0.delete($1, key: key(position)) }
      return [position]
    case .swap:
      let other = position % head + 1
      try copy.tamper("events") { transaction, table in
        try transaction.put(table, key: key(position), value: sound.records[Int(other) - 1])
        try transaction.put(table, key: key(other), value: record)
      }
      return [position, other]
    case .renumbering:
      try copy.tamper("events") { transaction, table in
        try transaction.delete(table, key: key(position))
        try transaction.put(table, key: key(head + 1), value: record)
      }
      return [position, head + 1]
    case .truncation:
      try copy.withFile { $0 = $0.prefix(random.below($0.count)) }
      return []
    case .replacedTail:
      // A report keeps the first hundred findings of a check.
      let count = UInt64(random.within(1...60))
      try copy.tamper("events") { transaction, table in
        for tail in head - count + 1...head {
          try transaction.put(table, key: key(tail), value: sound.records[Int(tail - count) - 1])
        }
      }
      return Array(head - count + 1...head)
    case .olderCopy:
      let file = copy.logPath + "/data.mdb"
      try FileManager.default.removeItem(atPath: file)
      try FileManager.default.copyItem(atPath: sound.older, toPath: file)
      return [head]
    case .frontierBit:
      try copy.tamper("meta") { transaction, table in
        let key = Array("frontier".utf8)
        var frontier = try #require(try transaction.get(table, key: key))
        frontier[random.within(8...frontier.count - 1)] ^= 4
        try transaction.put(table, key: key, value: frontier)
      }
      return []
    }
  }

  private func key(_ number: UInt64) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}

/// A log with some tiles, an older copy of it, and a checkpoint that is kept elsewhere.
private final class SoundLog {
  private let directory = StoppedDirectory()
  private let aside = NSTemporaryDirectory() + "aside-" + UUID().uuidString
  private let key: SigningKey
  let records: [[UInt8]]
  let tiles: [[UInt8]]

  var older: String { aside + "/older" }

  init() async throws {
    let files = FileManager.default
    try files.createDirectory(atPath: aside, withIntermediateDirectories: true)
    key = try SigningKey(name: "example.com/ledger")
    try KeyFile.create(aside + "/key", key)
    try await directory.fill(seed: 7, commands: 300)
    try files.copyItem(atPath: directory.logPath + "/data.mdb", toPath: aside + "/older")
    try await directory.fill(seed: 7, commands: 900)
    var configuration = LedgerConfiguration(directory: directory.path)
    configuration.audit = AuditConfiguration(keyFile: aside + "/key")
    let log = try StoppedLog(configuration)
    let checkpoint = try log.checkpoint(sign: true)
    log.close()
    try Data(checkpoint.note.bytes).write(to: URL(fileURLWithPath: aside + "/checkpoint"))
    (records, tiles) = try directory.withLog { log in
      var records: [[UInt8]] = []
      try log.read(after: 0, limit: 10_000) { _, record in
        records.append(record.withUnsafeBytes { Array($0) })
        return true
      }
      return (
        records,
        try (0..<UInt64(records.count) / 256).compactMap {
          try log.tile(level: 0, index: $0)
        }
      )
    }
    try #require(records.count > 600 && tiles.count >= 2)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: aside)
  }

  func copy() throws -> StoppedDirectory {
    let copy = StoppedDirectory()
    let files = FileManager.default
    try files.createDirectory(atPath: copy.logPath, withIntermediateDirectories: true)
    for name in ["manifest.json", "log/data.mdb"] {
      try files.copyItem(atPath: directory.path + "/" + name, toPath: copy.path + "/" + name)
    }
    return copy
  }

  func verify(_ copy: StoppedDirectory) throws -> (status: Int32, report: JSONValue) {
    let outcome = try StoppedDirectory.shopledger([
      "verify", "--json", "--data", copy.path, "--checkpoint", aside + "/checkpoint", "--key",
      "\(key.verifier)",
    ])
    return (outcome.status, try JSONValue(parsing: Array(outcome.output.utf8)))
  }
}

extension StoppedDirectory {
  fileprivate func withFile(_ change: (inout Data) -> Void) throws {
    let file = URL(fileURLWithPath: logPath + "/data.mdb")
    var data = try Data(contentsOf: file)
    change(&data)
    try data.write(to: file)
  }
}
