internal import EventLog
internal import LMDB
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
  /// 503: the log, or a file beside it, cannot be read now; says why and the cure.
  case storage(String)
}

extension QueryError {
  /// What an error of the storage means to whoever asked; nil for other errors, and for damage.
  ///
  /// A disk that failed, and a limit of the system that was reached, are nothing that is wrong with
  /// the question or the program.
  package init?(storage error: any Error) {
    let cause: LMDBError
    switch error {
    case LogError.storage(let inner): cause = inner
    case let inner as LMDBError: cause = inner
    default: return nil
    }
    switch cause {
    case .panic, .readersFull, .system: self = .storage(cause.description)
    default: return nil
    }
  }
}
