internal import Crypto
internal import Foundation

// Keys of signed notes, as C2SP's signed-note and Go's golang.org/x/mod/sumdb/note have them:
// Ed25519 of RFC 8032 only, which is signature type 1.

/// What checks signatures: a key's name and its public half.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
  static let ed25519: UInt8 = 1

  package let name: String
  /// 32 bytes.
  let publicKey: [UInt8]

  /// The first four bytes of SHA-256(name, line break, type, public key): they tell keys of one
  /// name apart, and are no secret.
  package var id: [UInt8] {
    let named = Array(name.utf8) + [0x0A, Self.ed25519] + publicKey
    return Array(SHA256.hash(data: named).prefix(4))
  }

  init(name: String, publicKey: [UInt8]) {
    self.name = name
    self.publicKey = publicKey
  }

  /// Reads `name+id+base64`, as `description` and Go's tools write it.
  package init(parsing text: String) throws(AuditError) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, NoteName.isValid(String(parts[0])),
      let key = Data(base64Encoded: String(parts[2])), key.count == 33
    else {
      throw AuditError("\(text) is no verifier key; give the line that keygen printed")
    }
    guard key[0] == Self.ed25519 else {
      throw AuditError("\(text) is a key of type \(key[0]); only Ed25519, type 1, is known here")
    }
    self.init(name: String(parts[0]), publicKey: Array(key.dropFirst()))
    guard Ledger.hex(id) == parts[1] else {
      throw AuditError("\(text) is no verifier key: its id must be \(Ledger.hex(id)); copy it anew")
    }
  }

  package var description: String {
    "\(name)+\(Ledger.hex(id))+\(Data([Self.ed25519] + publicKey).base64EncodedString())"
  }

  func isSignature(_ signature: [UInt8], of text: [UInt8]) -> Bool {
    let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
    return key?.isValidSignature(signature, for: text) ?? false
  }
}

/// What signs: a name and a secret of 32 bytes.
package struct SigningKey: Sendable {
  private static let prefix = "PRIVATE+KEY+"

  package let name: String
  private let secret: Curve25519.Signing.PrivateKey

  /// A fresh key.
  ///
  /// - Throws: when notes cannot carry the name.
  package init(name: String) throws(AuditError) {
    guard NoteName.isValid(name) else { throw NoteName.refusal(name) }
    self.name = name
    secret = Curve25519.Signing.PrivateKey()
  }

  /// The same secret under another name, which makes it another key to whoever checks.
  package init(_ key: SigningKey, renamed name: String) throws(AuditError) {
    guard NoteName.isValid(name) else { throw NoteName.refusal(name) }
    self.name = name
    secret = key.secret
  }

  /// Reads `PRIVATE+KEY+name+id+base64`, as `text` and Go's tools write it.
  package init(parsing text: String) throws(AuditError) {
    let damaged = AuditError("it holds no private key as keygen writes it; make one with keygen")
    let line = text.hasSuffix("\n") ? text.dropLast() : text[...]
    guard line.hasPrefix(Self.prefix) else { throw damaged }
    let parts = line.dropFirst(Self.prefix.count)
      .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, NoteName.isValid(String(parts[0])),
      let key = Data(base64Encoded: String(parts[2])), key.count == 33,
      key[0] == VerifierKey.ed25519,
      let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: key.dropFirst())
    else { throw damaged }
    name = String(parts[0])
    self.secret = secret
    guard Ledger.hex(verifier.id) == parts[1] else { throw damaged }
  }

  /// The whole key, secret and all.
  package var text: String {
    let key = Data([VerifierKey.ed25519] + secret.rawRepresentation).base64EncodedString()
    return "\(Self.prefix)\(name)+\(Ledger.hex(verifier.id))+\(key)\n"
  }

  package var verifier: VerifierKey {
    VerifierKey(name: name, publicKey: Array(secret.publicKey.rawRepresentation))
  }

  func signature(of text: [UInt8]) throws(AuditError) -> [UInt8] {
    do {
      return Array(try secret.signature(for: text))
    } catch {
      throw AuditError("the key cannot sign: \(error)")
    }
  }
}

/// What may stand before a signature.
enum NoteName {
  static func isValid(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0 != "+" && !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F
      }
  }

  static func refusal(_ name: String) -> AuditError {
    AuditError(
      "\"\(name)\" cannot name a log: give a name without spaces and plus signs, such as "
        + "example.com/ledger"
    )
  }
}
