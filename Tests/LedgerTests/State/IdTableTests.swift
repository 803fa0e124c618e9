import TestSupport
import Testing

@testable import Ledger

struct IdTableTests {
  /// Values by key, in the order of their insertion.
  private typealias Model = [UInt64: [UInt64]]

  private static let keys: [UInt64] = [0, 1, 2, 3, 1 << 63, .max - 1, .max]

  @Test(arguments: Array(1...20) as [UInt64])
  func `a table finds what a dictionary of lists finds`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var table = IdTable()
    var model: Model = [:]
    var value: UInt64 = 0
    for _ in 0..<30 {
      var newer = IdTable()
      for _ in 0..<random.below(12) {
        let key = random.oneIn(3) ? random.pick(Self.keys) : UInt64(random.below(40))
        value += 1
        newer.insert(key, value)
        model[key, default: []].append(value)
      }
      table.merge(newer)
    }
    for key in Array(model.keys) + Self.keys + [41] {
      let values = model[key] ?? []
      #expect(table.find(key) { _ in true } == values.last, "seed \(seed)")
      var asked: [UInt64] = []
      let found = table.find(key) { value in
        asked.append(value)
        return false
      }
      #expect(found == nil)
      #expect(asked == values.reversed(), "seed \(seed)")
      if let wanted = values.randomElement(using: &random) {
        #expect(table.find(key) { $0 == wanted } == wanted)
      }
    }
    let sorted = model.keys.sorted().flatMap { key in
      (model[key] ?? []).reversed().map { IdEntry(key: key, value: $0) }
    }
    #expect(table.entries.sorted() == sorted, "seed \(seed)")
  }
}
