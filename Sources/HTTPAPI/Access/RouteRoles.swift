internal import NIOHTTP1

/// Which role each request needs: the one place that says so.
///
/// A command that only an operator may send is told in `Caller.commandRefusal`, since one request
/// can have many commands.
enum RouteRoles {
  /// What shows how the record is kept, and not how the trade goes, with all below it; a star stands
  /// for any part.
  private static let audited: [[Substring]] = [
    ["v1", "tlog"], ["v1", "proofs"], ["v1", "events", "*", "proof"], ["v1", "explain"],
    ["v1", "refusals"], ["v1", "operations"], ["v1", "export"], ["v1", "what-if"],
  ]

  /// - Returns: nil when anybody may.
  static func needed(for head: HTTPRequestHead) -> Roles? {
    if CommandRequest.isOne(head) { return .write }
    let path = CommandRequest.path(of: head)
    // A command tried without recording it is for whoever may send it.
    if head.method == .POST, path == ["v1", "commands"] { return .write }
    // A supervisor that watches needs no role, and learns nothing but that.
    if path == ["healthz"] || path == ["readyz"] { return nil }
    // Asking for a signature changes nothing that anybody else sees.
    if audited.contains(where: { leads($0, to: path) }) { return .audit }
    // A backup's progress names a directory of the machine.
    if leads(["v1", "backup"], to: path) { return .operate }
    return head.method == .GET || head.method == .HEAD ? .read : .operate
  }

  private static func leads(_ pattern: [Substring], to path: [Substring]) -> Bool {
    pattern.count <= path.count && zip(pattern, path).allSatisfy { $0 == "*" || $0 == $1 }
  }
}
