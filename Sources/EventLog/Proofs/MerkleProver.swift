/// Roots and proofs of a tree, from its tiles: RFC 6962, section 2.1, as RFC 9162 has it too.
///
/// The recursion of the RFC over ranges of leaves, which ends at full subtrees: each of those lies
/// within one tile. A proof reads a tile for each level, three for a hundred million leaves, and
/// takes some hundred hashes a tile. What was read is kept, for several proofs in a row.
package struct MerkleProver {
  /// Reads the first `width` hashes of a tile, 32 bytes each.
  package typealias TileReader = (_ level: Int, _ index: UInt64, _ width: Int) throws -> [UInt8]

  /// How many leaves the tree has whose tiles are read.
  package let size: UInt64
  private let read: TileReader
  private var tiles: [TileName: [UInt8]] = [:]

  private struct TileName: Hashable {
    var level: Int
    var index: UInt64
  }

  /// A prover for a tree of a size and for every tree that it grew from.
  ///
  /// It asks for tiles as wide as they are in a tree of this size: full ones, and those partial
  /// ones that belong to it.
  package init(size: UInt64, reading read: @escaping TileReader) {
    self.size = size
    self.read = read
  }

  /// The root of the tree that the first leaves make; of none, the hash of nothing.
  package mutating func rootHash(size: UInt64) throws -> [UInt8] {
    precondition(size <= self.size, "a tree larger than its tiles")
    guard size > 0 else { return MerkleTree.root(ofFrontier: []) }
    return try root(0..<size)
  }

  /// The path from a leaf to the root of a tree, the leaf's sibling first: RFC 6962, 2.1.1.
  package mutating func inclusion(of index: UInt64, size: UInt64) throws -> [[UInt8]] {
    precondition(index < size && size <= self.size, "a leaf outside its tree")
    var range = 0..<size
    var path: [[UInt8]] = []
    while range.count > 1 {
      let (left, right) = Self.split(range)
      let (inner, sibling) = left.contains(index) ? (left, right) : (right, left)
      path.append(try root(sibling))
      range = inner
    }
    return path.reversed()
  }

  /// What shows that a tree grew from a smaller one and kept all of it: RFC 6962, 2.1.2.
  ///
  /// Empty when the smaller one is empty, or the same.
  package mutating func consistency(from old: UInt64, to new: UInt64) throws -> [[UInt8]] {
    precondition(old <= new && new <= size, "a tree that shrank")
    guard old > 0 else { return [] }
    var range = 0..<new
    var path: [[UInt8]] = []
    while range.upperBound != old {
      let (left, right) = Self.split(range)
      let (inner, sibling) = old <= left.upperBound ? (left, right) : (right, left)
      path.append(try root(sibling))
      range = inner
    }
    // The verifier knows the old root, so only a part of it has to be given.
    if range.lowerBound > 0 { path.append(try root(range)) }
    return path.reversed()
  }

  // MARK: Subtrees

  /// At the largest power of two that is less than the count.
  private static func split(_ range: Range<UInt64>) -> (Range<UInt64>, Range<UInt64>) {
    let count = range.upperBound - range.lowerBound
    let half = 1 << UInt64(63 - (count - 1).leadingZeroBitCount) as UInt64
    let middle = range.lowerBound + half
    return (range.lowerBound..<middle, middle..<range.upperBound)
  }

  mutating func root(_ range: Range<UInt64>) throws -> [UInt8] {
    let count = range.upperBound - range.lowerBound
    if count.nonzeroBitCount == 1 {
      let height = count.trailingZeroBitCount
      return try subtree(height: height, index: range.lowerBound >> UInt64(height))
    }
    let (left, right) = Self.split(range)
    let pair = try root(left) + root(right)
    return pair.withUnsafeBytes { [UInt8](MerkleTree.nodeHash($0)) }
  }

  /// The root of a full subtree over 2^height leaves, the index-th of its height.
  private mutating func subtree(height: Int, index: UInt64) throws -> [UInt8] {
    let level = height / 8
    let count = 1 << (height % 8)
    let first = index << UInt64(height % 8)
    let tile = try tile(level: level, index: first / UInt64(MerkleTree.tileWidth))
    let start = Int(first % UInt64(MerkleTree.tileWidth)) * MerkleTree.hashByteCount
    return MerkleTree.root(ofFull: [UInt8](tile[start..<start + count * MerkleTree.hashByteCount]))
  }

  private mutating func tile(level: Int, index: UInt64) throws -> [UInt8] {
    let name = TileName(level: level, index: index)
    if let tile = tiles[name] { return tile }
    let entries = size >> (8 * UInt64(level)) - index * UInt64(MerkleTree.tileWidth)
    let width = Int(min(entries, UInt64(MerkleTree.tileWidth)))
    let tile = try read(level, index, width)
    precondition(tile.count == width * MerkleTree.hashByteCount, "a tile of another width")
    tiles[name] = tile
    return tile
  }
}
