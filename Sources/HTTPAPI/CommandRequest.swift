internal import HTTPTypes
internal import HummingbirdCore
internal import Ledger
internal import Marketplace
internal import NIOHTTP1

/// What the head of a `POST /v1/commands` says.
struct CommandRequest {
  /// Whether the body has a command a line; else it is one command.
  var isStream: Bool
  /// Whether the sender wants only the receipts of what was not accepted.
  var refusedOnly: Bool

  /// - Throws: a problem when the query is wrong.
  init(_ head: HTTPRequestHead) throws(Problem) {
    var refusedOnly = false
    if head.uri.utf8.contains(UInt8(ascii: "?")) {
      let query = try QueryParameters(URI(head.uri), allowed: ["receipts"])
      refusedOnly = try query.choice("receipts", of: ["all", "refused"]) == "refused"
    }
    self.refusedOnly = refusedOnly
    isStream = Self.isNDJSON(head.headers["Content-Type"].joined(separator: ", "))
  }

  /// Whether a request is one, by the router's rules for paths: empty parts do not count.
  ///
  /// A dry run is none: it is a question, and the router's.
  static func isOne(_ head: HTTPRequestHead) -> Bool {
    guard head.method == .POST else { return false }
    if head.uri == "/v1/commands" { return true }
    return path(of: head) == ["v1", "commands"]
      && !URI(head.uri).queryParameters.contains { $0.key == "dryRun" }
  }

  /// The parts of a request's path.
  static func path(of head: HTTPRequestHead) -> [Substring] {
    URI(head.uri).path.split(separator: "/")
  }

  static func isNDJSON(_ contentType: String) -> Bool {
    guard let type = contentType.split(separator: ";").first else { return false }
    return ["application/x-ndjson", "application/ndjson", "application/jsonl"].contains(
      type.lowercased().filter { $0 != " " }
    )
  }
}

extension Problem {
  /// A body that is no command.
  static func malformedCommand(_ detail: String) -> Problem {
    Problem(.badRequest, "malformed-command", "Not a command", detail: detail)
  }

  /// What a single command's sender is told when it was not accepted; nil when it was.
  init?(_ receipt: Receipt) {
    switch receipt.outcome {
    case .accepted:
      return nil
    case .rejected(let rejection, _):
      self.init(
        .unprocessableContent,
        "command-refused",
        rejection.reason.name,
        detail: rejection.detail
      )
      self.rejection = rejection.reason.name
      repeated = receipt.repeated
    case .malformed(let detail):
      self = .malformedCommand(detail)
    case .forbidden(let detail):
      self.init(.forbidden, "forbidden", "Not allowed", detail: detail)
    case .unavailable(let detail):
      self = .unavailableCommand(detail)
    }
    command = receipt.id
  }

  static func unavailableCommand(_ detail: String) -> Problem {
    Problem(
      .serviceUnavailable,
      "unavailable",
      "Not known to be recorded",
      detail: detail,
      retryAfter: 1
    )
  }
}
