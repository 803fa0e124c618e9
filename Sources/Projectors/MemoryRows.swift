import Marketplace

/// A view's rows in memory: what a question about the past is answered from.
///
/// Costs a hash look-up a row. Rows may be left out, so that the memory is that of one answer and
/// not of a view: those that neither the answer reads nor the fold needs to go on.
package struct MemoryRows: RowWriter, Sendable {
  private var rows: [[UInt8]: [UInt8]] = [:]
  /// Nil when a row came or went since they were sorted.
  private var sortedKeys: [[UInt8]]? = []
  private let keeps: (@Sendable (RawSpan) -> Bool)?

  /// None yet; only rows whose key `keeps` accepts will be kept, nil: all.
  package init(keeping keeps: (@Sendable (_ key: RawSpan) -> Bool)? = nil) {
    self.keeps = keeps
  }

  /// The keys in the order of their bytes.
  package var keys: [[UInt8]] {
    sortedKeys ?? rows.keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The values in the order of their keys.
  package var values: [[UInt8]] { keys.compactMap { rows[$0] } }

  /// Puts the keys into order once, which else every scan does.
  package mutating func sort() {
    sortedKeys = keys
  }

  package func lend(_ key: RawSpan, to body: (RawSpan) throws -> Void) throws {
    guard let value = rows[key.copy] else { return }
    try body(value.span.bytes)
  }

  package func scan(
    from first: [UInt8],
    _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
  ) throws {
    let keys = keys
    for key in keys[Self.firstIndex(notBelow: first, in: keys)...] {
      guard let value = rows[key], try body(key.span.bytes, value.span.bytes) else { return }
    }
  }

  package mutating func put(_ key: RawSpan, _ value: RawSpan) {
    precondition((1...511).contains(key.byteCount), "a key takes 1 to 511 bytes")
    if let keeps, !keeps(key) { return }
    if rows.updateValue(value.copy, forKey: key.copy) == nil { sortedKeys = nil }
  }

  package mutating func remove(_ key: RawSpan) {
    if rows.removeValue(forKey: key.copy) != nil { sortedKeys = nil }
  }

  private static func firstIndex(notBelow key: [UInt8], in keys: [[UInt8]]) -> Int {
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

extension MemoryRows: Equatable {
  package static func == (left: MemoryRows, right: MemoryRows) -> Bool {
    left.rows == right.rows
  }
}
