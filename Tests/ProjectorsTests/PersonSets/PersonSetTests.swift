import Marketplace
import TestSupport
import Testing

@testable import Projectors

@Suite struct PersonSetTests {
  @Test(arguments: [0, 1, 2, 3] as [UInt64])
  func `the rows and answers are exact, however the insertions are batched`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    // A set gets few people, many of few containers, or many of several.
    let pools: [ClosedRange<UInt64>] = [1...9, 60_000...70_000, 1...200_000]
    var expected: [SetKey: Set<UInt64>] = [:]
    var insertions: [(SetKey, UInt64)] = []
    for _ in 0..<30_000 {
      // One set gets most people, so that it has a container past 4,096.
      let isLarge = Int.random(in: 0..<10, using: &random) < 6
      let key =
        isLarge
        ? SetKey(kind: 7, scope: 1, extra: 1)
        : SetKey(
          kind: UInt8.random(in: 7...8, using: &random),
          scope: [1, 2, 1 << 56 - 1].randomElement(using: &random) ?? 0,
          extra: UInt8.random(in: 0...1, using: &random),
          day: [-2, -1, 0, 1].randomElement(using: &random) ?? 0
        )
      // The set itself picks the pool, so that some stay small.
      let person = UInt64.random(in: pools[Int(key.scope % 3)], using: &random)
      insertions.append((key, person))
      expected[key, default: []].insert(person)
    }
    func rows(split: Double) throws -> MemoryRows {
      var rows = MemoryRows()
      var changes = PersonSetChanges()
      for (key, person) in insertions {
        changes.insert(Person(person), into: key)
        if Double.random(in: 0..<1, using: &random) < split { try changes.flush(into: &rows) }
      }
      try changes.flush(into: &rows)
      return rows
    }
    let whole = try rows(split: 0)
    #expect(whole.values.contains { $0.count > PersonContainer.bitmapBytes })
    #expect(try rows(split: 0.001) == whole)
    #expect(try rows(split: 0.02) == whole)
    for (key, people) in expected {
      let set = try PersonSet(key, whole)
      #expect(set.count == people.count)
      #expect(try PersonSet.count(key, whole) == people.count)
      #expect(people.allSatisfy { set.contains(Person($0)) })
      for (other, others) in expected where other.scope == key.scope {
        let both = try set.intersectionCount(PersonSet(other, whole))
        #expect(both == people.intersection(others).count)
      }
    }
    let range = { (key: SetKey) in
      key.kind == 7 && key.scope == 1 && key.extra == 1 && (-2...0).contains(key.day)
    }
    let days =
      SetKey(kind: 7, scope: 1, extra: 1, day: -2)...SetKey(kind: 7, scope: 1, extra: 1, day: 0)
    let wanted = expected.filter { range($0.key) }
    let united = wanted.values.reduce(into: Set<UInt64>()) { $0.formUnion($1) }
    let union = try PersonSet(unionOf: days, whole)
    #expect(union.count == united.count)
    #expect(united.allSatisfy { union.contains(Person($0)) })
  }

  @Test(arguments: [4_095, 4_096, 4_097, 65_536])
  func `a container becomes a bitmap at 4,096 people`(count: Int) throws {
    let key = SetKey(kind: 1, scope: 5)
    var rows = MemoryRows()
    var changes = PersonSetChanges()
    for low in (0..<count).reversed() {
      changes.insert(Person(1 << 16 + UInt64(low)), into: key)
    }
    try changes.flush(into: &rows)
    #expect(
      rows.keys == [[1, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]
    )
    // Before the container stand its place and its length, in one and two bytes.
    #expect(rows.values[0].count == 3 + min(2 * count, 8_192))
    #expect(try PersonSet.count(key, rows) == count)
    let set = try PersonSet(key, rows)
    #expect(!set.contains(Person(1 << 16 - 1)) && !set.contains(Person(1 << 17)))
    #expect(set.contains(Person(1 << 16 + UInt64(count) - 1)))
    #expect(set.contains(Person(1 << 16 + UInt64(count))) == false)
  }

  @Test func `people who are there already change no row`() throws {
    let key = SetKey(kind: 1, scope: 5)
    var rows = WriteCounter()
    var changes = PersonSetChanges()
    for _ in 0..<2 {
      for number in [3, 70_000, 3] as [UInt64] { changes.insert(Person(number), into: key) }
      try changes.flush(into: &rows)
    }
    #expect(rows.puts == 2)
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `who is new to a set comes into the wider ones`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var rows = MemoryRows()
    var changes = PersonSetChanges()
    let always = SetKey(kind: 3, scope: 1)
    let others = SetKey(kind: 1, scope: 2)
    var expected: [SetKey: Set<UInt64>] = [:]
    for _ in 0..<2_000 {
      let day = SetKey(kind: 1, scope: 1, day: .random(in: 0...3, using: &random))
      let person = UInt64.random(in: 1...80_000, using: &random)
      let ever = changes.slot(of: always)
      let slot = changes.slot(of: day, within: ever, changes.slot(of: others))
      changes.insert(Person(person), into: slot)
      for key in [day, always, others] { expected[key, default: []].insert(person) }
      if Int.random(in: 0..<100, using: &random) == 0 { try changes.flush(into: &rows) }
    }
    try changes.flush(into: &rows)
    for (key, people) in expected {
      let set = try PersonSet(key, rows)
      #expect(set.count == people.count && people.allSatisfy { set.contains(Person($0)) })
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `who is taken out leaves no trace, whatever the container was`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let key = SetKey(kind: 3, scope: 1)
    var rows = MemoryRows()
    var changes = PersonSetChanges()
    var members: Set<UInt64> = []
    // Up past 4,096, where there is a bitmap, and down again.
    for step in 0..<40 {
      let grows = step < 20
      for person in Set((0..<600).map { _ in UInt64.random(in: 1...9_000, using: &random) }) {
        if grows, members.insert(person).inserted {
          changes.insert(Person(person), into: key)
        } else if !grows, members.remove(person) != nil {
          changes.remove(Person(person), from: key)
        }
      }
      try changes.flush(into: &rows)
      var fresh = MemoryRows()
      var again = PersonSetChanges()
      for person in members { again.insert(Person(person), into: key) }
      try again.flush(into: &fresh)
      try #require(rows == fresh, "step \(step), \(members.count) members")
    }
    for person in members { changes.remove(Person(person), from: key) }
    try changes.flush(into: &rows)
    #expect(rows == MemoryRows())
  }

  @Test func `keys sort as their bytes do, days before 1970 first`() {
    let keys = [
      SetKey(kind: 1, scope: 9, day: .min),
      SetKey(kind: 1, scope: 9, day: -1),
      SetKey(kind: 1, scope: 9, day: 0),
      SetKey(kind: 1, scope: 9, day: .max),
      SetKey(kind: 1, scope: 10, day: 0),
      SetKey(kind: 2, scope: 0, day: 0),
    ]
    #expect(keys.reversed().sorted() == keys)
    let rows = keys.map(\.table.prefix)
    #expect(rows.reversed().sorted { $0.lexicographicallyPrecedes($1) } == rows)
    #expect(keys.map(\.day) == [.min, -1, 0, .max, 0, 0])
  }

  @Test func `a set that nobody was inserted into is empty beside other rows`() throws {
    var rows = MemoryRows()
    try rows.put([9], [1])
    #expect(try PersonSet(SetKey(kind: 8, scope: 1), rows).count == 0)
  }
}

/// Rows that count how often they are written.
private struct WriteCounter: RowWriter {
  private(set) var puts = 0
  private var rows = MemoryRows()

  func lend(_ key: RawSpan, to body: (RawSpan) throws -> Void) throws {
    try rows.lend(key, to: body)
  }

  func scan(from first: [UInt8], _ body: (RawSpan, RawSpan) throws -> Bool) throws {
    try rows.scan(from: first, body)
  }

  mutating func put(_ key: RawSpan, _ value: RawSpan) {
    puts += 1
    rows.put(key, value)
  }

  mutating func remove(_ key: RawSpan) { rows.remove(key) }
}
