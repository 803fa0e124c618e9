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
}

extension ProductShared: RecordMessage {
  package static func decode(
    _ fields: inout MessageFields
  ) throws(RecordError) -> ProductShared {
    try ProductShared(
      share: fields.text(1),
      product: fields.entity(2),
      shop: fields.entity(3),
      brand: fields.optionalEntity(4),
      sharer: fields.person(5),
      via: fields.optionalEntity(6),
      root: fields.entity(7),
      depth: fields.uint32(8),
      scene: fields.choice(9),
      community: fields.text(10)
    )
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
