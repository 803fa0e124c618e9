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
  /// - Throws: `.damaged` with the first position that is missing or differs, where only a group
  ///   of events can be named with the first of them; `.sizeMismatch`, `.frontierMismatch`.
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
    try verify(tree.frontier, committed: frontier)
  }

  /// Holds the roots of the full subtrees against the committed ones, each of which covers as many
  /// events as its bit in the size says.
  private func verify(_ frontier: Frontier, committed: Frontier) throws {
    let width = MerkleTree.hashByteCount
    var first: UInt64 = 1
    var hash = 0
    for bit in (0..<64).reversed() where frontier.size >> UInt64(bit) & 1 == 1 {
      let last = first + (1 << UInt64(bit)) - 1
      let bytes = hash * width..<(hash + 1) * width
      guard frontier.hashes[bytes] == committed.hashes[bytes] else {
        throw damage(
          at: first,
          "the hash committed over the events \(first) to \(last) is another"
        )
      }
      first = last + 1
      hash += 1
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

// MARK: - Rows apart from the records

/// A table of what names people or was written by them.
package enum SaltedTable: Sendable {
  /// By the person's number.
  case people
  /// By the position of the event.
  case texts
}

extension EventLog {
  /// Lends the rows with these numbers in order: 16 bytes of salt and the text, as they are stored.
  ///
  /// One read transaction, open until it returns: keep the range to some thousands of rows.
  ///
  /// - Throws: what the body throws.
  package func readSalted(
    _ table: SaltedTable,
    in numbers: ClosedRange<UInt64>,
    _ body: (_ number: UInt64, _ salted: RawSpan) throws -> Void
  ) throws {
    try snapshot { transaction in
      try transaction.scan(
        table == .people ? tables.people : tables.texts,
        from: LogFormat.bytes(numbers.lowerBound)
      ) { key, salted in
        guard let number: UInt64 = LogFormat.integer(key), number <= numbers.upperBound else {
          return false
        }
        try body(number, salted)
        return true
      }
    }
  }
}
