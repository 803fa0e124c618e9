/// A product's stock was adjusted by hand.
package struct StockAdjusted: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  package var by: Int64
  package var after: Int64
  package var reasonHash: [UInt8]
}
