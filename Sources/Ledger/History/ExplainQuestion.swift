package import Marketplace

/// The question behind `/v1/explain/…`: why a figure is what it is.
package struct ExplainQuestion: Sendable {
  package enum Subject: Sendable {
    case dashboard(shop: String)
    case agency(brand: String, agent: String?)
    case modes(shop: String?, brand: String?, currency: String?)
  }

  package var subject: Subject
  /// Where the figure stands in the view's answer, such as `modes.share.gross`.
  package var figure: String
  package var from: Day?
  package var to: Day?
  package var limit: Int
  /// The `next` of the page before.
  package var cursor: String?

  package init(
    _ subject: Subject,
    figure: String,
    from: Day? = nil,
    to: Day? = nil,
    limit: Int = 100,
    cursor: String? = nil
  ) {
    self.subject = subject
    self.figure = figure
    self.from = from
    self.to = to
    self.limit = limit
    self.cursor = cursor
  }
}
