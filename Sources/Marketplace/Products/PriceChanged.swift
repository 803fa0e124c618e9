/// A product's price changed.
package struct PriceChanged: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var from: Int64
  package var to: Int64
}
