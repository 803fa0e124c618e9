/// A person bought a product.
package struct ProductPurchased: Hashable, Sendable {
  package var order: String
  package var product: Reference
  package var shop: Reference
  package var seller: Person
  package var brand: Reference?
  package var kind: GoodsKind
  package var title: String
  package var currency: String
  package var buyer: Person
  package var unitPrice: Int64
  package var quantity: Int64
  /// Unit price times quantity, in minor units.
  package var total: Int64
  package var stockAfter: Int64
  /// As the caller claimed it; nil when the purchase came without.
  package var entry: Entry?
  package var attribution: Attribution
  package var creditedSharer: Person?
  /// The share was of another product of the same shop.
  package var halo: Bool
  /// The buyer followed a share of their own, which credits nobody.
  package var selfShare: Bool
  package var impulse: Bool
  /// Position of the policy in force; 0 before the first.
  package var policy: Position
}
