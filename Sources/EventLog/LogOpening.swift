import LMDB

/// What is read and checked of a log before it is used.
struct LogOpening {
  let directory: String
  let tables: LogTables

  struct Meta {
    var identity: [UInt8]
    var key: [UInt8]
    var frontier: Frontier
    var refusalCount: UInt64
  }

  func meta(_ transaction: borrowing ReadTransaction) throws -> Meta {
    let format: UInt32 = try integer(transaction, MetaKey.format, "format number")
    guard format == LogFormat.version else {
      throw LogError.wrongFormat(path: directory, found: format, expected: LogFormat.version)
    }
    let identity = try transaction.get(tables.meta, key: MetaKey.identity)
    guard let identity, identity.count == LogFormat.identityByteCount else {
      throw incomplete("identity")
    }
    let key = try transaction.get(tables.meta, key: MetaKey.key)
    guard let key, key.count == LogFormat.keyByteCount else { throw incomplete("key") }
    return Meta(
      identity: identity,
      key: key,
      frontier: try frontier(transaction),
      refusalCount: try integer(transaction, MetaKey.refusals, "count of refusals")
    )
  }

  func frontier(_ transaction: borrowing ReadTransaction) throws -> Frontier {
    guard let bytes = try transaction.get(tables.meta, key: MetaKey.frontier),
      let frontier = Frontier(bytes: bytes)
    else { throw incomplete("frontier") }
    return frontier
  }

  /// Computes the tiles that are still filling, and holds them against the committed frontier.
  func tree(
    _ transaction: borrowing ReadTransaction,
    _ frontier: Frontier
  ) throws -> MerkleTree {
    let size = frontier.size
    let last = try lastPosition(transaction)
    guard last == size else {
      throw LogError.sizeMismatch(path: directory, treeSize: size, lastPosition: last)
    }
    var openTiles = [try leaves(transaction, after: size & ~255, through: size)]
    var level = 0
    while size >> (8 * UInt64(level + 1)) > 0 {
      let count = size >> (8 * UInt64(level + 1))
      openTiles.append(try tileRoots(transaction, level: level, from: count & ~255, to: count))
      level += 1
    }
    let tree = MerkleTree(size: size, openTiles: openTiles)
    guard tree.frontier == frontier else {
      throw LogError.frontierMismatch(path: directory, treeSize: size)
    }
    return tree
  }

  /// 0 when there are no events.
  func lastPosition(_ transaction: borrowing ReadTransaction) throws -> UInt64 {
    guard let last = try transaction.last(tables.events) else { return 0 }
    guard let position: UInt64 = LogFormat.integer(last.key.span.bytes) else {
      throw incomplete("last event")
    }
    return position
  }

  private func leaves(
    _ transaction: borrowing ReadTransaction,
    after: UInt64,
    through: UInt64
  ) throws -> [UInt8] {
    var hashes: [UInt8] = []
    var position = after
    while position < through {
      position += 1
      let key = LogFormat.key(position)
      let isThere: Void? = try transaction.get(tables.events, key: key.span.bytes) { record in
        hashes.append(contentsOf: MerkleTree.leafHash(record))
      }
      if isThere == nil {
        throw LogError.damaged(path: directory, position: position, detail: "there is no event")
      }
    }
    return hashes
  }

  private func tileRoots(
    _ transaction: borrowing ReadTransaction,
    level: Int,
    from: UInt64,
    to: UInt64
  ) throws -> [UInt8] {
    var hashes: [UInt8] = []
    for index in from..<to {
      let key = LogFormat.tileKey(level: level, index: index)
      guard let tile = try transaction.get(tables.tiles, key: key.span.bytes),
        tile.count == MerkleTree.tileWidth * MerkleTree.hashByteCount
      else { throw incomplete("tile \(index) of level \(level)") }
      hashes += MerkleTree.root(ofTile: tile)
    }
    return hashes
  }

  private func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ transaction: borrowing ReadTransaction,
    _ key: [UInt8],
    _ part: String
  ) throws -> Integer {
    guard let bytes = try transaction.get(tables.meta, key: key),
      let integer: Integer = LogFormat.integer(bytes.span.bytes)
    else { throw incomplete(part) }
    return integer
  }

  private func incomplete(_ part: String) -> LogError {
    .incomplete(path: directory, part: part)
  }
}
