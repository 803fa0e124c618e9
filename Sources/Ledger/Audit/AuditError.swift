/// Why a key, a signature, a checkpoint or a proof cannot be made, read or believed; the sentence
/// says what is wrong, and the cure where there is one.
package struct AuditError: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) {
    self.description = description
  }
}
