package import Marketplace

/// A set of people as a query holds it, exact.
///
/// Takes 2 bytes a person, at most 8 KiB for 65,536 people.
package struct PersonSet: Hashable, Sendable {
  private var containers: [UInt32: PersonContainer] = [:]

  package init() {}

  /// Costs one pass over the bitmaps among its containers.
  package var count: Int {
    containers.values.reduce(0) { $0 + $1.count }
  }

  package func contains(_ person: Person) -> Bool {
    containers[PersonContainer.number(of: person.number)]?
      .contains(UInt16(truncatingIfNeeded: person.number)) ?? false
  }

  package mutating func formUnion(_ other: PersonSet) {
    containers.merge(other.containers) { mine, theirs in
      var union = mine
      union.formUnion(theirs)
      return union
    }
  }

  /// How many people are in both.
  package func intersectionCount(_ other: PersonSet) -> Int {
    containers.reduce(0) { sum, container in
      sum + (other.containers[container.key]?.intersectionCount(container.value) ?? 0)
    }
  }
}

extension PersonSet {
  /// The stored set of this key; empty when nobody was ever inserted.
  package init(_ key: SetKey, _ rows: some RowReader) throws {
    try self.init(unionOf: key...key, rows)
  }

  /// The union of all stored sets whose keys lie in the range, such as the days of one scope.
  package init(unionOf keys: ClosedRange<SetKey>, _ rows: some RowReader) throws {
    self.init()
    try Self.scanContainers(keys, rows) { _, number, container in
      containers[number, default: PersonContainer()].formUnion(container)
    }
  }

  /// Counts the people of one stored set without holding more than one container of it.
  package static func count(_ key: SetKey, _ rows: some RowReader) throws -> Int {
    var count = 0
    try scanContainers(key...key, rows) { _, _, container in count += container.count }
    return count
  }

  /// Visits the stored sets whose keys lie in the range, in the order of their keys.
  ///
  /// Costs one scan over their rows; one set is in memory at a time.
  package static func forEach(
    in keys: ClosedRange<SetKey>,
    _ rows: some RowReader,
    _ body: (SetKey, PersonSet) throws -> Void
  ) throws {
    var current: (key: SetKey, set: PersonSet)?
    try scanContainers(keys, rows) { key, number, container in
      if let done = current, done.key != key {
        try body(done.key, done.set)
        current = nil
      }
      current = current ?? (key, PersonSet())
      current?.set.containers[number] = container
    }
    if let current { try body(current.key, current.set) }
  }

  private static func scanContainers(
    _ keys: ClosedRange<SetKey>,
    _ rows: some RowReader,
    _ body: (SetKey, _ number: UInt32, PersonContainer) throws -> Void
  ) throws {
    try rows.scan(from: keys.lowerBound.row(container: 0)) { key, value in
      var reader = ByteReader(key)
      // A row of another kind may be shorter; the kind alone tells that it lies behind the range.
      guard key[0] <= keys.upperBound.kind else { return false }
      let set = SetKey(reading: &reader)
      guard set <= keys.upperBound else { return false }
      try body(set, reader.get(), PersonContainer(row: value))
      return true
    }
  }
}
