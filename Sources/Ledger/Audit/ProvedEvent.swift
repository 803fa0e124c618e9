internal import JSON
internal import Marketplace

/// An event that a proof has shown to be in a signed log, as far as its record tells it.
package struct ProvedEvent {
  /// What was proved, and the event; people are numbers, since their names are not in the record.
  package let json: [UInt8]

  /// Checks a proof's bytes by a key alone.
  ///
  /// - Parameters:
  ///   - proof: a file of C2SP's tlog-proof.
  ///   - wanted: the record that must be the one proved; nil: the one that the proof carries.
  ///   - key: the log's.
  /// - Throws: when the proof does not hold, or what it proves is no event of a ledger.
  package init(
    checking proof: [UInt8],
    record wanted: [UInt8]?,
    by key: VerifierKey
  ) throws(AuditError) {
    let proof = try TlogProof(parsing: proof)
    let (bytes, checkpoint) = try proof.check(record: wanted, by: key)
    let record: Record
    do {
      record = try Record(decoding: bytes.span.bytes)
    } catch {
      throw AuditError("the record is in the log, and cannot be read: \(error)")
    }
    guard record.position == proof.index + 1 else {
      throw AuditError(
        "the record is event \(proof.index + 1) of the log, and says that it is event "
          + "\(record.position)"
      )
    }
    var json = JSONWriter()
    json.object { json in
      json.member("origin", checkpoint.origin)
      json.member("signedEvents", checkpoint.size)
      json.member("signedRootHash", Ledger.hex(checkpoint.rootHash))
      var event = JSONWriter()
      record.write(to: &event, names: { "person:\($0.number)" }, text: nil)
      json.member("event", json: event.bytes)
    }
    self.json = json.bytes
  }
}
