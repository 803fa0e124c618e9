internal import Marketplace

/// A well-formed command on its way to the writer.
struct Submission: Sendable {
  var command: Command
  /// Over the content, under the log's key.
  var digest: CommandDigest
  /// The user id observed on the socket; nil in process.
  var peer: UInt32?

  init(_ command: Command, digest: CommandDigest, peer: UInt32?) {
    self.command = command
    self.digest = digest
    self.peer = peer
  }
}
