internal import EventLog
internal import Foundation

/// One record's place in a signed tree, to be checked by whoever has the log's verifier key and
/// nothing else: C2SP's tlog-proof.
///
/// ```
/// c2sp.org/tlog-proof@v1
/// extra base64(record)
/// index 73894
/// base64(hash), the leaf's sibling first, a line each
///
/// the checkpoint
/// ```
/// The format leaves open what `extra` is: here it is the record, so that the file stands alone.
/// It is believed only because its hash leads to the signed root.
package struct TlogProof: Hashable, Sendable {
  private static let header = "c2sp.org/tlog-proof@v1"

  /// The leaf's place, from 0: one less than the event's position.
  package var index: UInt64
  package var path: [[UInt8]]
  /// The record; nil when the file does not carry it.
  package var record: [UInt8]?
  package var checkpoint: [UInt8]

  package init(index: UInt64, path: [[UInt8]], record: [UInt8]?, checkpoint: [UInt8]) {
    self.index = index
    self.path = path
    self.record = record
    self.checkpoint = checkpoint
  }

  package var bytes: [UInt8] {
    var lines = [Self.header]
    if let record { lines.append("extra " + Data(record).base64EncodedString()) }
    lines.append("index \(index)")
    lines += path.map { Data($0).base64EncodedString() }
    return Array((lines.joined(separator: "\n") + "\n\n").utf8) + checkpoint
  }

  /// Reads a proof; believes nothing in it yet.
  package init(parsing bytes: [UInt8]) throws(AuditError) {
    let damaged = AuditError("it is no proof: its first line must be \(Self.header), and so on")
    guard bytes.count <= 2 * SignedNote.byteLimit,
      let text = String(validating: bytes, as: UTF8.self),
      let gap = text.utf8.firstRange(of: "\n\n".utf8)
    else { throw damaged }
    var lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)[
      ...
    ]
    guard lines.popFirst() == Substring(Self.header), var line = lines.popFirst() else {
      throw damaged
    }
    record = nil
    if line.hasPrefix("extra ") {
      guard let extra = Data(base64Encoded: String(line.dropFirst(6))), let next = lines.popFirst()
      else { throw damaged }
      record = Array(extra)
      line = next
    }
    guard line.hasPrefix("index "), let index = UInt64(line.dropFirst(6)), "index \(index)" == line
    else { throw damaged }
    self.index = index
    path = []
    for line in lines {
      guard let hash = Data(base64Encoded: String(line)), hash.count == 32 else { throw damaged }
      path.append(Array(hash))
    }
    guard path.count <= 64 else { throw damaged }
    checkpoint = Array(text[gap.upperBound...].utf8)
  }

  /// Makes sure that a record is where the proof says, in the tree that a key has signed.
  ///
  /// - Parameters:
  ///   - wanted: the record to be found there; nil: the one that the proof carries.
  ///   - key: the log's.
  /// - Returns: the record and the checkpoint that it is in.
  /// - Throws: when the signature, the path or the record is another.
  package func check(
    record wanted: [UInt8]? = nil,
    by key: VerifierKey
  ) throws(AuditError) -> (record: [UInt8], checkpoint: SignedCheckpoint) {
    let signed: SignedCheckpoint
    do {
      signed = try SignedCheckpoint(parsing: checkpoint, signedBy: key)
    } catch {
      throw AuditError("the proof's checkpoint is not to be believed: \(error)")
    }
    guard let record = wanted ?? record else {
      throw AuditError("the proof carries no record; give it with --record FILE")
    }
    let isThere = MerkleProof.isIncluded(
      leaf: MerkleProof.leafHash(record),
      index: index,
      size: signed.size,
      path: path,
      root: signed.rootHash
    )
    guard isThere else {
      throw AuditError(
        "the record is not event \(index + 1) of the \(signed.size) that \(signed.origin) signed"
      )
    }
    return (record, signed)
  }
}
