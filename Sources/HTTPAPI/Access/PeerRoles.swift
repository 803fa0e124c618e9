internal import Glibc

/// What the processes at the unix socket's other end may do, by the user and groups that they run
/// as.
public struct PeerRoles: Sendable {
  /// What each user may do, by id.
  public var users: [UInt32: Roles] = [:]
  /// What the members of each group may do, by id.
  public var groups: [UInt32: Roles] = [:]

  /// Nobody may do anything but the server's own user and root.
  public init() {}

  /// The server's own group may read.
  public static var standard: PeerRoles {
    var roles = PeerRoles()
    roles.groups[getegid()] = .read
    return roles
  }

  /// Who a peer is, and what they may do.
  ///
  /// The server's own user may do everything, since it can do it to the files too; so can root.
  func caller(_ peer: PeerCredentials?) -> Caller {
    guard let peer else { return Caller(name: "somebody", user: nil, roles: []) }
    var roles = users[peer.user] ?? []
    for group in peer.groups { roles.formUnion(groups[group] ?? []) }
    if peer.user == geteuid() || peer.user == 0 { roles = .all }
    return Caller(name: "user \(peer.user)", user: peer.user, roles: roles)
  }
}
