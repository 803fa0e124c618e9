/// Why an agent moved to another sponsor.
package enum ReparentCause: UInt8, Hashable, Sendable {
  case requested = 0
  case sponsorLeft = 1
}

/// An agent, with everybody below, moved to another sponsor or became a root.
package struct AgentReparented: Hashable, Sendable {
  package var brand: Reference
  package var agent: Person
  package var from: Person?
  package var to: Person?
  /// Of the agent after the move, the root 1.
  package var level: UInt32
  package var cause: ReparentCause
  package var reasonHash: [UInt8]
}
