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

// MARK: Changing a row

extension PersonContainer {
  /// Appends a container's row as changes leave it; nothing when nobody is left.
  ///
  /// Costs a step for each change, and a copy of the row.
  ///
  /// - Parameters:
  ///   - stored: The row before; empty when nobody was there.
  ///   - changes: Of one set and container, ascending; the same insertion may come again and again.
  ///   - row: What the row after is appended to.
  ///   - isNew: Hears of those inserted who were not there.
  static func change(
    _ stored: RawSpan,
    by changes: ArraySlice<PersonSetChanges.Change>,
    into row: inout ByteWriter,
    _ isNew: (UInt16) -> Void
  ) {
    let start = row.bytes.count
    if stored.byteCount == bitmapBytes {
      row.put(stored)
      changeBitmap(at: start, of: &row.bytes, by: changes, isNew)
    } else {
      merge(stored, with: changes, into: &row, isNew)
      if row.bytes.count - start >= bitmapBytes { makeBitmap(ofListAt: start, of: &row.bytes) }
    }
  }

  private static func merge(
    _ stored: RawSpan,
    with changes: ArraySlice<PersonSetChanges.Change>,
    into row: inout ByteWriter,
    _ isNew: (UInt16) -> Void
  ) {
    var offset = 0
    var last: UInt16?
    for change in changes where change.member != last {
      let member = change.member
      let place = place(of: member, in: stored, from: offset)
      if place > offset { row.put(stored.extracting(offset..<place)) }
      let isThere = place < stored.byteCount && self.member(at: place, in: stored) == member
      offset = isThere ? place + 2 : place
      if !change.isRemoval {
        if !isThere { isNew(member) }
        row.bytes.append(UInt8(truncatingIfNeeded: member >> 8))
        row.bytes.append(UInt8(truncatingIfNeeded: member))
      }
      last = member
    }
    if offset < stored.byteCount { row.put(stored.extracting(offset..<stored.byteCount)) }
  }

  private static func member(at offset: Int, in list: RawSpan) -> UInt16 {
    var offset = offset
    return list.integer(at: &offset)
  }

  /// Where a member stands in a list behind `start`, or the first greater one.
  ///
  /// Steps twice as far each time, since few changes may meet a long list and many a short one.
  private static func place(of wanted: UInt16, in list: RawSpan, from start: Int) -> Int {
    var low = start
    var step = 2
    while low + step <= list.byteCount, member(at: low + step - 2, in: list) < wanted {
      low += step
      step *= 2
    }
    var high = min(low + step - 2, list.byteCount)
    while low < high {
      let middle = low + (high - low) / 4 * 2
      if member(at: middle, in: list) < wanted { low = middle + 2 } else { high = middle }
    }
    return low
  }

  private static func changeBitmap(
    at start: Int,
    of bytes: inout [UInt8],
    by changes: ArraySlice<PersonSetChanges.Change>,
    _ isNew: (UInt16) -> Void
  ) {
    var removals = 0
    for change in changes {
      let place = start + Int(change.member >> 3)
      let bit: UInt8 = 1 << (change.member & 7)
      if change.isRemoval {
        bytes[place] &= ~bit
        removals += 1
      } else if bytes[place] & bit == 0 {
        bytes[place] |= bit
        isNew(change.member)
      }
    }
    guard removals > 0 else { return }
    let container = PersonContainer(row: bytes.span.bytes.extracting(start..<bytes.count))
    guard container.count < bitmapBytes / 2 else { return }
    bytes.removeLast(bitmapBytes)
    container.visit { member in
      bytes.append(UInt8(truncatingIfNeeded: member >> 8))
      bytes.append(UInt8(truncatingIfNeeded: member))
    }
  }

  /// Turns 4,096 or more members that stand one after another into a bitmap.
  private static func makeBitmap(ofListAt start: Int, of bytes: inout [UInt8]) {
    var bitmap = [UInt8](repeating: 0, count: bitmapBytes)
    var offset = start
    while offset < bytes.count {
      let member = UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
      bitmap[Int(member >> 3)] |= 1 << (member & 7)
      offset += 2
    }
    bytes.removeSubrange(start...)
    bytes += bitmap
  }
}
