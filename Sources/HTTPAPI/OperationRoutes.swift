internal import Hummingbird
internal import JSON
internal import Ledger
internal import NIOCore

/// What an operator asks and does.
struct OperationRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.get("views") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      return Response.json(try await ledger.views())
    }
    router.post("views/{view}/rebuild") { request, context in
      _ = try QueryParameters(request, allowed: [])
      let view = try context.pathPart("view")
      try await ledger.rebuild(view: view, by: try await context.callerName())
      return accepted(view, "rebuilding")
    }
    router.post("views/{view}/rollback") { request, context in
      _ = try QueryParameters(request, allowed: [])
      let view = try context.pathPart("view")
      try await ledger.rollback(view: view, by: try await context.callerName())
      return accepted(view, "rolledBack")
    }
    router.get("status") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      return Response.json(try await ledger.status())
    }
  }

  /// `/healthz` and `/readyz` stand outside `/v1`, where supervisors look for them.
  func addProbes(to router: Router<APIContext>) {
    router.get("healthz") { _, _ in text(.ok, "alive\n") }
    router.get("readyz") { _, _ in
      let readiness = await ledger.readiness()
      return text(
        readiness.ready ? .ok : .serviceUnavailable,
        readiness.ready ? "ready\n" : readiness.detail + "\n"
      )
    }
  }

  private func accepted(_ view: String, _ outcome: String) -> Response {
    var json = JSONWriter()
    json.object { json in
      json.member("view", view)
      json.member("outcome", outcome)
    }
    return Response.json(json.bytes, status: .accepted)
  }

  private func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
    Response(
      status: status,
      headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }
}
