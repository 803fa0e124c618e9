/// A product was put on sale again.
package struct ProductRelisted: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var reasonHash: [UInt8]
}
