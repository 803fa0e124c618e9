internal import Glibc
internal import Hummingbird
internal import NIOCore

/// What a request's handlers know of the connection: above all, whose process is at its other end.
struct APIContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// The user id of the process at the other end, as the kernel says; nil where it cannot say.
  func peer() async -> UInt32? {
    guard let provider = channel as? any SocketOptionProvider else { return nil }
    let credentials: PeerCredentials? = try? await provider.unsafeGetSocketOption(
      level: .init(SOL_SOCKET),
      name: .init(17)  // SO_PEERCRED
    ).get()
    // The kernel answers -1 for a socket that has no such peer.
    return credentials.flatMap { $0.uid == .max ? nil : $0.uid }
  }
}

/// `struct ucred` of the kernel, which Glibc's module hides.
private struct PeerCredentials: Sendable {
  var pid: Int32 = 0
  var uid: UInt32 = 0
  var gid: UInt32 = 0
}
