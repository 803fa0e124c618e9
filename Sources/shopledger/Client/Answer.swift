import JSON

/// What the server answered to one request.
struct Answer: Hashable {
  var status: Int
  var body: [UInt8]

  /// How a program that gets this answer ends; nil when nothing was refused.
  var failureStatus: ProgramStatus? {
    switch status {
    case ..<400: nil
    case 503: .unavailable
    default: .refused
    }
  }

  /// The answer itself, unless it is a refusal.
  ///
  /// - Throws: a `Failure` that says what the problem document says.
  func checked() throws(Failure) -> Answer {
    guard let failureStatus else { return self }
    let problem = try? JSONValue(parsing: body)
    let title = problem?["title"]?.string ?? "the server answered \(status)"
    let detail = problem?["detail"]?.string.map { ": " + $0 } ?? ""
    throw Failure(failureStatus, (title + detail).printable)
  }

  /// - Throws: a `Failure` when the body is no JSON.
  func parsed() throws(Failure) -> JSONValue {
    do {
      return try JSONValue(parsing: body)
    } catch {
      throw Failure(.refused, "the server's answer is no JSON: \(error)")
    }
  }
}
