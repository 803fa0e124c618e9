/// Says of most keys that are not in a run that they are not, for the price of one cache line.
///
/// A split block Bloom filter (Putze, Sanders, Singler 2007; the layout is Apache Parquet's): a key
/// sets one bit in each of the eight words of one block, at 20 keys a block: of keys that are not
/// there, fewer than one in a hundred passes. The block follows from the key's size among all keys,
/// so that a run, which is sorted, fills one block after the other.
enum IdFilter {
  typealias Block = SIMD8<UInt32>

  private static let keysInBlock = 20

  /// How many blocks a run of so many entries has.
  static func blocks(for count: Int) -> Int {
    (count + keysInBlock - 1) / keysInBlock
  }

  static func block(of key: UInt64, among blocks: Int) -> Int {
    Int(key.multipliedFullWidth(by: UInt64(blocks)).high)
  }

  /// The key's bit in each word.
  static func bits(of key: UInt64) -> Block {
    let products = Block(repeating: UInt32(truncatingIfNeeded: key)) &* multipliers
    return Block(repeating: 1) &<< (products &>> 27)
  }

  /// The odd numbers of the Parquet format.
  private static let multipliers = Block(
    0x47b6_137b,
    0x4497_4d91,
    0x8824_ad5b,
    0xa2b7_289d,
    0x7054_95c7,
    0x2df1_424b,
    0x9efc_4947,
    0x5c6b_fb31
  )
}
