/// A policy was adopted; all values in force from here on.
package struct PolicyAdopted: Hashable, Sendable {
  package var policy: Policy
}
