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

  init(_ command: Command, digest: CommandDigest, peer: UInt32?) {
    self.command = command
    self.digest = digest
    self.peer = peer
  }
}
