/// Recent entries of the id index, in memory: a key leads to values, the newest first.
struct IdTable: Sendable {
  private var newest: [UInt64: UInt64] = [:]
  /// Values under a key that has a newer one: last visits seen before, and the collision that
  /// hardly ever comes.
  private var older: [UInt64: [UInt64]] = [:]

  var count: Int { newest.count + older.count }

  mutating func insert(_ key: UInt64, _ value: UInt64) {
    if let previous = newest.updateValue(value, forKey: key) {
      older[key, default: []].append(previous)
    }
  }

  /// The newest value under the key that `accepts` takes.
  func find(_ key: UInt64, where accepts: (UInt64) throws -> Bool) rethrows -> UInt64? {
    guard let value = newest[key] else { return nil }
    if try accepts(value) { return value }
    return try older[key]?.last(where: accepts)
  }

  mutating func merge(_ newer: IdTable) {
    for (key, values) in newer.older {
      for value in values { insert(key, value) }
    }
    for (key, value) in newer.newest { insert(key, value) }
  }

  /// All entries in the order of a run: by key, the newest value first.
  func sorted() -> [IdEntry] {
    var entries: [IdEntry] = []
    entries.reserveCapacity(count)
    for (key, value) in newest { entries.append(IdEntry(key: key, value: value)) }
    for (key, values) in older {
      for value in values { entries.append(IdEntry(key: key, value: value)) }
    }
    entries.sort()
    return entries
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
