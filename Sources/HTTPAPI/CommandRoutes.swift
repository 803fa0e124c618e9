internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import Marketplace
internal import NIOCore

/// `POST /v1/commands`: one command as JSON, or many as NDJSON.
struct CommandRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.post("commands") { request, context in
      let query = try QueryParameters(request, allowed: ["receipts"])
      let refusedOnly = try query.choice("receipts", of: ["all", "refused"]) == "refused"
      let peer = await context.peer()
      if Self.isNDJSON(request.headers[.contentType]) {
        let stream = BulkStream(ledger: ledger, peer: peer, refusedOnly: refusedOnly)
        return stream.response(to: request)
      }
      return try await one(request, peer: peer)
    }
  }

  private static func isNDJSON(_ contentType: String?) -> Bool {
    guard let type = contentType?.split(separator: ";").first else { return false }
    return ["application/x-ndjson", "application/ndjson", "application/jsonl"].contains(
      type.lowercased().filter { $0 != " " }
    )
  }

  private func one(_ request: Request, peer: UInt32?) async throws -> Response {
    var body: [UInt8] = []
    for try await buffer in request.body {
      guard body.count + buffer.readableBytes <= CommandParser.maxBytes else {
        throw Problem(
          .contentTooLarge,
          "too-large",
          "Too large",
          detail: "a command has at most \(CommandParser.maxBytes) bytes; "
            + "send many commands as application/x-ndjson, one a line"
        )
      }
      body.append(contentsOf: buffer.readableBytesView)
    }
    let receipt = await ledger.submitOne(body[...], peer: peer)
    switch receipt.outcome {
    case .accepted:
      var json = JSONWriter()
      receipt.write(to: &json)
      return Response.json(json.bytes, status: receipt.repeated ? .ok : .created)
    case .rejected(let rejection, _):
      var problem = Problem(
        .unprocessableContent,
        "command-refused",
        rejection.reason.name,
        detail: rejection.detail
      )
      problem.rejection = rejection.reason.name
      problem.command = receipt.id
      problem.repeated = receipt.repeated
      throw problem
    case .malformed(let detail):
      var problem = Problem(.badRequest, "malformed-command", "Not a command", detail: detail)
      problem.command = receipt.id
      throw problem
    case .unavailable(let detail):
      var problem = Problem(
        .serviceUnavailable,
        "unavailable",
        "Not known to be recorded",
        detail: detail,
        retryAfter: 1
      )
      problem.command = receipt.id
      throw problem
    }
  }
}
