internal import HTTPTypes
internal import Ledger
internal import Marketplace

/// Who makes a request, and what they may do.
struct Caller: Sendable {
  /// As problems and the list of operations name them, such as `user 1001` or `token office`.
  var name: String
  /// The user id of the process at the other end; nil where the kernel knows none.
  var user: UInt32?
  private var roles: Roles

  init(name: String, user: UInt32?, roles: Roles) {
    self.name = name
    self.user = user
    self.roles = roles.withImplied
  }

  func has(_ role: Roles) -> Bool { roles.contains(role) }

  /// - Throws: a problem that names the role that is missing for `what`, and how to get it.
  func require(_ role: Roles, for what: @autoclosure () -> String) throws(Problem) {
    guard !has(role) else { return }
    throw Problem(.forbidden, "forbidden", "Not allowed", detail: refusal(role, for: what()))
  }

  private func refusal(_ role: Roles, for what: String) -> String {
    "\(what) needs the role \(role.text), and \(name) has "
      + (roles.isEmpty ? "none" : roles.text) + "; whoever runs the server can grant it"
  }

  /// Why this caller may not send a command, if that is so.
  var commandRefusal: (@Sendable (Command) -> String?)? {
    guard !has(.operate) else { return nil }
    return { [self] command in
      // The rules of the trade are an operator's.
      command.data is AdoptPolicy ? refusal(.operate, for: AdoptPolicy.type) : nil
    }
  }

  /// Whether the same may be done in this one's name.
  func equals(_ other: Caller) -> Bool {
    user == other.user && roles == other.roles && name == other.name
  }
}
