internal import Foundation

/// A text with signatures under it: C2SP's signed-note.
///
/// ```
/// text, any lines, the last with a line break
///
/// — name base64(key id, signature)
/// ```
package struct SignedNote: Hashable, Sendable {
  /// No note of ours comes near it, and one of many signatures still fits.
  static let byteLimit = 1 << 20

  private struct Signature: Hashable, Sendable {
    var name: String
    var keyID: [UInt8]
    var bytes: [UInt8]
  }

  /// What is signed, with the line break at its end.
  let text: String
  private let signatures: [Signature]
  /// The note as it was read or made.
  package let bytes: [UInt8]

  /// Signs a text that ends in a line break.
  init(signing text: String, by key: SigningKey) throws(AuditError) {
    precondition(text.hasSuffix("\n"), "a note's text ends in a line break")
    let signature = Signature(
      name: key.name,
      keyID: key.verifier.id,
      bytes: try key.signature(of: Array(text.utf8))
    )
    self.text = text
    signatures = [signature]
    let encoded = Data(signature.keyID + signature.bytes).base64EncodedString()
    bytes = Array("\(text)\n\u{2014} \(key.name) \(encoded)\n".utf8)
  }

  /// Reads a note; believes nothing in it yet.
  init(parsing bytes: [UInt8]) throws(AuditError) {
    let damaged = AuditError("it is no signed note: a text, an empty line, and signatures")
    guard bytes.count <= Self.byteLimit, let note = String(validating: bytes, as: UTF8.self),
      bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }), note.hasSuffix("\n"),
      let gap = note.range(of: "\n\n", options: .backwards)
    else { throw damaged }
    text = String(note[..<gap.lowerBound]) + "\n"
    let lines = note[gap.upperBound...].dropLast().split(
      separator: "\n",
      omittingEmptySubsequences: false
    )
    var signatures: [Signature] = []
    for line in lines {
      let parts = line.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "\u{2014}", NoteName.isValid(String(parts[1])),
        let bytes = Data(base64Encoded: String(parts[2])), bytes.count > 4
      else { throw damaged }
      signatures.append(
        Signature(
          name: String(parts[1]),
          keyID: Array(bytes.prefix(4)),
          bytes: Array(bytes.dropFirst(4))
        )
      )
    }
    self.signatures = signatures
    self.bytes = bytes
  }

  /// Makes sure that a key has signed the text.
  ///
  /// - Throws: when it has not, or a signature in its name is of something else.
  func check(_ key: VerifierKey) throws(AuditError) {
    let ofKey = signatures.filter { $0.name == key.name && $0.keyID == key.id }
    guard !ofKey.isEmpty else {
      let names = signatures.map { "\($0.name) \(Ledger.hex($0.keyID))" }
      throw AuditError(
        "it is not signed by \(key.name) \(Ledger.hex(key.id)), but by "
          + names.joined(separator: ", ")
      )
    }
    for signature in ofKey where !key.isSignature(signature.bytes, of: Array(text.utf8)) {
      throw AuditError("the signature of \(key.name) is not of this text")
    }
  }
}
