import Marketplace

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

  init(row: RawSpan) {
    precondition(
      row.byteCount <= Self.bitmapBytes && row.byteCount % 2 == 0,
      "no container of people"
    )
    bytes = row.copy
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

  /// Adds members given in ascending order, repeats allowed, and tells which were not there.
  ///
  /// Costs one pass over the members that were there and those added.
  mutating func formUnion(
    ascending added: some Sequence<UInt16>,
    _ isNew: (UInt16) -> Void = { _ in }
  ) {
    if isBitmap {
      for member in added where !hasBit(member) {
        bytes[Int(member >> 3)] |= 1 << (member & 7)
        isNew(member)
      }
      return
    }
    var merged: [UInt8] = []
    merged.reserveCapacity(bytes.count + 2 * added.underestimatedCount)
    var index = 0
    var last: UInt16?
    for member in added where member != last {
      let start = index
      while index < bytes.count / 2, self.member(at: index) < member { index += 1 }
      merged += bytes[2 * start..<2 * index]
      if index < bytes.count / 2, self.member(at: index) == member {
        index += 1
      } else {
        isNew(member)
      }
      merged.append(UInt8(truncatingIfNeeded: member >> 8))
      merged.append(UInt8(truncatingIfNeeded: member))
      last = member
    }
    merged += bytes[(2 * index)...]
    bytes = merged
    if merged.count >= Self.bitmapBytes { becomeBitmap() }
  }

  /// Takes members out that are there, given in ascending order.
  mutating func subtract(ascending removed: some Sequence<UInt16>) {
    if isBitmap {
      for member in removed { bytes[Int(member >> 3)] &= ~(1 << (member & 7)) }
      if count < Self.bitmapBytes / 2 { becomeList() }
      return
    }
    var rest: [UInt8] = []
    rest.reserveCapacity(bytes.count)
    var index = 0
    for member in removed {
      let start = index
      while index < bytes.count / 2, self.member(at: index) < member { index += 1 }
      rest += bytes[2 * start..<2 * index]
      if index < bytes.count / 2, self.member(at: index) == member { index += 1 }
    }
    rest += bytes[(2 * index)...]
    bytes = rest
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

  /// Turns 4,096 or more members that stand one after another into a bitmap.
  private mutating func becomeBitmap() {
    var bitmap = [UInt8](repeating: 0, count: Self.bitmapBytes)
    for index in 0..<bytes.count / 2 {
      let member = member(at: index)
      bitmap[Int(member >> 3)] |= 1 << (member & 7)
    }
    bytes = bitmap
  }

  /// Turns a bitmap of fewer than 4,096 members into members that stand one after another.
  private mutating func becomeList() {
    var list: [UInt8] = []
    visit { member in
      list.append(UInt8(truncatingIfNeeded: member >> 8))
      list.append(UInt8(truncatingIfNeeded: member))
    }
    bytes = list
  }

  /// Everybody in it, ascending.
  func people(inContainer number: UInt32) -> [Person] {
    var people: [Person] = []
    visit { people.append(Person(UInt64(number) << 16 | UInt64($0))) }
    return people
  }

  /// Visits the members in ascending order.
  func visit(_ body: (UInt16) -> Void) {
    guard isBitmap else {
      for index in 0..<bytes.count / 2 { body(member(at: index)) }
      return
    }
    for (index, byte) in bytes.enumerated() {
      var bits = byte
      while bits != 0 {
        body(UInt16(index << 3 + bits.trailingZeroBitCount))
        bits &= bits - 1
      }
    }
  }
}
