/// A shop put a product on sale.
package struct ProductListed: Hashable, Sendable {
  package var product: String
  package var shop: Reference
  package var seller: Person
  package var brand: Reference?
  package var kind: GoodsKind
  package var title: String
  package var currency: String
  package var price: Int64
  package var stock: Int64
  package var storyHash: [UInt8]
}
