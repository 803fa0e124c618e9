/// Why an agent left; `notSaid` when the command did not tell.
package enum LeaveCause: UInt8, Hashable, Sendable {
  case notSaid = 0
  case left = 1
  case revoked = 2

  /// The name in commands and answers; empty for `notSaid`.
  package var name: String {
    switch self {
    case .notSaid: ""
    case .left: "left"
    case .revoked: "revoked"
    }
  }
}

/// An agent left a brand; those recruited move up to the sponsor.
package struct AgentLeft: Hashable, Sendable {
  package var brand: Reference
  package var agent: Person
  package var sponsor: Person?
  package var cause: LeaveCause
  package var reasonHash: [UInt8]
}
