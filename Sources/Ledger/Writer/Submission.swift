internal import Crypto
internal import Marketplace

/// A well-formed command on its way to the writer.
///
/// A class, because the writer would copy a structure out of its array, with all that it holds.
final class Submission: Sendable {
  let command: Command
  /// Over the content, under the log's key.
  let digest: CommandDigest
  /// The user id observed on the socket; nil in process.
  let peer: UInt32?

  /// `keyed` is an HMAC that has taken the log's key and nothing else: taking the key costs as much
  /// as a short content does.
  init(_ command: Command, content: [UInt8], keyed: HMAC<SHA256>, peer: UInt32?) {
    self.command = command
    self.peer = peer
    var code = keyed
    code.update(data: content)
    digest = code.finalize().withUnsafeBytes {
      CommandDigest(UnsafeRawBufferPointer(rebasing: $0.prefix(CommandDigest.byteCount)))
    }
  }
}
