internal import NIOHTTP1

/// Which role each request needs: the one place that says so.
///
/// A command that only an operator may send is told in `Caller.commandRefusal`, since one request
/// can have many commands.
enum RouteRoles {
  /// What is asked to see what was done and refused, and not how the trade goes; below `/v1`.
  private static let audited: Set<Substring> = [
    "refusals", "operations", "proofs", "checkpoint", "export",
  ]

  /// - Returns: nil when anybody may.
  static func needed(for head: HTTPRequestHead) -> Roles? {
    if CommandRequest.isOne(head) || CommandRequest.isDryRun(head) { return .write }
    let path = CommandRequest.path(of: head)
    // A supervisor that watches needs no role, and learns nothing but that.
    if path == ["healthz"] || path == ["readyz"] { return nil }
    guard head.method == .GET || head.method == .HEAD else { return .operate }
    guard path.first == "v1", path.count > 1 else { return .read }
    return audited.contains(path[1]) ? .audit : .read
  }
}
