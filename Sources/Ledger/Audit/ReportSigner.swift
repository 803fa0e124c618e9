internal import Crypto

/// Signs files that are handed on, by notes beside them: C2SP's signed-note.
///
/// ```
/// shopledger report
/// name of the file
/// SHA-256 of its bytes, in hexadecimal
///
/// — origin base64(key id, signature)
/// ```
///
/// The first line is no name of a log, so that no such note can pass for a checkpoint.
package struct ReportSigner {
  private let key: SigningKey

  /// - Throws: when the key cannot be used; see `KeyFile`.
  package init(keyFile path: String) throws(AuditError) {
    key = try KeyFile.read(path)
  }

  /// What others check the notes with.
  package var verifier: VerifierKey { key.verifier }

  /// The note for a file of these bytes.
  package func note(over bytes: [UInt8], named name: String) throws(AuditError) -> [UInt8] {
    let hash = Ledger.hex(Array(SHA256.hash(data: bytes)))
    return try SignedNote(signing: "shopledger report\n\(name)\n\(hash)\n", by: key).bytes
  }
}
