internal import JSON
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
    /// Its sender may not send such a command.
    case forbidden(detail: String)
    /// Not known to be recorded: send the same id again.
    case unavailable(detail: String)
  }

  package init(id: String, outcome: Outcome, repeated: Bool = false) {
    self.id = id
    self.outcome = outcome
    self.repeated = repeated
  }

  /// The receipt as one JSON object, as in `POST /v1/commands`.
  package var json: [UInt8] {
    var text: [UInt8] = []
    append(to: &text)
    return text
  }

  /// Appends the same to other text; of an accepted command, copies of bytes and no more.
  package func append(to text: inout [UInt8]) {
    if case .accepted(let first, let last, let recordedAt) = outcome {
      text += #"{"id":""#.utf8
      // An identifier; so nothing in it needs an escape.
      text += id.utf8
      text += #"","outcome":"accepted","positions":["#.utf8
      Self.append(first, to: &text)
      text.append(UInt8(ascii: ","))
      Self.append(last, to: &text)
      text += #"],"recordedAt":""#.utf8
      Timestamp.append(recordedAt, to: &text)
      text += (repeated ? #"","repeated":true}"# : #""}"#).utf8
    } else {
      text += notAccepted.bytes
    }
  }

  private static func append(_ position: Position, to text: inout [UInt8]) {
    var bound: Position = 10
    text.append(UInt8(ascii: "0"))
    // No log gets near the 19 digits at which this would overflow.
    while position >= bound {
      text.append(UInt8(ascii: "0"))
      bound *= 10
    }
    var rest = position
    var at = text.count
    while rest != 0 {
      at -= 1
      text[at] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  private var notAccepted: JSONWriter {
    var json = JSONWriter()
    json.object { json in
      json.member("id", ifPresent: id)
      switch outcome {
      case .accepted: break
      case .rejected(let rejection, let recordedAt):
        json.member("outcome", "rejected")
        json.member("rejection", rejection.reason.name)
        json.member("recordedAt", Timestamp.text(recordedAt))
        json.member("detail", rejection.detail)
      case .malformed(let detail):
        json.member("outcome", "malformed")
        json.member("detail", detail)
      case .forbidden(let detail):
        json.member("outcome", "forbidden")
        json.member("detail", detail)
      case .unavailable(let detail):
        json.member("outcome", "unavailable")
        json.member("detail", detail)
      }
      if repeated { json.member("repeated", true) }
    }
    return json
  }
}
