package import Marketplace

/// Why a question has no answer.
package enum QueryError: Error, Sendable {
  /// 404: names what is unknown, such as `no shop s99 at position 1200`.
  case notFound(String)
  /// 400: a parameter or a path's part cannot be.
  case badRequest(String)
  /// 504: the view did not reach the position in time.
  case notReached(view: String, wanted: Position, reached: Position)
  /// 503: the view is being built or has stopped; says why and how far it is.
  case unavailable(view: String, detail: String)
  /// 503: too many questions that read much of the log; says how many may be asked.
  case busy(String)
  /// 409: cannot be done as things stand, such as a rebuild while one runs.
  case conflict(String)
}
