internal import Crypto
internal import Marketplace

/// A well-formed command on its way to the writer.
struct Submission: Sendable {
  var command: Command
  /// 16 bytes of HMAC-SHA-256 over the content, under the log's key.
  var digest: [UInt8]
  /// The user id observed on the socket; nil in process.
  var peer: UInt32?

  init(_ command: Command, key: SymmetricKey, peer: UInt32?) {
    self.command = command
    self.peer = peer
    let code = HMAC<SHA256>.authenticationCode(for: command.content, using: key)
    digest = Array(code.prefix(16))
  }
}
