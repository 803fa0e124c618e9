/// A person visited a shop.
package struct VisitRecorded: Hashable, Sendable {
  package var visit: String
  package var shop: Reference
  package var visitor: Person
  package var product: Reference?
  package var brand: Reference?
  package var entry: Entry
  package var attribution: Attribution
}
