/// Where a text stops being JSON, and why.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted from 0 at the start of the text.
  package var offset: Int
  /// What was expected there, or what must not be there.
  package var detail: String

  package init(offset: Int, detail: String) {
    self.offset = offset
    self.detail = detail
  }

  package var description: String { "byte \(offset): \(detail)" }
}
