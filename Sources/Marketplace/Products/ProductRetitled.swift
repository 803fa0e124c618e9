/// A product got another title.
package struct ProductRetitled: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var title: String
}
