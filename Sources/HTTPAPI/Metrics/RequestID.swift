internal import HTTPTypes
internal import Hummingbird

/// Names each request in its answer as the log names it.
struct RequestIDMiddleware: RouterMiddleware {
  private static let field = HTTPField.Name("X-Request-Id")

  func handle(
    _ request: Request,
    context: APIContext,
    next: @concurrent (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    if let field = Self.field { response.headers[field] = context.id }
    return response
  }
}
