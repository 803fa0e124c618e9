internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import NIOCore

/// `GET /v1/export`: the log as CloudEvents, one a line, as fast as they are read.
struct ExportRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.get("export") { request, _ in
      let query = try QueryParameters(
        request,
        allowed: ["after", "names"] + EventFilter.parameters
      )
      let filter = try EventFilter(query)
      let withNames = try query.choice("names", of: ["true", "false"]) != "false"
      let export = try ledger.export(filter, withNames: withNames)
      return Response(
        status: .ok,
        headers: [.contentType: "application/x-ndjson"],
        body: ResponseBody { writer in
          var export = export
          while let piece = try export.next() { try await writer.write(ByteBuffer(bytes: piece)) }
          try await writer.finish(nil)
        }
      )
    }
  }
}
