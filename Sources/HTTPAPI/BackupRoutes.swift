internal import Hummingbird
internal import HummingbirdCore
internal import JSON
internal import Ledger
internal import NIOCore

/// Backing up, by the server, to a directory of its machine.
struct BackupRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.post("backup") { request, context in
      _ = try QueryParameters(request, allowed: [])
      let directory = try await directory(of: request)
      try await ledger.backup(to: directory, by: try await context.callerName())
      return Response.json(await ledger.backupStatus(), status: .accepted)
    }
    router.get("backup") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      return Response.json(await ledger.backupStatus())
    }
  }

  private func directory(of request: Request) async throws -> String {
    let wanted = #"give a body such as {"directory": "/backup/ledger"}"#
    guard let body = try? await request.body.collect(upTo: 8_192),
      let members = (try? JSONValue(parsing: body.readableBytesView))?.members,
      members.map(\.name) == ["directory"], let directory = members[0].value.string
    else { throw Problem.badRequest(wanted) }
    return directory
  }
}
