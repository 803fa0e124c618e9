package import Marketplace

/// A set of people as a query holds it, exact.
///
/// Takes 8 KiB for 65,536 neighbours of whom one or more are in it, so that uniting costs a step for
/// each person added, however many there are already.
package struct PersonSet: Hashable, Sendable {
  /// By the container's number.
  private var bitmaps: [UInt32: PersonBitmap] = [:]

  package init() {}

  /// Costs one pass over the bitmaps.
  package var count: Int {
    bitmaps.values.reduce(0) { $0 + $1.count }
  }

  package func contains(_ person: Person) -> Bool {
    bitmaps[PersonContainer.number(of: person.number)]?
      .contains(UInt16(truncatingIfNeeded: person.number)) ?? false
  }

  package mutating func formUnion(_ other: PersonSet) {
    bitmaps.merge(other.bitmaps) { mine, theirs in
      var union = mine
      union.formUnion(theirs)
      return union
    }
  }

  mutating func formUnion(_ container: PersonContainer, number: UInt32) {
    bitmaps[number, default: PersonBitmap()].formUnion(container)
  }

  /// How many people are in both.
  package func intersectionCount(_ other: PersonSet) -> Int {
    bitmaps.reduce(0) { sum, bitmap in
      sum + (other.bitmaps[bitmap.key]?.intersectionCount(bitmap.value) ?? 0)
    }
  }
}

/// The members of a set among 65,536 neighbours, a bit for each.
private struct PersonBitmap: Hashable, Sendable {
  private var words = [UInt64](repeating: 0, count: 1_024)

  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  func contains(_ member: UInt16) -> Bool {
    words[Int(member >> 6)] >> UInt64(member & 63) & 1 != 0
  }

  mutating func formUnion(_ container: PersonContainer) {
    container.visit { words[Int($0 >> 6)] |= 1 << UInt64($0 & 63) }
  }

  mutating func formUnion(_ other: PersonBitmap) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  func intersectionCount(_ other: PersonBitmap) -> Int {
    words.indices.reduce(0) { $0 + (words[$1] & other.words[$1]).nonzeroBitCount }
  }
}

extension PersonSet {
  /// The stored set of this key; empty when nobody was ever inserted.
  package init(_ key: SetKey, _ rows: some RowReader) throws {
    try self.init(unionOf: key...key, rows)
  }

  /// The union of all stored sets with keys from the first to the last, such as the days of one
  /// scope, that have the same `extra`.
  package init(unionOf keys: ClosedRange<SetKey>, _ rows: some RowReader) throws {
    self.init()
    try Self.scanContainers(keys, rows) { key, number, container in
      if key.extra == keys.lowerBound.extra { formUnion(container, number: number) }
      return true
    }
  }

  /// Counts the people of one stored set without holding more than one container of it.
  package static func count(_ key: SetKey, _ rows: some RowReader) throws -> Int {
    var count = 0
    try scanContainers(key...key, rows) { found, _, container in
      if found.extra == key.extra { count += container.count }
      return true
    }
    return count
  }

  /// Visits the rows of the stored sets in the range, whatever their `extra`, until the body answers
  /// false; sets of the same people come one after another.
  static func scanContainers(
    _ keys: ClosedRange<SetKey>,
    _ rows: some RowReader,
    _ body: (SetKey, _ number: UInt32, PersonContainer) throws -> Bool
  ) throws {
    let last = keys.upperBound
    let table = keys.lowerBound.table
    try rows.scan(from: table.prefix) { key, row in
      var offset = 0
      // A row of another kind may be shorter; the kind alone tells that it lies behind the range.
      guard key.integer(at: &offset, as: UInt8.self) <= last.kind else { return false }
      let set = SetKey(row: key, place: 0)
      guard (set.high, set.number) <= (last.high, last.number) else { return false }
      return try table.forEach(key, row) { place, value in
        try body(
          SetKey(row: key, place: place),
          UInt32(truncatingIfNeeded: place >> 8),
          PersonContainer(row: value)
        )
      }
    }
  }
}
