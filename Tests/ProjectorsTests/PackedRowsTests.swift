import Marketplace
import TestSupport
import Testing

@testable import Projectors

@Suite struct PackedRowsTests {
  @Test(arguments: [0, 4, 6, 16] as [UInt64], [1, 2] as [UInt64])
  func `values are as last set, however they are batched`(shift: UInt64, seed: UInt64) throws {
    var random = SeededRandom(seed)
    let table = PackedRows([7, 7], shift: shift)
    var rows = MemoryRows()
    // Neighbours of the table, which none of its rows may meet.
    try rows.put([7, 6], [1])
    try rows.put([7, 8], [1])
    var expected: [UInt64: [UInt8]] = [:]
    for _ in 0..<60 {
      var writer = PackedWriter(table)
      let numbers = (0..<20).map { _ in UInt64.random(in: 0...1_000, using: &random) << 2 }
      for number in Set(numbers).sorted() {
        let length = [0, 1, 3, 200].randomElement(using: &random) ?? 0
        let value = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: length)
        try writer.update(number, in: &rows) { old, new in
          #expect(old.copy == expected[number, default: []])
          new.bytes += value
        }
        expected[number] = value.isEmpty ? nil : value
      }
      try writer.finish(&rows)
    }
    for number in 0...4_100 as ClosedRange<UInt64> {
      let found = try table.value(of: number, in: rows) { $0.copy }
      try #require(found == expected[number], "\(number)")
    }
    let first = UInt64.random(in: 0...4_000, using: &random)
    var visited: [UInt64] = []
    try table.scan(from: first, in: rows) { number, value in
      #expect(value.copy == expected[number])
      visited.append(number)
      return visited.count < 10
    }
    #expect(visited == Array(expected.keys.filter { $0 >= first }.sorted().prefix(10)))
    var fresh = MemoryRows()
    try fresh.put([7, 6], [1])
    try fresh.put([7, 8], [1])
    var writer = PackedWriter(table)
    for (number, value) in expected.sorted(by: { $0.key < $1.key }) {
      try writer.update(number, in: &fresh) { $1.bytes += value }
    }
    try writer.finish(&fresh)
    #expect(rows == fresh)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `a radix sort is a stable sort`(seed: UInt64) {
    var random = SeededRandom(seed)
    let widths: [UInt64] = [0, 3, 300, 1 << 40, .max]
    for width in widths {
      for count in [0, 1, 2, 500] {
        var elements = (0..<count).map { place in
          (number: UInt64.random(in: 0...width, using: &random), place: place)
        }
        elements.radixSort { $0.number }
        for (left, right) in zip(elements, elements.dropFirst()) {
          #expect((left.number, left.place) < (right.number, right.place))
        }
      }
    }
  }

  @Test func `slots number keys in the order in which they come, and again once forgotten`() {
    var random = SeededRandom(1)
    var table = SlotTable<ShopDay>()
    for _ in 0..<3 {
      var known: [ShopDay] = []
      for _ in 0..<3_000 {
        let key = ShopDay(
          shop: .random(in: 1...40, using: &random),
          day: .random(in: -20...20, using: &random)
        )
        let slot = table.slot(of: key)
        let index = known.firstIndex(of: key)
        #expect(slot.number == index ?? known.count && slot.isNew == (index == nil))
        if index == nil { known.append(key) }
      }
      #expect(table.keys == known)
      table.removeAll()
      #expect(known.allSatisfy { table.number(of: $0) == nil })
    }
  }
}
