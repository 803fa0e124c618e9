internal import Marketplace

/// Recent entries of the id index, in memory: a key leads to values, the newest first.
///
/// A table of its own, with open addressing: the keys are hashes already, and to hash them once
/// more was the greatest single cost of deciding a command. Entries of one key lie behind each
/// other in the order in which they were put in; there is more than one only where the hashes of
/// two ids are equal, or where an id of a refused command was refused again.
struct IdTable: Sendable {
  /// A value of 0 marks a free place: no value is 0, since positions, numbers and serials (plus
  /// one) start at 1.
  private var places: [IdEntry] = []
  private(set) var count = 0

  init() {}

  /// An empty table with room for as many entries as another has.
  init(asLargeAs other: IdTable) {
    places = Array(repeating: .free, count: other.places.count)
  }

  /// Adds a value, which is not 0, as the newest under its key.
  mutating func insert(_ key: UInt64, _ value: UInt64) {
    precondition(value != 0, "0 marks a free place")
    if count * 2 >= places.count { grow() }
    place(IdEntry(key: key, value: value))
    count += 1
  }

  /// The newest value under the key that `accepts` takes.
  func find(_ key: UInt64, where accepts: (UInt64) throws -> Bool) rethrows -> UInt64? {
    guard count > 0 else { return nil }
    let mask = places.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    var newest: UInt64 = 0
    var older: [UInt64] = []
    while places[index].value != 0 {
      if places[index].key == key {
        if newest != 0 { older.append(newest) }
        newest = places[index].value
      }
      index = (index + 1) & mask
    }
    if newest == 0 { return nil }
    if try accepts(newest) { return newest }
    return try older.last(where: accepts)
  }

  mutating func merge(_ newer: IdTable) {
    newer.forEachInOrder { insert($0.key, $0.value) }
  }

  /// All entries, in no order.
  var entries: [IdEntry] {
    var entries: [IdEntry] = []
    entries.reserveCapacity(count)
    for entry in places where entry.value != 0 { entries.append(entry) }
    return entries
  }

  /// From behind a free place on, so that the entries of one key come in their order.
  private func forEachInOrder(_ body: (IdEntry) -> Void) {
    guard count > 0, let free = places.firstIndex(where: { $0.value == 0 }) else { return }
    for offset in 1..<places.count {
      let entry = places[(free + offset) & (places.count - 1)]
      if entry.value != 0 { body(entry) }
    }
  }

  private mutating func place(_ entry: IdEntry) {
    let mask = places.count - 1
    var index = Int(truncatingIfNeeded: entry.key) & mask
    while places[index].value != 0 { index = (index + 1) & mask }
    places[index] = entry
  }

  private mutating func grow() {
    let old = self
    places = Array(repeating: .free, count: max(64, places.count * 2))
    old.forEachInOrder { place($0) }
  }
}

/// One entry of a run: 16 bytes.
struct IdEntry: Comparable, Sendable {
  var key: UInt64
  var value: UInt64

  static let free = IdEntry(key: 0, value: 0)

  static func < (left: IdEntry, right: IdEntry) -> Bool {
    left.key != right.key ? left.key < right.key : left.value > right.value
  }
}
