/// A person became an agent of a brand, or became one again.
package struct AgentSignedUp: Hashable, Sendable {
  package var brand: Reference
  package var agent: Person
  package var sponsor: Person?
  /// Counted from the root, the root itself 1.
  package var level: UInt32
  /// In minor units of the brand's currency; 0 when none was paid.
  package var entryFee: Int64
  package var currency: String
}
