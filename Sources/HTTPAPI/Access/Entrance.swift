internal import NIOCore
internal import NIOHTTP1

/// Who may come in by one of the listeners, and as whom.
enum Entrance: Sendable {
  /// Whoever the directory lets reach the socket; the kernel says who that is.
  case unix(PeerRoles)
  case tcp(TCPEntrance)
}

/// The entrance of one connection.
struct Gate {
  private let entrance: Entrance
  /// Who is at the other end of a unix socket.
  private let peer: Caller
  private let port: Int?

  /// On the channel's event loop.
  init(_ entrance: Entrance, of channel: any Channel) {
    self.entrance = entrance
    switch entrance {
    case .unix(let peers):
      peer = peers.caller(PeerCredentials(of: channel))
      port = nil
    case .tcp:
      peer = Caller(name: "somebody", user: nil, roles: [])
      port = channel.localAddress?.port
    }
  }

  /// Lets a request in whose caller has the role that it needs.
  ///
  /// - Throws: a problem that says what is missing.
  func admit(_ head: HTTPRequestHead) throws(Problem) -> Admission {
    let caller: Caller
    switch entrance {
    case .unix:
      caller = peer
    case .tcp(let entrance):
      let admission = try entrance.admit(head, port: port)
      guard case .admitted(let known) = admission else { return admission }
      caller = known
    }
    if let role = RouteRoles.needed(for: head) {
      try caller.require(role, for: "\(head.method) \(head.uri)")
    }
    return .admitted(caller)
  }
}
