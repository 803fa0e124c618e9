package import Marketplace

/// Names one stored set of people; sorts as its 16 bytes do.
///
/// The bytes are kind (1), scope (7), extra (4) and day (4, biased so that days before 1970 come
/// first). Their first byte is the kind, so a view gives its sets kinds that begin no other row.
package struct SetKey: Hashable, Comparable, SlotKey {
  let high: UInt64
  let low: UInt64

  /// - Parameters:
  ///   - kind: What the set is of, such as the visitors of a shop's day.
  ///   - scope: What it belongs to, such as the shop's position; below 2^56.
  ///   - extra: Whatever else tells the view's sets apart, such as the mode.
  ///   - day: The local day; 0 for sets that have none.
  package init(kind: UInt8, scope: UInt64, extra: UInt32 = 0, day: Day = 0) {
    precondition(scope >> 56 == 0, "scope past 56 bits")
    high = UInt64(kind) << 56 | scope
    low = UInt64(extra) << 32 | UInt64(UInt32(bitPattern: day) ^ 0x8000_0000)
  }

  /// A set told apart by a number in place of `extra` and `day`.
  init(kind: UInt8, scope: UInt64, number: UInt64) {
    precondition(scope >> 56 == 0, "scope past 56 bits")
    high = UInt64(kind) << 56 | scope
    low = number
  }

  init(_ row: RawSpan, at offset: inout Int) {
    high = row.integer(at: &offset)
    low = row.integer(at: &offset)
  }

  var slotHash: UInt64 { Projectors.slotHash(high, low) }

  package var kind: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }
  package var scope: UInt64 { high & (1 << 56 - 1) }
  package var extra: UInt32 { UInt32(truncatingIfNeeded: low >> 32) }
  var number: UInt64 { low }
  package var day: Day { Day(bitPattern: UInt32(truncatingIfNeeded: low) ^ 0x8000_0000) }

  package static func < (left: SetKey, right: SetKey) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }

  /// The key of the row that holds the set's people with `number >> 16 == container`.
  func row(container: UInt32) -> [UInt8] {
    var key = ByteWriter(capacity: 20)
    key.put(high)
    key.put(low)
    key.put(container)
    return key.bytes
  }
}
