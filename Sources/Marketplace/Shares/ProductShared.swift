/// A person shared a product, first hand or passing on another share.
package struct ProductShared: Hashable, Sendable {
  package var share: String
  package var product: Reference
  package var shop: Reference
  package var brand: Reference?
  package var sharer: Person
  package var via: Reference?
  /// The first share of the chain; this one, when it passes none on.
  package var root: Reference
  /// 1 for a first share, else one more than that of `via`.
  package var depth: UInt32
  package var scene: Scene
  package var community: String
}
