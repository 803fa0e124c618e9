package import JSON
package import Marketplace

/// What became of one command.
package struct Receipt: Hashable, Sendable {
  /// As far as it could be read; empty when not.
  package var id: String
  package var outcome: Outcome
  /// The command had been answered before, and this is that answer.
  package var repeated: Bool

  package enum Outcome: Hashable, Sendable {
    case accepted(first: Position, last: Position, recordedAt: Microseconds)
    case rejected(Rejection, recordedAt: Microseconds)
    /// No command at all.
    case malformed(detail: String)
    /// Not known to be recorded: send the same id again.
    case unavailable(detail: String)
  }

  package init(id: String, outcome: Outcome, repeated: Bool = false) {
    self.id = id
    self.outcome = outcome
    self.repeated = repeated
  }

  /// The receipt as one JSON object, as in `POST /v1/commands`.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("id", ifPresent: id)
      switch outcome {
      case .accepted(let first, let last, let recordedAt):
        json.member("outcome", "accepted")
        json.array("positions") { json in
          json.value(first)
          json.value(last)
        }
        json.member("recordedAt", Timestamp.text(recordedAt))
      case .rejected(let rejection, let recordedAt):
        json.member("outcome", "rejected")
        json.member("rejection", rejection.reason.name)
        json.member("recordedAt", Timestamp.text(recordedAt))
        json.member("detail", rejection.detail)
      case .malformed(let detail):
        json.member("outcome", "malformed")
        json.member("detail", detail)
      case .unavailable(let detail):
        json.member("outcome", "unavailable")
        json.member("detail", detail)
      }
      if repeated { json.member("repeated", true) }
    }
  }
}
