internal import EventLog
internal import Foundation

/// The size and root of a log's tree, signed: C2SP's tlog-checkpoint.
///
/// ```
/// origin
/// size
/// base64(root)
///
/// — origin base64(key id, signature)
/// ```
package struct SignedCheckpoint: Hashable, Sendable {
  /// Which log it is of.
  package let origin: String
  package let size: UInt64
  /// 32 bytes.
  package let rootHash: [UInt8]
  package let note: SignedNote

  /// Signs; the key's name is the log's.
  init(size: UInt64, rootHash: [UInt8], by key: SigningKey) throws(AuditError) {
    let root = Data(rootHash).base64EncodedString()
    origin = key.name
    self.size = size
    self.rootHash = rootHash
    note = try SignedNote(signing: "\(origin)\n\(size)\n\(root)\n", by: key)
  }

  /// Reads a checkpoint; believes it only when a key is given that has signed it.
  ///
  /// Lines behind the third are allowed, and say nothing to us.
  package init(parsing bytes: [UInt8], signedBy key: VerifierKey?) throws(AuditError) {
    note = try SignedNote(parsing: bytes)
    if let key { try note.check(key) }
    let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, !lines[0].isEmpty, let size = UInt64(lines[1]), "\(size)" == lines[1],
      let root = Data(base64Encoded: String(lines[2])), root.count == 32
    else { throw AuditError("it is no checkpoint: an origin, a size, and a root hash in base64") }
    origin = String(lines[0])
    self.size = size
    rootHash = Array(root)
    if let key, key.name != origin {
      throw AuditError("it is of the log \(origin), and the key is of \(key.name)")
    }
  }

  /// Whether a path proves that the tree of the other checkpoint begins with the whole of this one.
  package func isKept(in other: SignedCheckpoint, path: [[UInt8]]) -> Bool {
    MerkleProof.isConsistent(old: (size, rootHash), new: (other.size, other.rootHash), path: path)
  }
}
