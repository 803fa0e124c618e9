internal import Glibc
package import NIOCore

/// Whose process is at a unix socket's other end, as the kernel says.
package struct PeerCredentials: Sendable {
  package var user: UInt32
  /// Every group that it is of, its primary one first.
  var groups: [UInt32]

  init(user: UInt32, groups: [UInt32]) {
    self.user = user
    self.groups = groups
  }

  /// Of the peer of a channel, on its event loop; nil where the kernel cannot say.
  package init?(of channel: any Channel) {
    let socket = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { $0 }
    guard let socket, let credentials = Self.credentials(of: socket) else { return nil }
    user = credentials.user
    groups = [credentials.group] + Self.furtherGroups(of: socket)
  }

  /// `struct ucred` of the kernel, which Glibc's module hides.
  private struct Credentials {
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
  }

  // `SO_PEERCRED` and `SO_PEERGROUPS`, which the module hides too.
  private static let peerCredentials: Int32 = 17
  private static let peerGroups: Int32 = 59

  private static func credentials(of socket: Int32) -> Credentials? {
    var credentials = Credentials()
    var size = socklen_t(MemoryLayout<Credentials>.size)
    let code = getsockopt(socket, SOL_SOCKET, peerCredentials, &credentials, &size)
    // The kernel answers -1 for a socket that has no such peer.
    return code == 0 && credentials.user != .max ? credentials : nil
  }

  private static func furtherGroups(of socket: Int32) -> [UInt32] {
    var groups: [UInt32] = []
    var size: socklen_t = 0
    // Asked without room, it says how much is needed.
    while getsockopt(socket, SOL_SOCKET, peerGroups, &groups, &size) != 0 {
      guard errno == ERANGE, Int(size) > groups.count * 4 else { return [] }
      groups = Array(repeating: 0, count: Int(size) / 4)
    }
    return Array(groups.prefix(Int(size) / 4))
  }
}
