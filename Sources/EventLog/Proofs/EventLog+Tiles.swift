extension EventLog {
  /// The first hashes of a tile, up to all 256; nil when the log has not as many.
  ///
  /// Whatever the log's size is by now: the first hashes of a tile never change.
  package func tile(level: Int, index: UInt64, width: Int) throws(LogError) -> [UInt8]? {
    precondition(1...MerkleTree.tileWidth ~= width, "a tile is 1 to 256 hashes wide")
    // Before the full ones, as a tile may become full in between.
    if let tile = openTile(level: level, index: index, width: width) { return tile }
    guard let tile = try tile(level: level, index: index) else { return nil }
    guard tile.count == MerkleTree.tileWidth * MerkleTree.hashByteCount else {
      throw .incomplete(path: directory, part: "tile \(index) of level \(level)")
    }
    return [UInt8](tile.prefix(width * MerkleTree.hashByteCount))
  }

  /// The records behind a tile of level 0, as C2SP's tlog-tiles bundles entries: the length in two
  /// bytes, big-endian, and the record; nil when the log has not as many.
  ///
  /// At most 16 MiB, as a record is under 64 KiB; some tens of kilobytes as a rule.
  package func entryBundle(index: UInt64, width: Int) throws -> [UInt8]? {
    precondition(1...MerkleTree.tileWidth ~= width, "a bundle has 1 to 256 records")
    let (first, overflow) = index.multipliedReportingOverflow(by: UInt64(MerkleTree.tileWidth))
    guard !overflow, first < head, head - first >= UInt64(width) else { return nil }
    var bundle: [UInt8] = []
    try read(after: first, limit: width) { _, record in
      bundle.append(contentsOf: LogFormat.bytes(UInt16(record.byteCount)))
      record.withUnsafeBytes { bundle.append(contentsOf: $0) }
      return true
    }
    return bundle
  }

  /// Roots and proofs of the tree as of the last commit, and of every tree before it.
  package func prover() -> MerkleProver {
    MerkleProver(size: treeHead.size) { level, index, width in
      guard let tile = try self.tile(level: level, index: index, width: width) else {
        throw LogError.incomplete(
          path: self.directory,
          part: "tile \(index) of level \(level)"
        )
      }
      return tile
    }
  }
}
