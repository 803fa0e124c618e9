import Foundation
import TestSupport
import Testing

@testable import Ledger

struct IdRunTests {
  /// How keys lie; hashes lie evenly, and a run must be right for any others as well.
  enum Spread: CaseIterable {
    case even
    case crowdedLow
    case crowdedHigh
    case twoHeaps
    case steps
    case fewKeys
    case oneKey

    func key(_ random: inout SplitMix64) -> UInt64 {
      switch self {
      case .even: random.next()
      case .crowdedLow: random.next() >> random.below(64)
      case .crowdedHigh: .max - random.next() >> random.below(64)
      case .twoHeaps: (random.oneIn(2) ? 0 : .max - 5_000) + UInt64(random.below(5_000))
      case .steps: UInt64(random.below(300)) << 54
      case .fewKeys: UInt64(random.below(3)) &* (.max / 2)
      case .oneKey: 7
      }
    }
  }

  @Test(arguments: [1, 5, 1_000, 70_000])
  func `a run that was changed anywhere is refused by its checksum`(count: Int) throws {
    let directory = try TestDirectory()
    var random = SplitMix64(seed: UInt64(count))
    let entries = entries(.even, count, &random)
    let run = try IdRun.write(entries, directory: directory.path, name: "run")
    func open() throws {
      _ = try IdRun(directory: directory.path, name: "run", count: count, checksum: run.checksum)
    }
    try open()
    let url = URL(fileURLWithPath: directory.path + "/run")
    let sound = try Data(contentsOf: url)
    for _ in 0..<50 {
      var changed = sound
      changed[random.below(changed.count)] ^= 1 << UInt8(random.below(8))
      try changed.write(to: url)
      #expect(throws: StateDamage.self) { try open() }
    }
    try sound.write(to: url)
    try open()
  }

  private static let counts = [0, 1, 2, 64, 65, 66, 1_000]

  private func entries(_ spread: Spread, _ count: Int, _ random: inout SplitMix64) -> [IdEntry] {
    var entries = (0..<UInt64(count)).map { IdEntry(key: spread.key(&random), value: $0) }
    if count >= 64, spread != .oneKey {
      entries[0].key = 0
      entries[1].key = .max
      entries[2].key = .max
    }
    return entries.sorted()
  }

  private func check(_ run: IdRun, _ entries: [IdEntry], _ keys: some Sequence<UInt64>) throws {
    #expect(run.count == entries.count)
    var values: [UInt64: [UInt64]] = [:]
    for entry in entries { values[entry.key, default: []].append(entry.value) }
    for key in keys {
      var asked: [UInt64] = []
      let found = run.find(key) { value in
        asked.append(value)
        return false
      }
      try #require(found == nil && asked == values[key] ?? [], "key \(key)")
      try #require(run.find(key) { _ in true } == values[key]?.first, "key \(key)")
    }
  }

  @Test(arguments: Spread.allCases, counts)
  func `a run finds every key, and only those`(spread: Spread, count: Int) throws {
    let directory = try TestDirectory()
    var random = SplitMix64(seed: 11)
    let entries = entries(spread, count, &random)
    let run = try IdRun.write(entries, directory: directory.path, name: "run")
    let near = entries.flatMap { [$0.key, $0.key &+ 1, $0.key &- 1] }
    try check(run, entries, near + [0, 1, 1 << 63, .max])
    // The same file, opened again.
    try check(IdRun(directory: directory.path, name: "run", count: count), entries, near)
  }

  @Test(arguments: Spread.allCases.filter { $0 != .oneKey && $0 != .fewKeys })
  func `a large run finds a sample of its keys`(spread: Spread) throws {
    let directory = try TestDirectory()
    var random = SplitMix64(seed: 12)
    let entries = entries(spread, 100_000, &random)
    let run = try IdRun.write(entries, directory: directory.path, name: "run")
    var sample = (0..<300).map { _ in random.pick(entries).key }
    sample += (0..<100).map { _ in random.next() } + [0, .max]
    try check(run, entries, sample + sample.map { $0 &+ 1 })
  }

  @Test(arguments: Array(1...10) as [UInt64])
  func `merged runs are the sorted union`(seed: UInt64) throws {
    let directory = try TestDirectory()
    var random = SplitMix64(seed: seed)
    var all: [IdEntry] = []
    var runs: [IdRun] = []
    for number in 0..<random.below(6) + 1 {
      let count = random.pick([0, 1, 65, 300])
      let spread = random.pick(Spread.allCases)
      // Later runs hold greater values, as in life.
      let newer = entries(spread, count, &random)
        .map { IdEntry(key: $0.key, value: $0.value + UInt64(number) * 1_000) }
      runs.insert(try IdRun.write(newer, directory: directory.path, name: "\(number)"), at: 0)
      all += newer
    }
    let merged = try IdRun.merge(runs, directory: directory.path, name: "merged")
    all.sort()
    try check(merged, all, all.map(\.key) + [0, .max])
    // The same file as if it had been written at once, and the entries come first in it.
    _ = try IdRun.write(all, directory: directory.path, name: "whole")
    let bytes = try directory.bytes(of: "merged")
    let isSame = try bytes == directory.bytes(of: "whole")
    #expect(isSame, "seed \(seed)")
    let startsWithEntries = all.withUnsafeBytes { bytes.starts(with: $0) }
    #expect(startsWithEntries, "seed \(seed)")
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `the filter passes what is there, and little else`(seed: UInt64) throws {
    let directory = try TestDirectory()
    var random = SplitMix64(seed: seed)
    let entries = (1...10_000).map { IdEntry(key: random.next(), value: UInt64($0)) }.sorted()
    let run = try IdRun.write(entries, directory: directory.path, name: "run")
    #expect(entries.allSatisfy { run.mayHave($0.key) }, "seed \(seed)")
    let passed = (0..<100_000).count { _ in run.mayHave(random.next()) }
    #expect(passed < 1_000, "seed \(seed)")
  }

  @Test func `a run that is missing, short or long is damaged`() throws {
    let directory = try TestDirectory()
    let entries = (0..<10).map { IdEntry(key: UInt64($0), value: 1) }
    _ = try IdRun.write(entries, directory: directory.path, name: "run")
    for count in [0, 9, 11] {
      #expect(throws: StateDamage.self) {
        try IdRun(directory: directory.path, name: "run", count: count)
      }
    }
    #expect(throws: StateDamage.self) {
      try IdRun(directory: directory.path, name: "none", count: 0)
    }
  }
}
