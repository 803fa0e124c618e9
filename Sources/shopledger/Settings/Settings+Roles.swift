import Glibc
import HTTPAPI

extension Settings {
  /// What the processes at the unix socket's other end may do.
  var peers: PeerRoles {
    get async throws {
      var peers = PeerRoles.standard
      for (role, name) in Roles.names {
        guard let list = try await text("roles." + name) else { continue }
        // What is configured stands in the place of the default.
        if role == .read { peers.groups = [:] }
        for word in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
          try Self.grant(role, to: word, in: &peers, key: "roles." + name)
        }
      }
      return peers
    }
  }

  /// Whom the command line takes for the server, beside its own user and root.
  var serverUser: UInt32? {
    get async throws {
      guard let name = try await text("serverUser") else { return nil }
      guard let user = Self.user(name[...]) else {
        throw Failure(.usage, "serverUser: there is no user \(name); give the name or id of one")
      }
      return user
    }
  }

  private static func grant(
    _ role: Roles,
    to word: Substring,
    in peers: inout PeerRoles,
    key: String
  ) throws(Failure) {
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch parts.count == 2 ? parts[0] : "" {
    case "user":
      guard let user = user(parts[1]) else {
        throw Failure(.usage, "\(key): there is no user \(parts[1]); give the name or id of one")
      }
      peers.users[user, default: []].insert(role)
    case "group":
      guard let group = group(parts[1]) else {
        throw Failure(.usage, "\(key): there is no group \(parts[1]); give the name or id of one")
      }
      peers.groups[group, default: []].insert(role)
    default:
      throw Failure(.usage, "\(key): \(word) is neither user:NAME nor group:NAME; give one of them")
    }
  }

  private static func user(_ name: Substring) -> UInt32? {
    if let id = UInt32(name) { return id }
    return getpwnam(String(name)).map { $0.pointee.pw_uid }
  }

  private static func group(_ name: Substring) -> UInt32? {
    if let id = UInt32(name) { return id }
    return getgrnam(String(name)).map { $0.pointee.gr_gid }
  }
}
