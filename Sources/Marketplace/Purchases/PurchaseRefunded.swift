/// A purchase was refunded, in part or whole.
package struct PurchaseRefunded: Hashable, Sendable {
  package var refund: String
  package var order: Reference
  package var product: Reference
  package var shop: Reference
  package var brand: Reference?
  package var kind: GoodsKind
  package var currency: String
  package var buyer: Person
  package var quantity: Int64
  package var amount: Int64
  package var restock: Bool
  /// The product's stock after the refund; 0 unless restocked.
  package var stockAfter: Int64
  /// The local day of the order, for the cohort figures.
  package var orderDay: Day
  /// Units of the order not refunded yet, after this refund.
  package var quantityLeft: Int64
  /// Money of the order not refunded yet, after this refund.
  package var amountLeft: Int64
  package var reasonHash: [UInt8]
}
