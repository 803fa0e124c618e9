import LMDB

/// Recomputes the whole tree from the records, and finds where what was committed is another.
///
/// It goes on behind what it finds. Each stored tile is held against the records, or the tiles, right
/// below it, so that one changed record is one finding, and not one at each level above it.
struct TreeVerification {
  private static let width = MerkleTree.hashByteCount

  let log: EventLog
  let found: (LogError) -> Void

  /// Verifies what was there when it began; answers the roots of the records as they are now, for
  /// the sizes that are asked for and the log has.
  func run(
    rootsOf sizes: Set<UInt64>,
    progress: (_ verified: UInt64, _ total: UInt64) -> Void
  ) throws -> [UInt64: [UInt8]] {
    let (frontier, last) = try beginning()
    let total = frontier.size
    var tree = MerkleTree()
    var roots: [UInt64: [UInt8]] = [:]
    while true {
      if sizes.contains(tree.size) {
        roots[tree.size] = MerkleTree.root(ofFrontier: tree.frontierHashes)
      }
      guard tree.size < total else { break }
      let next = sizes.filter { $0 > tree.size }.min() ?? total
      guard try grow(&tree, to: min(next, total, tree.size + 4_096), last: last) else {
        tell(tree.size + 1, "there is no event from here to \(total), where the log ended")
        return roots
      }
      for tile in tree.takeFullTiles() { try verify(tile) }
      progress(tree.size, total)
    }
    try verify(tree.frontier, committed: frontier)
    return roots
  }

  /// The tree as it was committed, and whether there are as many events and tiles as it says.
  private func beginning() throws -> (Frontier, last: UInt64) {
    let opening = LogOpening(directory: log.directory, tables: log.tables)
    return try log.snapshot { transaction in
      let frontier = try opening.frontier(transaction)
      let last = try opening.lastPosition(transaction)
      if last > frontier.size {
        tell(frontier.size + 1, "the log was committed with \(frontier.size) events only")
      }
      let tiles = try transaction.statistics(log.tables.tiles).entries
      if tiles != Self.tileCount(size: frontier.size) {
        found(.frontierMismatch(path: log.directory, treeSize: frontier.size))
      }
      return (frontier, last)
    }
  }

  /// Adds records; in the place of one that is gone, the hash that was committed for it.
  ///
  /// - Returns: false when there are none from here on.
  private func grow(_ tree: inout MerkleTree, to size: UInt64, last: UInt64) throws -> Bool {
    while tree.size < size {
      do {
        try log.read(after: tree.size, limit: Int(size - tree.size)) { _, record in
          tree.append(record: record)
          return true
        }
      } catch LogError.damaged {
        // The gap that is told below.
      }
      guard tree.size < size else { break }
      guard tree.size < last else { return false }
      tell(tree.size + 1, "there is no event")
      let hash = try committedLeaf(tree.size + 1)
      tree.append(leafHash: hash ?? [UInt8](repeating: 0, count: Self.width))
    }
    return true
  }

  private func committedLeaf(_ position: UInt64) throws -> [UInt8]? {
    let index = position - 1
    let start = Int(index % UInt64(MerkleTree.tileWidth)) * Self.width
    return try stored(level: 0, index: index / UInt64(MerkleTree.tileWidth))
      .map { [UInt8]($0[start..<start + Self.width]) }
  }

  /// Nil when it is not there, or not whole.
  private func stored(level: Int, index: UInt64) throws -> [UInt8]? {
    let tile = try log.tile(level: level, index: index)
    return tile?.count == MerkleTree.tileWidth * Self.width ? tile : nil
  }

  // MARK: Comparing

  private func verify(_ tile: MerkleTree.Tile) throws {
    // How many positions one entry of the tile covers.
    let span = 1 << (8 * UInt64(tile.level)) as UInt64
    let first = tile.index * UInt64(MerkleTree.tileWidth) * span + 1
    guard let stored = try stored(level: tile.level, index: tile.index) else {
      tell(first, "tile \(tile.index) of level \(tile.level) is not there")
      return
    }
    guard stored != tile.hashes else { return }
    for entry in 0..<MerkleTree.tileWidth {
      let bytes = entry * Self.width..<(entry + 1) * Self.width
      guard stored[bytes] != tile.hashes[bytes] else { continue }
      let position = first + UInt64(entry) * span
      guard tile.level > 0 else {
        tell(position, "the record is not the one that was committed")
        continue
      }
      // Where the tile below was committed so, it is there that something is wrong.
      let child = tile.index * UInt64(MerkleTree.tileWidth) + UInt64(entry)
      let below = try self.stored(level: tile.level - 1, index: child)
      if let below, MerkleTree.root(ofTile: below)[...] == stored[bytes] { continue }
      let last = position + span - 1
      tell(position, "the hash committed over the events \(position) to \(last) is another")
    }
  }

  /// Holds the roots of the full subtrees against the committed ones, each of which covers as many
  /// events as its bit in the size says.
  private func verify(_ frontier: Frontier, committed: Frontier) throws {
    var prover = MerkleProver(size: committed.size, reading: committedHashes)
    var first: UInt64 = 0
    var hash = 0
    for bit in (0..<64).reversed() where committed.size >> UInt64(bit) & 1 == 1 {
      let end = first + (1 << UInt64(bit))
      let bytes = hash * Self.width..<(hash + 1) * Self.width
      let expected = committed.hashes[bytes]
      // As above: behind full tiles, what is wrong has been found there.
      let isBelow = bit >= 8 && (try? prover.root(first..<end))?[...] == expected
      if frontier.hashes[bytes] != expected && !isBelow {
        tell(first + 1, "the hash committed over the events \(first + 1) to \(end) is another")
      }
      first = end
      hash += 1
    }
  }

  /// As many hashes of a tile as its size says, from what is stored at its level or below.
  private func committedHashes(level: Int, index: UInt64, width: Int) throws -> [UInt8] {
    if let tile = try stored(level: level, index: index) {
      return [UInt8](tile.prefix(width * Self.width))
    }
    let missing = LogError.incomplete(
      path: log.directory,
      part: "tile \(index) of level \(level)"
    )
    guard level > 0 else { throw missing }
    return try (0..<UInt64(width)).flatMap { entry in
      let child = index * UInt64(MerkleTree.tileWidth) + entry
      guard let tile = try stored(level: level - 1, index: child) else { throw missing }
      return MerkleTree.root(ofTile: tile)
    }
  }

  private func tell(_ position: UInt64, _ detail: String) {
    found(.damaged(path: log.directory, position: position, detail: detail))
  }

  /// How many full tiles a tree of a size has.
  private static func tileCount(size: UInt64) -> Int {
    var count = 0
    var entries = size >> 8
    while entries > 0 {
      count += Int(entries)
      entries >>= 8
    }
    return count
  }
}
