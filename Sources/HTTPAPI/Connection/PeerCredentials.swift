internal import Glibc
internal import NIOCore

/// `struct ucred` of the kernel, which Glibc's module hides: whose process is at a socket's other
/// end.
struct PeerCredentials: Sendable {
  private var process: Int32 = 0
  private var user: UInt32 = 0
  private var group: UInt32 = 0

  /// The user id of the process that connected, as the kernel says; nil where it cannot say.
  ///
  /// Calls back at once when called on the channel's event loop.
  static func whenKnown(of channel: any Channel, _ body: @escaping @Sendable (UInt32?) -> Void) {
    guard let provider = channel as? any SocketOptionProvider else { return body(nil) }
    let credentials: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
      level: .init(SOL_SOCKET),
      name: .init(17)  // SO_PEERCRED
    )
    credentials.whenComplete { result in
      // The kernel answers -1 for a socket that has no such peer.
      let user = (try? result.get())?.user
      body(user == .max ? nil : user)
    }
  }
}
