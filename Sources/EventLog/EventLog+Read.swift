package import LMDB

extension EventLog {
  /// Lends the records after a position in order, at most `limit` of them, until the body answers
  /// false; answers the last position lent, or the one given.
  ///
  /// One read transaction, open until it returns: keep the limit to some thousands.
  ///
  /// - Throws: `.damaged` at a gap, and whatever the body throws.
  @discardableResult
  package func read(
    after position: UInt64,
    limit: Int,
    _ body: (UInt64, RawSpan) throws -> Bool
  ) throws -> UInt64 {
    precondition(limit > 0, "a read of nothing")
    // Callers pass on what a client asked for.
    if position >= head { return position }
    let path = directory
    return try snapshot { transaction in
      var last = position
      var left = limit
      let start = LogFormat.bytes(position + 1)
      try transaction.scan(tables.events, from: start) { (key, record) throws -> Bool in
        guard LogFormat.integer(key) == last + 1 else {
          throw LogError.damaged(path: path, position: last + 1, detail: "there is no event")
        }
        last += 1
        left -= 1
        return try body(last, record) && left > 0
      }
      return last
    }
  }

  /// Lends one record; nil, without a call, past the head.
  package func record<Result>(
    at position: UInt64,
    _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    let key = LogFormat.key(position)
    return try snapshot { try $0.get(tables.events, key: key.span.bytes, body) }
  }

  /// The hash of one record as a leaf of the tree; nil past the head.
  ///
  /// Computed from the record, so it says what is there now.
  package func leafHash(at position: UInt64) throws(LogError) -> [UInt8]? {
    do {
      return try record(at: position) { [UInt8](MerkleTree.leafHash($0)) }
    } catch {
      throw LogError(error)
    }
  }

  /// The 256 hashes of a full tile; nil when there is no such tile, or not yet.
  package func tile(level: Int, index: UInt64) throws(LogError) -> [UInt8]? {
    let key = LogFormat.tileKey(level: level, index: index)
    do {
      return try environment.beginRead().get(tables.tiles, key: key.span.bytes)
    } catch {
      throw .storage(error)
    }
  }

  package func person(_ number: UInt64) throws(LogError) -> (salt: [UInt8], name: String)? {
    try saltedText(tables.people, number)
  }

  /// Whether the person has this name; copies nothing.
  package func isPerson(_ number: UInt64, named name: String) throws(LogError) -> Bool {
    let key = LogFormat.key(number)
    do {
      return try environment.beginRead().get(tables.people, key: key.span.bytes) { row in
        LogFormat.saltedText(row, is: name)
      } ?? false
    } catch {
      throw LogError(error)
    }
  }

  /// What was written in words with the event at a position; nil when nothing was.
  package func text(at position: UInt64) throws(LogError) -> (salt: [UInt8], text: String)? {
    try saltedText(tables.texts, position)
  }

  private func saltedText(
    _ table: Table,
    _ number: UInt64
  ) throws(LogError) -> (salt: [UInt8], String)? {
    let key = LogFormat.key(number)
    do {
      guard let value = try environment.beginRead().get(table, key: key.span.bytes),
        value.count >= LogFormat.saltByteCount
      else { return nil }
      let salt = [UInt8](value[..<LogFormat.saltByteCount])
      return (salt, String(decoding: value[LogFormat.saltByteCount...], as: UTF8.self))
    } catch {
      throw .storage(error)
    }
  }

  /// A refusal by its serial number, from 0; nil when it was not made, or is overwritten.
  package func refusal(_ serial: UInt64) throws(LogError) -> [UInt8]? {
    do {
      let transaction = try environment.beginRead()
      // Of the same snapshot, since the next commit may overwrite the slot.
      let count = try refusalCount(transaction)
      guard serial < count, count - serial <= LogFormat.refusalSlots else { return nil }
      return try transaction.get(
        tables.refusals,
        key: LogFormat.bytes(serial % LogFormat.refusalSlots)
      )
    } catch {
      throw .storage(error)
    }
  }

  /// The serial number of the oldest refusal that is kept.
  package func firstRefusal() throws(LogError) -> UInt64 {
    let count = try refusalCount()
    return count - min(count, LogFormat.refusalSlots)
  }

  /// The greatest number of a person; 0 when there is none.
  package func lastPerson() throws(LogError) -> UInt64 {
    do {
      return try environment.beginRead().last(tables.people)
        .flatMap { LogFormat.integer($0.key.span.bytes) } ?? 0
    } catch {
      throw .storage(error)
    }
  }

  /// How many refusals were ever made; the last 1,048,576 of them are kept.
  package func refusalCount() throws(LogError) -> UInt64 {
    do {
      return try refusalCount(try environment.beginRead())
    } catch {
      throw .storage(error)
    }
  }

  private func refusalCount(_ transaction: borrowing ReadTransaction) throws(LMDBError) -> UInt64 {
    try transaction.get(tables.meta, key: MetaKey.refusals)
      .flatMap { LogFormat.integer($0.span.bytes) } ?? 0
  }

  /// One read, with LMDB's errors as the log's.
  func snapshot<Result>(
    _ body: (borrowing ReadTransaction) throws -> Result
  ) throws -> Result {
    do {
      return try environment.read(body)
    } catch let error as LMDBError {
      throw LogError.storage(error)
    }
  }
}

// MARK: - Status

/// What an operator watches.
package struct LogStatus: Hashable, Sendable {
  package var head: UInt64
  package var environment: EnvironmentInfo
  /// Rows of each table.
  package var events: Int
  package var people: Int
  package var texts: Int
  package var tiles: Int
  package var refusals: Int
}

extension EventLog {
  package func status() throws(LogError) -> LogStatus {
    let info = environment.info
    do {
      let transaction = try environment.beginRead()
      return LogStatus(
        head: head,
        environment: info,
        events: try transaction.statistics(tables.events).entries,
        people: try transaction.statistics(tables.people).entries,
        texts: try transaction.statistics(tables.texts).entries,
        tiles: try transaction.statistics(tables.tiles).entries,
        refusals: try transaction.statistics(tables.refusals).entries
      )
    } catch {
      throw .storage(error)
    }
  }

  /// How the file stands, at the cost of a look at its meta page and its reader table.
  package var environmentInfo: EnvironmentInfo { environment.info }

  /// Frees the slots of readers whose process has died; returns how many there were.
  @discardableResult
  package func readerCheck() throws(LogError) -> Int {
    do {
      return try environment.readerCheck()
    } catch {
      throw .storage(error)
    }
  }
}
