internal import Marketplace

/// The members of one set among 65,536 people with neighbouring numbers, as their row stores them.
///
/// Fewer than 4,096 members stand one after another, ascending, in two bytes each, big-endian: the
/// low 16 bits of the person's number. From 4,096 on, where that would take as much room, a bitmap
/// of 8,192 bytes takes their place: member m is bit `m & 7` of byte `m >> 3`. So the length tells
/// which it is, and a set of people has one form whatever the order of its insertions.
struct PersonContainer: Hashable, Sendable {
  static let bitmapBytes = 8_192

  private(set) var bytes: [UInt8]

  init() {
    bytes = []
  }

  init(row: [UInt8]) {
    precondition(row.count <= Self.bitmapBytes && row.count % 2 == 0, "no container of people")
    bytes = row
  }

  static func number(of person: UInt64) -> UInt32 {
    precondition(person >> 48 == 0, "person past 48 bits")
    return UInt32(truncatingIfNeeded: person >> 16)
  }

  private var isBitmap: Bool { bytes.count == Self.bitmapBytes }

  private func member(at index: Int) -> UInt16 {
    UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1])
  }

  private func hasBit(_ member: UInt16) -> Bool {
    bytes[Int(member >> 3)] & 1 << (member & 7) != 0
  }

  var count: Int {
    isBitmap ? bytes.reduce(0) { $0 + $1.nonzeroBitCount } : bytes.count / 2
  }

  /// Costs one bit test in a bitmap, else a binary search.
  func contains(_ member: UInt16) -> Bool {
    if isBitmap { return hasBit(member) }
    var range = 0..<bytes.count / 2
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      let found = self.member(at: middle)
      if found == member { return true }
      range = found < member ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return false
  }

  /// Adds members given in ascending order, repeats allowed.
  ///
  /// Costs one pass over the members that were there and those added.
  mutating func formUnion(ascending added: some Sequence<UInt16>) {
    if isBitmap { return setBits(added) }
    var merged: [UInt8] = []
    merged.reserveCapacity(bytes.count + 2 * added.underestimatedCount)
    var index = 0
    var last: UInt16?
    for member in added where member != last {
      while index < bytes.count / 2, self.member(at: index) < member {
        merged.append(bytes[2 * index])
        merged.append(bytes[2 * index + 1])
        index += 1
      }
      if index < bytes.count / 2, self.member(at: index) == member { index += 1 }
      merged.append(UInt8(truncatingIfNeeded: member >> 8))
      merged.append(UInt8(truncatingIfNeeded: member))
      last = member
    }
    merged += bytes[(2 * index)...]
    bytes = merged
    if merged.count >= Self.bitmapBytes { becomeBitmap() }
  }

  mutating func formUnion(_ other: PersonContainer) {
    if isBitmap, other.isBitmap {
      for index in bytes.indices { bytes[index] |= other.bytes[index] }
    } else if other.isBitmap {
      let members = self.members
      bytes = other.bytes
      setBits(members)
    } else if bytes.isEmpty {
      bytes = other.bytes
    } else {
      formUnion(ascending: other.members)
    }
  }

  func intersectionCount(_ other: PersonContainer) -> Int {
    if isBitmap, other.isBitmap {
      return bytes.indices.reduce(0) { $0 + (bytes[$1] & other.bytes[$1]).nonzeroBitCount }
    }
    if isBitmap { return other.members.count { hasBit($0) } }
    if other.isBitmap { return members.count { other.hasBit($0) } }
    var (count, left, right) = (0, 0, 0)
    while left < bytes.count / 2, right < other.bytes.count / 2 {
      let (mine, theirs) = (member(at: left), other.member(at: right))
      if mine == theirs { count += 1 }
      if mine <= theirs { left += 1 }
      if theirs <= mine { right += 1 }
    }
    return count
  }

  /// The members that stand one after another; only while there is no bitmap.
  private var members: some Sequence<UInt16> {
    (0..<bytes.count / 2).lazy.map { member(at: $0) }
  }

  private mutating func setBits(_ members: some Sequence<UInt16>) {
    for member in members { bytes[Int(member >> 3)] |= 1 << (member & 7) }
  }

  /// Turns 4,096 or more members that stand one after another into a bitmap.
  private mutating func becomeBitmap() {
    var bitmap = [UInt8](repeating: 0, count: Self.bitmapBytes)
    for index in 0..<bytes.count / 2 {
      let member = member(at: index)
      bitmap[Int(member >> 3)] |= 1 << (member & 7)
    }
    bytes = bitmap
  }
}
