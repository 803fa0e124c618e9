import Marketplace
import Projectors

/// A view's rows in memory, sorted by the keys' bytes.
package struct MemoryRows: RowWriter, Equatable, Sendable {
  package private(set) var keys: [[UInt8]] = []
  package private(set) var values: [[UInt8]] = []

  package init() {}

  package func lend(_ key: RawSpan, to body: (RawSpan) throws -> Void) throws {
    let key = key.copy
    let index = firstIndex(notBelow: key)
    guard index < keys.count, keys[index] == key else { return }
    let value = values[index]
    try body(value.span.bytes)
  }

  package func scan(
    from first: [UInt8],
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
  ) throws {
    for index in firstIndex(notBelow: first)..<keys.count {
      let (key, value) = (keys[index], values[index])
      guard try body(key.span.bytes, value.span.bytes) else { return }
    }
  }

  package mutating func put(_ key: RawSpan, _ value: RawSpan) {
    let key = key.copy
    precondition((1...511).contains(key.count), "a key takes 1 to 511 bytes")
    let index = firstIndex(notBelow: key)
    if index < keys.count, keys[index] == key {
      values[index] = value.copy
    } else {
      keys.insert(key, at: index)
      values.insert(value.copy, at: index)
    }
  }

  package mutating func remove(_ key: RawSpan) {
    let key = key.copy
    let index = firstIndex(notBelow: key)
    guard index < keys.count, keys[index] == key else { return }
    keys.remove(at: index)
    values.remove(at: index)
  }

  private func firstIndex(notBelow key: [UInt8]) -> Int {
    var range = 0..<keys.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        keys[middle].lexicographicallyPrecedes(key)
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}
