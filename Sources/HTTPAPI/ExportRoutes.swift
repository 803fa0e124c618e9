internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import Marketplace
internal import NIOCore

/// `GET /v1/export`: the log as CloudEvents, one a line, as fast as they are read.
struct ExportRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.get("export") { request, _ in
      let query = try QueryParameters(
        request,
        allowed: ["after", "names"] + EventFilter.names
      )
      var filter = EventFilter(query)
      filter.after = try query.number("after", in: 0...Position.max) ?? 0
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

extension EventFilter {
  /// The query parameters that filter events by the things that they are about.
  static let names = [
    "shop", "product", "share", "order", "buyer", "agent", "brand", "command", "type",
  ]

  /// A filter by the things that a query names.
  init(_ query: QueryParameters) {
    self.init()
    shop = query.text("shop")
    product = query.text("product")
    share = query.text("share")
    order = query.text("order")
    buyer = query.text("buyer")
    agent = query.text("agent")
    brand = query.text("brand")
    command = query.text("command")
    type = query.text("type")
  }
}
