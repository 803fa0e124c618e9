internal import EventLog
internal import Foundation
internal import Glibc
internal import Projections

/// A tiled log as files, as C2SP's tlog-tiles names them: to be served by any web server, and to be
/// checked without a ledger.
package struct TileDirectory: Sendable {
  package let path: String

  package init(_ path: String) {
    self.path = path
  }

  private var checkpointPath: String { path + "/checkpoint" }

  /// The checkpoint that the tiles belong to; nil in a directory that has none yet.
  ///
  /// The key says whose it must be; nil: whoever's.
  package func checkpoint(signedBy key: VerifierKey? = nil) throws -> SignedCheckpoint? {
    guard Files.exists(checkpointPath) else { return nil }
    guard let data = FileManager.default.contents(atPath: checkpointPath) else {
      throw AuditError("\(Files.Failure(call: "open", path: checkpointPath))")
    }
    do {
      return try SignedCheckpoint(parsing: Array(data), signedBy: key)
    } catch {
      throw AuditError("\(checkpointPath): \(error)")
    }
  }

  /// A tile or bundle; nil when it is not there.
  private func read(_ tile: TilePath) -> [UInt8]? {
    FileManager.default.contents(atPath: path + "/\(tile)").map { Array($0) }
  }

  /// Roots and proofs from the tiles that are there.
  func prover(size: UInt64) -> MerkleProver {
    MerkleProver(size: size) { level, index, width in
      try whole(TilePath(level: level, index: index, width: width))
    }
  }

  /// Adds what a newer checkpoint needs and the directory lacks, and then the checkpoint.
  ///
  /// The checkpoint comes last, when all is on disk, so an export that was interrupted goes on
  /// where it was.
  ///
  /// - Parameters:
  ///   - checkpoint: of the tree that the tiles are of.
  ///   - fetch: gives what stands at a path.
  ///   - progress: called with the files looked after so far and all there are.
  /// - Returns: how many files were written.
  /// - Throws: also when the tiles do not add up to the signed root; then the checkpoint stays the
  ///   one before.
  package func add(
    _ checkpoint: SignedCheckpoint,
    fetch: (TilePath) async throws -> [UInt8],
    progress: (_ done: Int, _ total: Int) -> Void
  ) async throws -> Int {
    let old = try self.checkpoint()
    if let old, old.size >= checkpoint.size { return 0 }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let files = TilePath.all(size: checkpoint.size, beyond: old?.size ?? 0)
    var written = 0
    for (done, file) in files.enumerated() {
      progress(done, files.count)
      if (try? whole(file)) != nil { continue }
      try write(try await fetch(file), to: path + "/\(file)")
      written += 1
    }
    // Once: to flush thousands of files one by one would take seconds.
    sync()
    let root = try {
      var prover = prover(size: checkpoint.size)
      return try prover.rootHash(size: checkpoint.size)
    }()
    guard root == checkpoint.rootHash else {
      throw AuditError(
        "the tiles in \(path) do not add up to the root that \(checkpoint.origin) signed; export to "
          + "an empty directory, and keep this one as evidence"
      )
    }
    try CheckpointFile.replace(checkpointPath, with: checkpoint.note.bytes)
    progress(files.count, files.count)
    return written
  }

  private func write(_ bytes: [UInt8], to name: String) throws {
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: name).deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    let aside = name + ".new"
    guard FileManager.default.createFile(atPath: aside, contents: Data(bytes)) else {
      throw Files.Failure(call: "write", path: aside)
    }
    guard rename(aside, name) == 0 else { throw Files.Failure(call: "rename", path: aside) }
  }

  /// A tile or bundle that has what its name promises, as one cut short by a crash has not.
  func whole(_ tile: TilePath) throws(AuditError) -> [UInt8] {
    guard let bytes = read(tile) else { throw AuditError("\(path)/\(tile) is missing") }
    let isWhole =
      tile.level != nil
      ? bytes.count == 32 * tile.width
      : EntryBundle.records(of: bytes)?.count == tile.width
    guard isWhole else { throw AuditError("\(path)/\(tile) is not whole") }
    return bytes
  }
}

/// The records of a bundle: each behind its length in two bytes, big-endian.
enum EntryBundle {
  /// Nil when the bytes are no bundle.
  static func records(of bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
    var records: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while rest.count >= 2 {
      let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
      guard rest.count >= 2 + length else { return nil }
      records.append(rest.dropFirst(2).prefix(length))
      rest = rest.dropFirst(2 + length)
    }
    return rest.isEmpty ? records : nil
  }
}

/// A checkpoint in a file of its own.
package enum CheckpointFile {
  /// Puts it in place whole, and returns when it is on disk.
  package static func replace(_ path: String, with checkpoint: [UInt8]) throws {
    try Files.replace(path, with: String(decoding: checkpoint, as: UTF8.self))
  }
}
