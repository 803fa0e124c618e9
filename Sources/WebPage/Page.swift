internal import Hummingbird
internal import Ledger

/// What a template is filled with, by name.
typealias Fields = [String: Any]

/// A page before it is text.
struct Page {
  /// The template of what lies between header and footer.
  var template: String
  /// Of the window.
  var title: String
  /// Which entry of the navigation it belongs to.
  var section: Section?
  var status: HTTPResponse.Status = .ok
  /// The event up to which the page holds, when it shows figures of one view.
  var position: Int64?
  /// A part that a script puts into a page, without header and footer.
  var isFragment = false
  var fields: Fields

  enum Section: String, CaseIterable, Sendable {
    case overview, brands, modes, log, operation
  }
}

extension Page {
  /// The page that says why there is no other.
  init(_ error: QueryError, _ visit: Visit) {
    let words = visit.words
    let (status, title, detail): (HTTPResponse.Status, String, String) =
      switch error {
      case .notFound(let detail): (.notFound, words["notFound"], detail)
      case .badRequest(let detail): (.badRequest, words["badRequest"], detail)
      case .notReached(let view, let wanted, let reached):
        (.gatewayTimeout, words["unavailable"], "\(view): \(reached) / \(wanted)")
      case .unavailable(let view, let detail):
        (.serviceUnavailable, words["unavailable"], "\(view): \(detail)")
      case .busy(let detail), .storage(let detail):
        (.serviceUnavailable, words["unavailable"], detail)
      case .conflict(let detail): (.conflict, words["conflict"], detail)
      }
    self.init(
      template: "error",
      title: title,
      section: nil,
      status: status,
      fields: ["title": title, "detail": detail, "code": status.code]
    )
  }
}
