/// A brand was registered, with the limit of its agents' levels.
package struct BrandRegistered: Hashable, Sendable {
  package var brand: String
  package var owner: Person
  package var name: String
  package var levelLimit: UInt32
  package var currency: String
  package var timeZone: String
}
