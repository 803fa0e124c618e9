import Glibc
import LMDB
import Synchronization

/// Where a batch went.
package struct Appended: Hashable, Sendable {
  /// Those of its events, in order.
  package var positions: Range<UInt64>
  /// The serial numbers of its refusals, from 0, in order.
  package var refusals: Range<UInt64>
}

extension EventLog {
  /// Appends a batch, all of it or nothing, and returns when it is durable.
  ///
  /// From whichever thread, one at a time. Beside the hashes it costs one fsync, whatever the
  /// batch's size, so gather what waits.
  ///
  /// - Throws: `.full` when the same batch may be tried again later; after `.broken`, every
  ///   later append throws the same.
  package func append(_ batch: borrowing AppendBatch) throws(LogError) -> Appended {
    try writer.withLock { (writer) throws(LogError) in
      if let failure = writer.failure { throw failure }

      // A copy, so that a commit that fails leaves the tree as it was.
      var tree = writer.tree
      for index in 0..<batch.records.count {
        batch.records.withBytes(index) { tree.append(record: $0) }
      }
      let firstRefusal = batch.firstRefusal ?? writer.refusalCount
      precondition(firstRefusal >= writer.refusalCount, "a refusal before the last one")
      let appended = Appended(
        positions: writer.tree.size + 1..<tree.size + 1,
        refusals: firstRefusal..<firstRefusal + UInt64(batch.refusals.count)
      )
      let tiles = tree.takeFullTiles()
      do throws(LMDBError) {
        var transaction = try environment.beginWrite()
        try write(batch, at: appended, &transaction)
        for tile in tiles {
          let key = LogFormat.tileKey(level: tile.level, index: tile.index)
          try transaction.put(tables.tiles, key: key.span.bytes, value: tile.hashes.span.bytes)
        }
        try transaction.put(tables.meta, key: MetaKey.frontier, value: tree.frontier.bytes)
        try transaction.put(
          tables.meta,
          key: MetaKey.refusals,
          value: LogFormat.bytes(appended.refusals.upperBound)
        )
        try transaction.commit()
      } catch {
        let failure = diagnose(error, byteCount: batch.byteCount)
        if case .broken = failure { writer.failure = failure }
        throw failure
      }
      writer.tree = tree
      writer.refusalCount = appended.refusals.upperBound
      publish(tree.frontier, openTiles: tree.openTiles)
      return appended
    }
  }

  private func write(
    _ batch: borrowing AppendBatch,
    at appended: Appended,
    _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    var position = appended.positions.lowerBound
    for index in 0..<batch.records.count {
      try append(tables.events, position, batch.records, index, &transaction)
      position += 1
    }
    for (index, number) in batch.peopleNumbers.enumerated() {
      try append(tables.people, number, batch.people, index, &transaction)
    }
    for (index, position) in batch.textPositions.enumerated() {
      precondition(appended.positions.contains(position), "a text without an event of its batch")
      try append(tables.texts, position, batch.texts, index, &transaction)
    }
    for (index, serial) in appended.refusals.enumerated() {
      let key = LogFormat.key(serial % LogFormat.refusalSlots)
      try batch.refusals.withBytes(index) { (refusal) throws(LMDBError) in
        try transaction.put(tables.refusals, key: key.span.bytes, value: refusal)
      }
    }
  }

  private func append(
    _ table: Table,
    _ number: UInt64,
    _ values: ByteStrings,
    _ index: Int,
    _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    let key = LogFormat.key(number)
    try values.withBytes(index) { (value) throws(LMDBError) in
      try transaction.append(table, key: key.span.bytes, value: value)
    }
  }

  /// What a failed commit means for those that may come.
  private func diagnose(_ error: LMDBError, byteCount: Int) -> LogError {
    switch error {
    case .keyExists:
      preconditionFailure("a person's number is not past the last one of the log")
    case .mapFull:
      let mapSize = environment.info.mapSize
      return .full(detail: "its map of \(mapSize) bytes is used up; reopen it with a larger one")
    case .system(ENOSPC), .system(EDQUOT), .system(EFBIG):
      return .full(detail: "the disk is full, or a limit of size is reached; make room")
    case .system(EIO):
      do {
        // Twice the batch, and what pages and tiles may add to it.
        try environment.probeDisk(byteCount: 2 * byteCount + 1 << 20)
      } catch .system(ENOSPC), .system(EDQUOT), .system(EFBIG) {
        return .full(detail: "the disk is full, or a limit of size is reached; make room")
      } catch {
        return .broken(detail: error.description)
      }
      return .broken(detail: error.description)
    case .transactionFull, .readersFull, .mapResized, .system(ENOMEM):
      // Nothing was written, and nothing says that the next batch will fare as ill.
      return .storage(error)
    default:
      return .broken(detail: error.description)
    }
  }
}
