internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Ledger
internal import Marketplace
internal import NIOCore

/// `POST /v1/commands?dryRun=1`: what a command would do.
///
/// `CommandHandler` lets it through, so that the way on which commands are recorded knows nothing of
/// it.
struct DryRunRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.post("commands") { request, context in
      let query = try QueryParameters(request, allowed: ["dryRun"])
      guard try query.choice("dryRun", of: ["1"]) != nil else {
        throw Problem.badRequest("dryRun is missing: give dryRun=1")
      }
      if CommandRequest.isNDJSON(request.headers[.contentType] ?? "") {
        throw Problem.badRequest(
          "a dry run takes one command, and this is a stream: each line would be decided as if "
            + "those before it had not been sent; send one command as application/json"
        )
      }
      let caller = try await context.caller()
      var reader = ledger.reader(peer: caller?.user, refusal: caller?.commandRefusal)
      reader.read(Array(try await body(of: request).readableBytesView)[...])
      switch try await ledger.dryRun(reader.take()) {
      case .accepted(let json): return Response.json(json)
      case .receipt(let receipt):
        if let problem = Problem(receipt) { throw problem }
        return Response.json(receipt.json)
      }
    }
  }

  private func body(of request: Request) async throws -> ByteBuffer {
    do {
      return try await request.body.collect(upTo: CommandParser.maxBytes)
    } catch is NIOTooManyBytesError {
      throw Problem.malformedCommand(
        "the command has more than \(CommandParser.maxBytes) bytes; shorten its texts"
      )
    }
  }
}
