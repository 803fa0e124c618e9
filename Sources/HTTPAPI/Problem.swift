internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import Logging
internal import NIOCore

/// An error as its caller reads it: an RFC 9457 problem document.
struct Problem: Error, HTTPResponseError {
  var status: HTTPResponse.Status
  /// A stable name of the kind of error; the last part of the document's `type`.
  var type: String
  var title: String
  /// What is wrong here, and the cure.
  var detail: String
  /// The reason's name, when a command was refused.
  var rejection: String?
  /// The command's id, when there is one.
  var command: String?
  var repeated = false
  /// In how many seconds it makes sense to try again.
  var retryAfter: Int?

  init(
    _ status: HTTPResponse.Status,
    _ type: String,
    _ title: String,
    detail: String,
    retryAfter: Int? = nil
  ) {
    self.status = status
    self.type = type
    self.title = title
    self.detail = detail
    self.retryAfter = retryAfter
  }

  static func badRequest(_ detail: String) -> Problem {
    Problem(.badRequest, "bad-request", "Bad request", detail: detail)
  }

  static func notFound(_ detail: String) -> Problem {
    Problem(.notFound, "not-found", "Not found", detail: detail)
  }

  var headers: HTTPFields {
    var headers: HTTPFields = [.contentType: "application/problem+json"]
    if let retryAfter { headers[.retryAfter] = String(retryAfter) }
    if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
    return headers
  }

  var body: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("type", "urn:shopledger:problem:\(type)")
      json.member("title", title)
      json.member("status", status.code)
      json.member("detail", detail)
      json.member("rejection", ifPresent: rejection)
      json.member("command", ifPresent: command)
      if repeated { json.member("repeated", true) }
    }
    return json.bytes
  }

  func response(from request: Request, context: some RequestContext) -> Response {
    Response(
      status: status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
    )
  }
}

extension Problem {
  /// Says a failed question in HTTP's terms.
  init(_ error: QueryError) {
    switch error {
    case .notFound(let detail):
      self = .notFound(detail)
    case .badRequest(let detail):
      self = .badRequest(detail)
    case .notReached(let view, let wanted, let reached):
      self.init(
        .gatewayTimeout,
        "not-reached",
        "Not reached in time",
        detail: "the view \(view) reflects position \(reached), not \(wanted) yet; "
          + "ask again, or wait longer with wait=SECONDS"
      )
    case .unavailable(let view, let detail):
      self.init(
        .serviceUnavailable,
        "view-unavailable",
        "View unavailable",
        detail: "the view \(view) cannot answer: \(detail)",
        retryAfter: 2
      )
    case .busy(let detail):
      self.init(
        .serviceUnavailable,
        "busy",
        "Busy",
        detail: detail,
        retryAfter: 5
      )
    case .conflict(let detail):
      self.init(.conflict, "conflict", "Not possible as things stand", detail: detail)
    case .storage(let detail):
      self.init(
        .serviceUnavailable,
        "storage-unavailable",
        "Storage unavailable",
        detail: detail,
        retryAfter: 2
      )
    }
  }
}

/// Turns every error into a problem document, whichever part threw it.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request,
    context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      return problem.response(from: request, context: context)
    } catch let error as QueryError {
      return Problem(error).response(from: request, context: context)
    } catch let error as HTTPError {
      let problem =
        error.status == .notFound
        ? Problem.notFound("no such resource: \(request.method) \(request.uri.path)")
        : Problem(
          error.status,
          "http",
          error.status.reasonPhrase,
          detail: error.body ?? error.status.reasonPhrase
        )
      return problem.response(from: request, context: context)
    } catch {
      context.logger.error("request failed", metadata: ["error": "\(error)"])
      if let error = QueryError(storage: error) {
        return Problem(error).response(from: request, context: context)
      }
      return Problem(
        .internalServerError,
        "internal",
        "Internal error",
        detail: "the request failed and nothing was changed by it: \(error)"
      ).response(from: request, context: context)
    }
  }
}

extension Response {
  /// An answer whose JSON is ready.
  static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status,
      headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }
}
