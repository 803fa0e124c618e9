internal import JSON

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

// MARK: The record

extension ProductShared {
  func encode(into output: inout ProtobufWriter) {
    output.text(1, share)
    output.entity(2, product)
    output.entity(3, shop)
    output.entity(4, brand)
    output.person(5, sharer)
    output.entity(6, via)
    output.entity(7, root)
    output.varint(8, depth)
    output.choice(9, scene)
    output.text(10, community)
  }

  init(decoding input: inout ProtobufReader) throws(RecordError) {
    share = ""
    product = .unread
    shop = .unread
    brand = nil
    sharer = Person(0)
    via = nil
    root = .unread
    depth = 0
    scene = .none
    community = ""
    while let field = try input.next() {
      switch field {
      case 1: share = try input.text()
      case 2: product = try input.entity()
      case 3: shop = try input.entity()
      case 4: brand = try input.entity()
      case 5: sharer = try input.person()
      case 6: via = try input.entity()
      case 7: root = try input.entity()
      case 8: depth = try input.uint32()
      case 9: scene = try input.choice()
      case 10: community = try input.text()
      default: try input.skip()
      }
    }
    try input.require(product, in: 2)
    try input.require(shop, in: 3)
    try input.require(root, in: 7)
  }
}

// MARK: In answers

extension ProductShared {
  func write(
    to json: inout JSONWriter,
    names: (Person) throws -> String
  ) rethrows {
    json.member("share", share)
    json.member("product", product.id)
    json.member("shop", shop.id)
    json.member("brand", ifPresent: brand?.id)
    json.member("sharer", try names(sharer))
    json.member("via", ifPresent: via?.id)
    json.member("root", root.id)
    json.member("depth", depth)
    json.member("scene", ifPresent: scene.name)
    json.member("community", ifPresent: community)
  }
}
