/// A product was taken off sale.
package struct ProductDelisted: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var reasonHash: [UInt8]
}
