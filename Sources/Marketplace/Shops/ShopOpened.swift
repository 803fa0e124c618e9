/// A shop opened.
package struct ShopOpened: Hashable, Sendable {
  package var shop: String
  package var owner: Person
  package var nameHash: [UInt8]
  package var currency: String
  package var timeZone: String
}
