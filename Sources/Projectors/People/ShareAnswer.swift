package import JSON
package import Marketplace

/// The answer to `/v1/shares/{share}`: a share, the chain that it passes on, and what it sold.
package struct ShareAnswer: Hashable, Sendable {
  package var share: String
  /// The position that the answer reflects.
  package var position: Position
  package var product: String
  package var shop: String
  package var brand: String?
  package var sharer: String
  /// When it was shared, with the offset as claimed.
  package var sharedAt: String
  package var depth: UInt32
  package var scene: Scene
  package var community: String
  /// The ids of the shares from the root to this one.
  package var chain: [String]
  /// Orders that came from this share, halo orders and the sharer's own included.
  package var sales: Sales
  package var units: Int128
  package var currency: String
  /// How many shares pass it on directly.
  package var passedOn: UInt64

  /// Answers from the view's rows and the chain's events.
  ///
  /// Costs one event read for each share of the chain.
  ///
  /// - Throws: What `rows` and `log` throw, or a `FoldError` when the log has no such share there.
  package static func answer(
    share: Position,
    position: Position,
    rows: some RowReader,
    log: some LogReader
  ) throws -> ShareAnswer {
    let record = try log.record(at: share)
    let event = try shared(at: share, log)
    let product = try log.record(at: event.product.position)
    guard case .productListed(let listed) = product.event else {
      throw FoldError(
        position: product.position,
        detail: "\(product.event.type), where a product should be listed"
      )
    }
    let sums = try PeopleRows.shares.value(of: share, in: rows) { ShareSums($0) } ?? ShareSums()
    return ShareAnswer(
      share: event.share,
      position: position,
      product: event.product.id,
      shop: event.shop.id,
      brand: event.brand?.id,
      sharer: try log.name(of: event.sharer),
      sharedAt: record.envelope.occurredText,
      depth: event.depth,
      scene: event.scene,
      community: event.community,
      chain: try chain(to: event, log),
      sales: sums.sales,
      units: sums.units,
      currency: listed.currency,
      passedOn: sums.passedOn
    )
  }

  /// Walks from the share up to its root; never further than its depth says.
  private static func chain(to share: ProductShared, _ log: some LogReader) throws -> [String] {
    var ids = [share.share]
    var next = share.via
    while let via = next, ids.count < Int(share.depth) {
      ids.append(via.id)
      next = try shared(at: via.position, log).via
    }
    return ids.reversed()
  }

  private static func shared(at position: Position, _ log: some LogReader) throws -> ProductShared {
    let record = try log.record(at: position)
    guard case .productShared(let shared) = record.event else {
      throw FoldError(position: position, detail: "\(record.event.type), where a share should be")
    }
    return shared
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("share", share)
      json.member("position", position)
      json.member("product", product)
      json.member("shop", shop)
      json.member("brand", ifPresent: brand)
      json.member("sharer", sharer)
      json.member("sharedAt", sharedAt)
      json.member("depth", depth)
      json.member("scene", ifPresent: scene.name)
      json.member("community", ifPresent: community)
      json.array("chain") { json in
        for share in chain { json.value(share) }
      }
      json.member("orders", sales.orders)
      json.member("units", units)
      json.member("gross", sales.gross)
      json.member("currency", currency)
      json.member("passedOn", passedOn)
    }
  }
}
