internal import Marketplace

/// What rows in memory are found by.
protocol RowKey: Hashable, Comparable, Sendable {
  /// The same for equal keys, and spread by multiplying: positions and numbers are dense.
  var number: UInt64 { get }
}

/// Rows by key, in memory.
///
/// A table of its own, with open addressing over dense entries: the dictionary's hashing cost more
/// than what was looked up. Nothing is ever removed; a table is dropped whole. Costs about two
/// cache misses a look-up.
struct RowTable<Key: RowKey, Value: Sendable>: Sendable {
  private(set) var entries: ContiguousArray<(key: Key, value: Value)> = []
  /// Where the entry of a slot stands, plus one; 0 marks a free slot.
  private var slots: [UInt32] = []

  var count: Int { entries.count }

  subscript(key: Key) -> Value? {
    guard let index = index(of: key) else { return nil }
    return entries[index].value
  }

  func index(of key: Key) -> Int? {
    if slots.isEmpty { return nil }
    let mask = slots.count - 1
    var slot = Self.hash(key) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if entries[index].key == key { return index }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Changes the value at an index that `index(of:)` has given.
  mutating func update<Result, Failure: Error>(
    at index: Int,
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(&entries[index].value)
  }

  mutating func set(_ key: Key, _ value: Value) {
    if let index = index(of: key) {
      entries[index].value = value
    } else {
      insert(key, value)
    }
  }

  /// Adds a row under a key that has none.
  mutating func insert(_ key: Key, _ value: Value) {
    if entries.count * 2 >= slots.count { grow() }
    entries.append((key, value))
    place(entries.count - 1)
  }

  /// Lays newer rows over these.
  mutating func merge(_ newer: RowTable) {
    for (key, value) in newer.entries { set(key, value) }
  }

  /// Visits all rows in the order of their keys.
  func forEachSorted(_ body: (Key, Value) throws -> Void) rethrows {
    for index in entries.indices.sorted(by: { entries[$0].key < entries[$1].key }) {
      try body(entries[index].key, entries[index].value)
    }
  }

  private mutating func place(_ index: Int) {
    let mask = slots.count - 1
    var slot = Self.hash(entries[index].key) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt32(index + 1)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: max(64, slots.count * 2))
    for index in entries.indices { place(index) }
  }

  /// Fibonacci hashing (Knuth, TAOCP volume 3, 6.4): the high bits of a product.
  private static func hash(_ key: Key) -> Int {
    Int(truncatingIfNeeded: (key.number &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}

extension Position: RowKey {
  var number: UInt64 { self }
}

struct AgentKey: RowKey {
  var brand: Position
  var person: Person

  var number: UInt64 { brand &* 0xE703_7ED1_A0B4_28DB ^ person.number }

  static func < (left: AgentKey, right: AgentKey) -> Bool {
    left.brand != right.brand ? left.brand < right.brand : left.person < right.person
  }
}

struct VisitorAndShop: RowKey {
  var visitor: Person
  var shop: Position

  var number: UInt64 { shop &* 0xE703_7ED1_A0B4_28DB ^ visitor.number }

  static func < (left: VisitorAndShop, right: VisitorAndShop) -> Bool {
    left.visitor != right.visitor ? left.visitor < right.visitor : left.shop < right.shop
  }
}
