package import Marketplace

/// Finds the events of a shop, product, share, order, buyer, agent or brand; see `EventIndex`.
package struct IndexProjector: Projector {
  package static let name = "index"
  package static let version: UInt32 = 1

  private var batch: [Posting] = []

  package init() {}

  package mutating func fold(_ record: Record, _ rows: some RowReader) {
    let position = record.position
    if let shop = record.event.shop(at: position) { post(.shop, shop.position, position) }
    switch record.event {
    case .shopOpened, .policyAdopted:
      break
    case .brandRegistered:
      post(.brand, position, position)
    case .productListed(let event):
      post(.product, position, position)
      post(.brand, event.brand, position)
    case .productRetitled(let event):
      post(.product, event.product, position)
    case .priceChanged(let event):
      post(.product, event.product, position)
    case .stockAdjusted(let event):
      post(.product, event.product, position)
    case .productDelisted(let event):
      post(.product, event.product, position)
    case .productRelisted(let event):
      post(.product, event.product, position)
    case .visitRecorded(let event):
      post(.product, event.product, position)
      post(.brand, event.brand, position)
      post(.share, event.attribution.share, position)
      post(.buyer, event.visitor, position)
    case .productShared(let event):
      post(.product, event.product, position)
      post(.brand, event.brand, position)
      post(.share, position, position)
      post(.share, event.via, position)
    case .productPurchased(let event):
      post(.order, position, position)
      post(.product, event.product, position)
      post(.brand, event.brand, position)
      post(.share, event.attribution.share, position)
      post(.buyer, event.buyer, position)
    case .purchaseRefunded(let event):
      post(.order, event.order, position)
      post(.product, event.product, position)
      post(.brand, event.brand, position)
      post(.buyer, event.buyer, position)
    case .agentSignedUp(let event):
      post(.brand, event.brand, position)
      post(.agent, event.agent, position)
      post(.agent, event.sponsor, position)
    case .agentReparented(let event):
      post(.brand, event.brand, position)
      post(.agent, event.agent, position)
      post(.agent, event.from, position)
      post(.agent, event.to, position)
    case .agentLeft(let event):
      post(.brand, event.brand, position)
      post(.agent, event.agent, position)
      post(.agent, event.sponsor, position)
    }
  }

  private mutating func post(_ kind: EventIndex.Kind, _ entity: UInt64, _ position: Position) {
    batch.append(Posting(list: EventIndex.Filter(kind, entity).postings, position: position))
  }

  private mutating func post(_ kind: EventIndex.Kind, _ thing: Reference?, _ position: Position) {
    if let thing { post(kind, thing.position, position) }
  }

  private mutating func post(_ kind: EventIndex.Kind, _ person: Person?, _ position: Position) {
    if let person { post(kind, person.number, position) }
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    batch.sort()
    var first = batch.startIndex
    while first < batch.endIndex {
      let list = batch[first].list
      let end = batch[first...].firstIndex { $0.list != list } ?? batch.endIndex
      try append(batch[first..<end], to: list, &rows)
      first = end
    }
    batch.removeAll(keepingCapacity: true)
  }

  private func append(
    _ postings: ArraySlice<Posting>,
    to list: UInt64,
    _ rows: inout some RowWriter
  ) throws {
    let openKey = PostingBlock.key(list, last: PostingBlock.openKey)
    let open = try rows.row(openKey)
    var block = open.map { PostingBlock(row: $0) } ?? PostingBlock()
    for posting in postings {
      block.append(posting.position)
      guard block.isFull else { continue }
      try rows.put(PostingBlock.key(list, last: posting.position), block.row)
      block = PostingBlock()
    }
    if !block.positions.isEmpty {
      try rows.put(openKey, block.row)
    } else if open != nil {
      try rows.remove(openKey)
    }
  }
}

/// One event of one entity, in order of their rows.
private struct Posting: Comparable, Sendable {
  let list: UInt64
  let position: Position

  static func < (left: Posting, right: Posting) -> Bool {
    (left.list, left.position) < (right.list, right.position)
  }
}
