/// Ranks from 0 on, rank k as likely as 1 ÷ (k + 1): Zipf's law with exponent 1.
///
/// Integers only, so that no machine's floating point shows in the draws. A draw costs one random
/// number; the table, 8 bytes a rank. Source: Walker's alias method, built as by Vose, "A Linear
/// Algorithm for Generating Random Numbers with a Given Distribution", 1991.
struct ZipfDistribution {
  private struct Column {
    /// Out of 2^32: how likely the column's own rank is.
    var threshold: UInt32
    /// The rank that fills the rest of the column.
    var alias: UInt32
  }

  private var columns: [Column]

  /// A distribution over 1 to 2^24 ranks.
  init(ranks: Int) {
    precondition((1...(1 << 24)).contains(ranks), "\(ranks) ranks")
    // Below 2^33 ÷ rank, so that the product with the number of ranks stays below 2^57.
    let weights = (1...ranks).map { (1 << 33) / UInt64($0) }
    let total = weights.reduce(0, +)
    columns = (0..<ranks).map { Column(threshold: .max, alias: UInt32($0)) }
    // What a column of height `total` would still have to hold of each rank.
    var heights = weights.map { $0 * UInt64(ranks) }
    var small = heights.indices.filter { heights[$0] < total }
    var large = heights.indices.filter { heights[$0] >= total }
    while let low = small.popLast(), let high = large.last {
      let height = heights[low]
      columns[low] = Column(
        threshold: UInt32(total.dividingFullWidth((height >> 32, height << 32)).quotient),
        alias: UInt32(high)
      )
      heights[high] -= total - height
      if heights[high] < total {
        large.removeLast()
        small.append(high)
      }
    }
  }

  func draw(_ random: inout SplitMix64) -> Int {
    // The product's high half is the column, its low half how far into the column.
    let (rank, rest) = random.next().multipliedFullWidth(by: UInt64(columns.count))
    let column = columns[Int(rank)]
    return UInt32(truncatingIfNeeded: rest >> 32) <= column.threshold
      ? Int(rank) : Int(column.alias)
  }
}
