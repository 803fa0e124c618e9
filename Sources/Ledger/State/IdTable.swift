/// Recent entries of the id index, in memory: a key leads to values, the newest first.
///
/// A table of its own, with open addressing: the keys are hashes already, and to hash them once
/// more was the greatest single cost of deciding a command. Entries of one key lie behind each
/// other in the order in which they were put in; there is more than one only where the hashes of
/// two ids are equal, or where an id of a refused command was refused again.
struct IdTable: Sendable {
  private var keys: [UInt64] = []
  /// 0 marks a free place: no value is 0, since positions, numbers and serials (plus one) start
  /// at 1.
  private var values: [UInt64] = []
  private(set) var count = 0

  /// Adds a value, which is not 0, as the newest under its key.
  mutating func insert(_ key: UInt64, _ value: UInt64) {
    precondition(value != 0, "0 marks a free place")
    if count * 2 >= keys.count { grow() }
    place(key, value)
    count += 1
  }

  /// The newest value under the key that `accepts` takes.
  func find(_ key: UInt64, where accepts: (UInt64) throws -> Bool) rethrows -> UInt64? {
    guard count > 0 else { return nil }
    let mask = keys.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    var newest: UInt64 = 0
    var older: [UInt64] = []
    while values[index] != 0 {
      if keys[index] == key {
        if newest != 0 { older.append(newest) }
        newest = values[index]
      }
      index = (index + 1) & mask
    }
    if newest == 0 { return nil }
    if try accepts(newest) { return newest }
    return try older.last(where: accepts)
  }

  mutating func merge(_ newer: IdTable) {
    // From behind a free place on, so that the entries of one key come in their order.
    guard newer.count > 0, let free = newer.values.firstIndex(of: 0) else { return }
    for offset in 1..<newer.keys.count {
      let index = (free + offset) & (newer.keys.count - 1)
      if newer.values[index] != 0 { insert(newer.keys[index], newer.values[index]) }
    }
  }

  /// All entries, in no order.
  var entries: [IdEntry] {
    var entries: [IdEntry] = []
    entries.reserveCapacity(count)
    for index in keys.indices where values[index] != 0 {
      entries.append(IdEntry(key: keys[index], value: values[index]))
    }
    return entries
  }

  private mutating func place(_ key: UInt64, _ value: UInt64) {
    let mask = keys.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    while values[index] != 0 { index = (index + 1) & mask }
    keys[index] = key
    values[index] = value
  }

  private mutating func grow() {
    let old = self
    let size = max(64, keys.count * 2)
    keys = Array(repeating: 0, count: size)
    values = Array(repeating: 0, count: size)
    count = 0
    merge(old)
  }
}

/// One entry of a run: 16 bytes.
struct IdEntry: Comparable, Sendable {
  var key: UInt64
  var value: UInt64

  static func < (left: IdEntry, right: IdEntry) -> Bool {
    left.key != right.key ? left.key < right.key : left.value > right.value
  }
}
