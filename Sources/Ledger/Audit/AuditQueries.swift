internal import EventLog
internal import JSON
internal import Logging
package import Marketplace

/// What somebody asks who does not take our word: the tree, signed, and proofs from it.
extension Ledger {
  static func signer(
    of directory: DataDirectory,
    _ log: EventLog,
    _ configuration: LedgerConfiguration,
    _ logger: Logger
  ) throws(LedgerError) -> CheckpointSigner? {
    guard let audit = configuration.audit else { return nil }
    do {
      return try CheckpointSigner(
        audit,
        epoch: RestoreMark.epoch(in: directory.path),
        log: log,
        path: directory.checkpointPath,
        logger: logger
      )
    } catch {
      throw .audit("\(error)")
    }
  }

  /// The last checkpoint that was signed; one of now when `sign` says so, or there is none yet.
  package func checkpoint(sign: Bool) async throws -> [UInt8] {
    let signer = try configuredSigner
    if !sign, let last = signer.last { return last.note.bytes }
    return try signed(by: signer).note.bytes
  }

  /// A tile or a bundle of records; nil when the log has not as much yet.
  package func tile(_ path: TilePath) async throws -> [UInt8]? {
    try log.file(at: path)
  }

  /// Proves that an event is in the tree of a size; of the whole log when none is given.
  package func inclusionProof(of position: Position, size: UInt64?) async throws -> [UInt8] {
    var prover = log.prover()
    let size = try size.map { try Self.size($0, in: prover) } ?? prover.size
    guard 1...max(1, size) ~= position, size > 0 else {
      throw QueryError.notFound("no event \(position) in the tree of \(size) events")
    }
    let path = try prover.inclusion(of: position - 1, size: size)
    guard let leaf = try log.leafHash(at: position) else {
      throw QueryError.notFound("no event \(position)")
    }
    var json = JSONWriter()
    try json.object { json in
      json.member("position", position)
      json.member("index", position - 1)
      json.member("size", size)
      json.member("leafHash", Self.hex(leaf))
      json.member("rootHash", Self.hex(try prover.rootHash(size: size)))
      json.array("path") { json in for hash in path { json.value(Self.hex(hash)) } }
    }
    return json.bytes
  }

  /// Proves that the tree of one size begins with the whole of a smaller one.
  package func consistencyProof(from old: UInt64, to new: UInt64?) async throws -> [UInt8] {
    var prover = log.prover()
    let new = try new.map { try Self.size($0, in: prover) } ?? prover.size
    guard old <= new else {
      throw QueryError.badRequest("from=\(old) is more than to=\(new): exchange the two")
    }
    let path = try prover.consistency(from: old, to: new)
    var json = JSONWriter()
    try json.object { json in
      json.member("from", old)
      json.member("to", new)
      json.member("fromRootHash", Self.hex(try prover.rootHash(size: old)))
      json.member("toRootHash", Self.hex(try prover.rootHash(size: new)))
      json.array("path") { json in for hash in path { json.value(Self.hex(hash)) } }
    }
    return json.bytes
  }

  /// A file that proves one event to whoever has the verifier key.
  ///
  /// Under the last checkpoint; where the event came later, a new one is signed.
  package func proof(of position: Position) async throws -> [UInt8] {
    let signer = try configuredSigner
    guard position <= log.head else {
      throw QueryError.notFound("no event \(position): the log ends at \(log.head)")
    }
    // What was signed is not what the log has then.
    if let reason = signer.stopped { throw QueryError.conflict(reason) }
    let checkpoint =
      if let last = signer.last, last.size >= position { last } else { try signed(by: signer) }
    var prover = log.prover()
    let path = try prover.inclusion(of: position - 1, size: checkpoint.size)
    let record = try log.record(at: position) { record in record.withUnsafeBytes { [UInt8]($0) } }
    return TlogProof(
      index: position - 1,
      path: path,
      record: record,
      checkpoint: checkpoint.note.bytes
    ).bytes
  }

  private var configuredSigner: CheckpointSigner {
    get throws {
      guard let signer else {
        throw QueryError.conflict(
          "this ledger signs no checkpoints; make a key with shopledger keygen, set audit.key to "
            + "its file, and restart"
        )
      }
      return signer
    }
  }

  private func signed(by signer: CheckpointSigner) throws -> SignedCheckpoint {
    do {
      return try signer.sign()
    } catch {
      throw QueryError.conflict("\(error)")
    }
  }

  private static func size(_ size: UInt64, in prover: MerkleProver) throws -> UInt64 {
    guard size <= prover.size else {
      throw QueryError.notFound("no tree of \(size) events yet: the log ends at \(prover.size)")
    }
    return size
  }
}

extension EventLog {
  /// What is found at a path of the tiled log; nil when the log has not as much.
  func file(at path: TilePath) throws -> [UInt8]? {
    if let level = path.level {
      try tile(level: level, index: path.index, width: path.width)
    } else {
      try entryBundle(index: path.index, width: path.width)
    }
  }
}
