package import Marketplace

/// Finds the events of a shop, product, share, order, buyer, agent or brand; see `EventIndex`.
package struct IndexProjector: Projector {
  package static let name = "index"
  package static let version: UInt32 = 1

  private var batch: [Posting] = []

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    let position = record.position
    try EventIndex.post(record) { batch.append(Posting(list: $0.postings, position: position)) }
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
