internal import Hummingbird
internal import Ledger

/// What was refused, and what operators did.
struct AuditRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.get("refusals") { request, _ in
      let query = try QueryParameters(request, allowed: ["after", "limit", "reason", "peer"])
      var filter = RefusalFilter()
      filter.after = try query.number("after", in: 0...UInt64(Int64.max)) ?? 0
      filter.limit = try query.limit(default: 500)
      filter.reason = query.text("reason")
      filter.peer = try query.number("peer", in: 0...UInt32.max)
      return Response.json(try await ledger.refusals(filter))
    }
    router.get("operations") { request, _ in
      let query = try QueryParameters(request, allowed: ["after", "limit"])
      return Response.json(
        await ledger.operations(
          after: try query.number("after", in: 0...UInt64(Int64.max)) ?? 0,
          limit: try query.limit(default: 500)
        )
      )
    }
  }
}
