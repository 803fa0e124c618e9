internal import EventLog

/// Reads a tiled log of files whole, and tells what does not add up to its signed root.
///
/// Each file is held against those right below it, so that what is wrong is named where it is.
package struct TileVerification {
  private let tiles: TileDirectory
  private let key: VerifierKey?
  private let outside: SignedCheckpoint?
  private let progress: (_ check: String, _ done: UInt64, _ total: UInt64) -> Void
  private let found: (Finding) -> Void

  /// A verification that has not begun.
  ///
  /// - Parameters:
  ///   - tiles: the export.
  ///   - key: whose its checkpoint must be; nil: whoever's.
  ///   - checkpoint: one that was kept elsewhere, to be continued by the export.
  ///   - progress: called when a check begins, and now and then while it goes on.
  ///   - found: called at once with each finding.
  package init(
    _ tiles: TileDirectory,
    signedBy key: VerifierKey? = nil,
    continuing checkpoint: SignedCheckpoint? = nil,
    progress: @escaping (_ check: String, _ done: UInt64, _ total: UInt64) -> Void,
    found: @escaping (Finding) -> Void
  ) {
    self.tiles = tiles
    self.key = key
    outside = checkpoint
    self.progress = progress
    self.found = found
  }

  /// Checks everything; nil when there is no checkpoint to check it by, which is a finding.
  package func run() -> LedgerContents? {
    progress("tiles", 0, 1)
    let signed: SignedCheckpoint
    do {
      guard let checkpoint = try tiles.checkpoint(signedBy: key) else {
        throw AuditError("\(tiles.path) has no checkpoint; name the directory of an export")
      }
      signed = checkpoint
    } catch {
      found(Finding(check: "checkpoint", detail: "\(error)"))
      return nil
    }
    var envelopes = EnvelopeCheck(found: found)
    for path in TilePath.all(size: signed.size) {
      do {
        let bytes = try tiles.whole(path)
        if path.level == nil {
          try check(bundle: bytes, path, &envelopes)
          let done = path.index * 256 + UInt64(path.width)
          progress("tiles", done, signed.size)
        } else if let level = path.level, level > 0 {
          try check(tile: bytes, level, path)
        }
      } catch let error as AuditError {
        tell(path, error.description)
        envelopes.skip()
      } catch {
        tell(path, "\(error)")
      }
    }
    envelopes.end()
    let continued = checkRoots(signed)
    return LedgerContents(
      rootHash: Ledger.hex(signed.rootHash),
      events: signed.size,
      continued: continued.map { "\($0.size) events of \($0.origin)" }
    )
  }

  /// Holds records against the tile of their hashes, and against each other.
  private func check(
    bundle bytes: [UInt8],
    _ path: TilePath,
    _ envelopes: inout EnvelopeCheck
  ) throws {
    let records = EntryBundle.records(of: bytes) ?? []
    let name = TilePath(level: 0, index: path.index, width: path.width)
    let hashes = try tiles.whole(name)
    for (entry, record) in records.enumerated() {
      let position = path.index * 256 + UInt64(entry) + 1
      let leaf = MerkleProof.leafHash(Array(record))
      if leaf[...] != hashes[entry * 32..<(entry + 1) * 32] {
        let detail = "the record in \(path) is not the one whose hash is in \(name)"
        found(Finding(check: "tiles", position: position, detail: detail))
      }
      _ = envelopes.take(Array(record).span.bytes, at: position)
    }
  }

  /// Holds each hash against the full tile that it stands for.
  private func check(tile hashes: [UInt8], _ level: Int, _ path: TilePath) throws {
    for entry in 0..<path.width {
      let below = TilePath(
        level: level - 1,
        index: path.index * 256 + UInt64(entry),
        width: TilePath.fullWidth
      )
      let root = MerkleProof.root(ofTile: try tiles.whole(below))
      guard root[...] != hashes[entry * 32..<(entry + 1) * 32] else { continue }
      tell(path, "hash \(entry) is not the root of \(below)", entry: entry)
    }
  }

  /// Holds the roots of the tiles against what was signed; answers what is continued.
  private func checkRoots(_ signed: SignedCheckpoint) -> [SignedCheckpoint] {
    var prover = tiles.prover(size: signed.size)
    return [signed, outside].compactMap(\.self).filter { checkpoint in
      let said = "the checkpoint of \(checkpoint.size) events of \(checkpoint.origin)"
      do {
        guard checkpoint.size <= signed.size else {
          throw AuditError("\(said) is of a longer log: the end of this one is gone")
        }
        guard try prover.rootHash(size: checkpoint.size) == checkpoint.rootHash else {
          throw AuditError("\(said) has another root than the tiles")
        }
        return true
      } catch {
        found(Finding(check: "checkpoint", detail: "\(error)"))
        return false
      }
    }
  }

  private func tell(_ path: TilePath, _ detail: String, entry: Int = 0) {
    let span = 1 << (8 * UInt64(path.level ?? 0)) as UInt64
    let position = (path.index * 256 + UInt64(entry)) * span + 1
    found(Finding(check: "tiles", position: position, detail: "\(path): \(detail)"))
  }
}
