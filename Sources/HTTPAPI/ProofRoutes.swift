internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Ledger
internal import Marketplace
internal import NIOCore

/// The log for auditors: under `tlog` as C2SP's tlog-tiles has it, and proofs beside it.
struct ProofRoutes {
  private static let tree = "/v1/tlog/"

  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.get("tlog/checkpoint") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      return file(try await ledger.checkpoint(sign: false), .text, cache: .noCache)
    }
    router.post("tlog/checkpoint") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      return file(try await ledger.checkpoint(sign: true), .text, cache: .noCache)
    }
    router.get("tlog/tile/**") { request, _ in
      _ = try QueryParameters(request, allowed: [])
      guard let path = TilePath(parsing: String(request.uri.path.dropFirst(Self.tree.count))) else {
        throw Problem.badRequest(
          "\(request.uri.path) is no tile: such as tile/0/x001/234 or tile/entries/000.p/17"
        )
      }
      guard let tile = try await ledger.tile(path) else {
        throw Problem.notFound("no \(path) yet: the log has fewer events")
      }
      return file(tile, .bytes, cache: .immutable)
    }
    router.get("proofs/inclusion") { request, _ in
      let query = try QueryParameters(request, allowed: ["position", "size"])
      guard let position = try query.number("position", in: 1...Position.max) else {
        throw Problem.badRequest("position is missing: give the event's")
      }
      let size = try query.number("size", in: 0...UInt64.max)
      return Response.json(try await ledger.inclusionProof(of: position, size: size))
    }
    router.get("proofs/consistency") { request, _ in
      let query = try QueryParameters(request, allowed: ["from", "to"])
      guard let old = try query.number("from", in: 0...UInt64.max) else {
        throw Problem.badRequest("from is missing: give the size of the smaller tree")
      }
      let new = try query.number("to", in: 0...UInt64.max)
      return Response.json(try await ledger.consistencyProof(from: old, to: new))
    }
    router.get("events/{position}/proof") { request, context in
      _ = try QueryParameters(request, allowed: [])
      let part = try context.pathPart("position")
      guard let position = Position(part), position > 0 else {
        throw Problem.badRequest("\(part) is no position: give a whole number from 1")
      }
      return file(try await ledger.proof(of: position), .text, cache: .noCache)
    }
  }

  private enum Content: String {
    case text = "text/plain; charset=utf-8"
    case bytes = "application/octet-stream"
  }

  private enum Caching: String {
    case noCache = "no-cache"
    /// What a tile of a width holds never changes.
    case immutable = "max-age=31536000, immutable"
  }

  private func file(_ bytes: [UInt8], _ content: Content, cache: Caching) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: content.rawValue, .cacheControl: cache.rawValue],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }
}
