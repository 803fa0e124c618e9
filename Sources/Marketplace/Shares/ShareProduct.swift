/// Records that a person shared a product, first hand or passing on another share.
package struct ShareProduct: CommandData, Hashable {
  package static let type = "ShareProduct"

  let share: String
  let product: String
  let sharer: String
  let via: String?
  let scene: Scene
  let community: String

  package init(
    share: String,
    product: String,
    sharer: String,
    via: String? = nil,
    scene: Scene = .none,
    community: String = ""
  ) {
    self.share = share
    self.product = product
    self.sharer = sharer
    self.via = via
    self.scene = scene
    self.community = community
  }

  package init(_ fields: inout CommandFields) throws(MalformedCommand) {
    share = try fields.identifier("share")
    product = try fields.identifier("product")
    sharer = try fields.identifier("sharer")
    via = try fields.optionalIdentifier("via")
    (scene, community) = try fields.optionalScene()
  }

  package func decide(
    _ state: inout some MarketplaceState,
    _ context: DecisionContext
  ) throws -> Decision {
    if try state.share(share) != nil {
      throw Rejection(.shareExists, "share \(share) is recorded already; choose another id")
    }
    let product = try state.knownProduct(self.product)
    try state.checkListed(product)
    let via = try self.via.map { try passedOn($0, of: product, &state) }
    let event = ProductShared(
      share: share,
      product: product.product,
      shop: product.shop,
      brand: product.brand,
      sharer: try state.person(sharer),
      via: via?.share,
      root: via?.root ?? Reference(id: share, position: context.position),
      depth: via.map { $0.depth + 1 } ?? 1,
      scene: scene,
      community: community
    )
    return Decision([.productShared(event)])
  }

  private func passedOn(
    _ id: String,
    of product: ProductFacts,
    _ state: inout some MarketplaceState
  ) throws -> ShareFacts {
    guard let via = try state.share(id) else {
      throw Rejection(
        .unknownShare,
        "no share \(id) is recorded; check via, or leave it out for a first share"
      )
    }
    guard via.product == product.product else {
      throw Rejection(
        .shareOfAnotherProduct,
        "share \(id) is of \(via.product.id), not of \(self.product); name a share of this product"
      )
    }
    return via
  }
}
