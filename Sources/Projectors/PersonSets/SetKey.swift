package import Marketplace

/// Names one stored set of people.
///
/// Sets that differ in nothing but `extra` stand together: their rows are packed behind kind (1
/// byte), scope (7) and number (8), by 65,536 people with neighbouring numbers, and within those by
/// `extra`. The first byte is the kind, so a view gives its sets kinds that begin no other row.
package struct SetKey: Hashable, Comparable, SlotKey {
  let high: UInt64
  /// What tells the sets of one kind and scope apart in the first place.
  let number: UInt64
  package let extra: UInt8

  init(kind: UInt8, scope: UInt64, number: UInt64, extra: UInt8 = 0) {
    precondition(scope >> 56 == 0, "scope past 56 bits")
    high = UInt64(kind) << 56 | scope
    self.number = number
    self.extra = extra
  }

  /// - Parameters:
  ///   - kind: What the set is of, such as the people of a shop's day.
  ///   - scope: What it belongs to, such as the shop's position; below 2^56.
  ///   - extra: Whatever else tells the view's sets apart, such as the mode.
  ///   - day: The local day; 0 for sets that have none.
  package init(kind: UInt8, scope: UInt64, extra: UInt8 = 0, day: Day = 0) {
    // Biased, so that days before 1970 come first.
    let number = UInt64(UInt32(bitPattern: day) ^ 0x8000_0000)
    self.init(kind: kind, scope: scope, number: number, extra: extra)
  }

  package var kind: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }
  package var scope: UInt64 { high & (1 << 56 - 1) }
  package var day: Day { Day(bitPattern: UInt32(truncatingIfNeeded: number) ^ 0x8000_0000) }

  var slotHash: UInt64 { Projectors.slotHash(high, number, UInt64(extra)) }

  package static func < (left: SetKey, right: SetKey) -> Bool {
    (left.high, left.number, left.extra) < (right.high, right.number, right.extra)
  }

  // MARK: Rows

  /// The rows of this set and of those that differ in `extra`.
  var table: PackedRows {
    var prefix = ByteWriter(capacity: 16)
    prefix.put(high)
    prefix.put(number)
    return PackedRows(prefix.bytes, shift: 8)
  }

  /// Where the set's people with `number >> 16 == container` stand among them.
  func place(ofContainer container: UInt32) -> UInt64 {
    UInt64(container) << 8 | UInt64(extra)
  }

  /// The set at a place of the rows whose key this is.
  init(row key: RawSpan, place: UInt64) {
    var offset = 0
    high = key.integer(at: &offset)
    number = key.integer(at: &offset)
    extra = UInt8(truncatingIfNeeded: place)
  }
}
