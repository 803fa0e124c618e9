import Crypto

/// The growing end of the tree that RFC 6962 defines over the records of a log.
///
/// It holds the tiles that are still filling and the frontier, some tens of kilobytes however
/// long the log is, and gives out each tile that becomes full. A record costs two hashes.
struct MerkleTree: Sendable {
  static let hashByteCount = 32
  /// Entries of a full tile; the tile's height in the tree is 8.
  static let tileWidth = 256

  /// A full tile, as it is stored.
  struct Tile: Sendable {
    var level: Int
    var index: UInt64
    var hashes: [UInt8]
  }

  private(set) var size: UInt64 = 0
  /// The roots of the maximal full subtrees, the largest first.
  private(set) var frontierHashes: [UInt8] = []
  /// By level, the entries of the tile that is still filling.
  private(set) var openTiles: [[UInt8]] = [[]]
  private var fullTiles: [Tile] = []

  var frontier: Frontier { Frontier(size: size, hashes: frontierHashes) }

  init() {}

  /// Restores a tree from, by level, the entries past the last full tile of that level.
  init(size: UInt64, openTiles: [[UInt8]]) {
    self.size = size
    self.openTiles = openTiles
    for level in openTiles.indices.reversed() {
      let hashes = openTiles[level]
      for entry in 0..<hashes.count / Self.hashByteCount {
        let start = entry * Self.hashByteCount
        frontierHashes.append(contentsOf: hashes[start..<start + Self.hashByteCount])
        for _ in 0..<(entry + 1).trailingZeroBitCount { mergeLast() }
      }
    }
  }

  mutating func append(record: RawSpan) {
    Self.leafHash(record).withUnsafeBytes { hash in
      frontierHashes.append(contentsOf: hash)
      openTiles[0].append(contentsOf: hash)
    }
    grow()
  }

  /// The same for a record of which only the hash is known.
  mutating func append(leafHash: [UInt8]) {
    frontierHashes.append(contentsOf: leafHash)
    openTiles[0].append(contentsOf: leafHash)
    grow()
  }

  private mutating func grow() {
    size += 1
    let merges = size.trailingZeroBitCount
    guard merges > 0 else { return }
    for height in 1...merges {
      mergeLast()
      if height.isMultiple(of: 8) { fillTile(level: height / 8 - 1) }
    }
  }

  /// Called when the frontier's last hash is the root of the tile that became full.
  private mutating func fillTile(level: Int) {
    let index = (size >> (8 * UInt64(level + 1))) - 1
    fullTiles.append(Tile(level: level, index: index, hashes: openTiles[level]))
    openTiles[level].removeAll(keepingCapacity: true)
    if openTiles.count == level + 1 { openTiles.append([]) }
    openTiles[level + 1].append(contentsOf: frontierHashes.suffix(Self.hashByteCount))
  }

  /// The tiles that became full since they were last taken, lower levels before higher.
  mutating func takeFullTiles() -> [Tile] {
    defer { fullTiles.removeAll() }
    return fullTiles
  }

  /// Replaces the last two hashes of the frontier, neighbours of one height, by their parent.
  private mutating func mergeLast() {
    let start = frontierHashes.count - 2 * Self.hashByteCount
    frontierHashes.withUnsafeMutableBytes { bytes in
      let pair = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
      Self.nodeHash(UnsafeRawBufferPointer(pair)).withUnsafeBytes(pair.copyMemory)
    }
    frontierHashes.removeLast(Self.hashByteCount)
  }
}

// MARK: - Hashes

extension MerkleTree {
  static func leafHash(_ record: RawSpan) -> SHA256Digest {
    record.withUnsafeBytes { hash(prefix: 0, $0) }
  }

  /// The hash over left and right, 64 bytes.
  static func nodeHash(_ pair: UnsafeRawBufferPointer) -> SHA256Digest {
    hash(prefix: 1, pair)
  }

  /// Prefix and bytes are joined first: the copy costs less than a second update of the hasher.
  private static func hash(prefix: UInt8, _ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    withUnsafeTemporaryAllocation(byteCount: 1 + bytes.count, alignment: 1) { joined in
      joined[0] = prefix
      UnsafeMutableRawBufferPointer(rebasing: joined[1...]).copyMemory(from: bytes)
      var hasher = SHA256()
      hasher.update(bufferPointer: UnsafeRawBufferPointer(joined))
      return hasher.finalize()
    }
  }

  /// The root of the tree whose maximal full subtrees have these roots.
  static func root(ofFrontier hashes: [UInt8]) -> [UInt8] {
    guard !hashes.isEmpty else { return [UInt8](SHA256.hash(data: [UInt8]())) }
    var root = [UInt8](hashes.suffix(hashByteCount))
    var rest = hashes.dropLast(hashByteCount)
    while !rest.isEmpty {
      root = (rest.suffix(hashByteCount) + root).withUnsafeBytes { [UInt8](nodeHash($0)) }
      rest.removeLast(hashByteCount)
    }
    return root
  }

  /// The root of a full tile: its entry in the tile above.
  static func root(ofTile hashes: [UInt8]) -> [UInt8] {
    precondition(hashes.count == tileWidth * hashByteCount, "a tile that is not full")
    return root(ofFull: hashes)
  }

  /// The root over as many neighbours of one height as a power of two says.
  static func root(ofFull hashes: [UInt8]) -> [UInt8] {
    precondition((hashes.count / hashByteCount).nonzeroBitCount == 1, "no full subtree")
    var level = hashes
    while level.count > hashByteCount {
      level = level.withUnsafeBytes { bytes in
        var parents: [UInt8] = []
        parents.reserveCapacity(bytes.count / 2)
        for start in stride(from: 0, to: bytes.count, by: 2 * hashByteCount) {
          let pair = UnsafeRawBufferPointer(rebasing: bytes[start..<start + 2 * hashByteCount])
          nodeHash(pair).withUnsafeBytes { parents.append(contentsOf: $0) }
        }
        return parents
      }
    }
    return level
  }
}
