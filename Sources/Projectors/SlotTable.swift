/// A key whose words are numbers given by the ledger, such as positions and days.
protocol SlotKey: Equatable, Sendable {
  /// Mixes the words; the higher bits are the better ones.
  var slotHash: UInt64 { get }
}

/// Numbers the keys of a batch from 0, in the order in which they come.
///
/// A hash table by linear probing, some times as quick as a `Dictionary`, whose hash withstands
/// keys chosen by an enemy; these nobody chooses. What belongs to a key stands in an array of the
/// caller under the key's number. Takes 8 bytes a key beside the keys.
struct SlotTable<Key: SlotKey>: Sendable {
  /// By number.
  private(set) var keys: [Key] = []
  /// The number plus 1, or 0 where nothing is; at most half full, and its size a power of two, or 0
  /// before the first key.
  private var places: [UInt32] = []

  /// Finds the key's number; the caller adds what belongs to it when it is new.
  mutating func slot(of key: Key) -> (number: Int, isNew: Bool) {
    if let number = number(of: key) { return (number, false) }
    keys.append(key)
    if keys.count * 2 > places.count {
      grow()
    } else {
      place(keys.count - 1)
    }
    return (keys.count - 1, true)
  }

  /// Finds a key's number; nil for one that never came.
  func number(of key: Key) -> Int? {
    if keys.isEmpty { return nil }
    var place = firstPlace(of: key)
    while places[place] != 0 {
      let number = Int(places[place] - 1)
      if keys[number] == key { return number }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// Forgets the keys, and keeps the memory.
  mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
    for place in places.indices { places[place] = 0 }
  }

  private func firstPlace(of key: Key) -> Int {
    Int(truncatingIfNeeded: key.slotHash >> 32) & (places.count - 1)
  }

  private mutating func grow() {
    places = [UInt32](repeating: 0, count: max(64, places.count * 2))
    for number in keys.indices { place(number) }
  }

  private mutating func place(_ number: Int) {
    var place = firstPlace(of: keys[number])
    while places[place] != 0 { place = (place + 1) & (places.count - 1) }
    places[place] = UInt32(number + 1)
  }
}

/// Mixes words into a hash for a `SlotKey`.
func slotHash(_ first: UInt64, _ second: UInt64, _ third: UInt64 = 0) -> UInt64 {
  // Odd numbers without a pattern: the golden ratio's and two of splitmix64's.
  var hash = first &* 0x9E37_79B9_7F4A_7C15
  hash = (hash ^ hash >> 32 ^ second) &* 0xBF58_476D_1CE4_E5B9
  return (hash ^ hash >> 32 ^ third) &* 0x94D0_49BB_1331_11EB
}
