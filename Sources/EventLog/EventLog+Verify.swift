import LMDB

extension EventLog {
  /// Recomputes the whole tree from the records and holds it against what was committed.
  ///
  /// It covers the events that are there when it begins, and may run beside appends. Read
  /// transactions are short. A damaged page can also end the process, so this is best run in one
  /// of its own.
  ///
  /// - Parameter progress: called with the events verified so far, and all there are, now and
  ///   then.
  /// - Throws: `.damaged` with the first position that is missing or differs, `.sizeMismatch`,
  ///   `.frontierMismatch`.
  package func verifyTree(
    progress: (_ verified: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(LogError) {
    do {
      try verify(progress)
    } catch {
      throw LogError(error)
    }
  }

  private func verify(_ progress: (UInt64, UInt64) -> Void) throws {
    let opening = LogOpening(directory: directory, tables: tables)
    let frontier = try snapshot { transaction in
      let frontier = try opening.frontier(transaction)
      let last = try opening.lastPosition(transaction)
      guard last == frontier.size else {
        throw LogError.sizeMismatch(
          path: directory,
          treeSize: frontier.size,
          lastPosition: last
        )
      }
      let tiles = try transaction.statistics(tables.tiles).entries
      guard tiles == Self.tileCount(size: frontier.size) else {
        throw LogError.frontierMismatch(path: directory, treeSize: frontier.size)
      }
      return frontier
    }
    let total = frontier.size
    var tree = MerkleTree()
    while tree.size < total {
      let limit = Int(min(4_096, total - tree.size))
      let expected = tree.size + UInt64(limit)
      try read(after: tree.size, limit: limit) { _, record in
        tree.append(record: record)
        return true
      }
      guard tree.size == expected else {
        throw damage(at: tree.size + 1, "there is no event")
      }
      for tile in tree.takeFullTiles() { try verify(tile) }
      progress(tree.size, total)
    }
    guard tree.frontier == frontier else {
      throw LogError.frontierMismatch(path: directory, treeSize: total)
    }
  }

  private func verify(_ tile: MerkleTree.Tile) throws {
    let width = MerkleTree.hashByteCount
    // How many positions one entry of the tile covers.
    let span = 1 << (8 * UInt64(tile.level)) as UInt64
    let first = tile.index * UInt64(MerkleTree.tileWidth) * span + 1
    let stored = try self.tile(level: tile.level, index: tile.index)
    guard let stored, stored.count == tile.hashes.count else {
      throw damage(at: first, "tile \(tile.index) of level \(tile.level) is not there")
    }
    guard stored != tile.hashes else { return }
    let differing = zip(stored, tile.hashes).enumerated().first { $1.0 != $1.1 }
    let entry = UInt64((differing?.offset ?? 0) / width)
    throw damage(
      at: first + entry * span,
      "the hash committed at level \(tile.level) is another"
    )
  }

  private func damage(at position: UInt64, _ detail: String) -> LogError {
    .damaged(path: directory, position: position, detail: detail)
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
