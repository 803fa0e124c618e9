package import Marketplace

/// Finds the events of a shop, product, share, order, buyer, agent or brand; see `EventIndex`.
package struct IndexProjector: Projector {
  package static let name = "index"
  package static let version: UInt32 = 3

  private var batch: [Posting] = []
  /// Those of entities with many events.
  private var many: [Posting] = []

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    let position = record.position
    try EventIndex.post(record) { batch.append(Posting($0, position)) }
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    // Positions came in order, and stay so within an entity.
    batch.radixSort { $0.filter.postings }
    var first = batch.startIndex
    for kind in EventIndex.Kind.allCases {
      let end = batch[first...].firstIndex { $0.filter.kind != kind } ?? batch.endIndex
      try flush(batch[first..<end], kind, &rows)
      first = end
    }
    batch.removeAll(keepingCapacity: true)
    try flushMany(into: &rows)
  }

  /// Adds to the entities of one kind, and sets those apart that have many events.
  private mutating func flush(
    _ postings: ArraySlice<Posting>,
    _ kind: EventIndex.Kind,
    _ rows: inout some RowWriter
  ) throws {
    var writer = PackedWriter(kind.entities)
    var few = FewPositions()
    var index = postings.startIndex
    while index < postings.endIndex {
      let filter = postings[index].filter
      try writer.update(filter.entity, in: &rows) { old, new in
        few.read(old, of: filter)
        while index < postings.endIndex, postings[index].filter == filter {
          few.append(postings[index].position)
          index += 1
        }
        for position in few.takeTooMany() { many.append(Posting(filter, position)) }
        few.write(to: &new, of: filter)
      }
    }
    try writer.finish(&rows)
  }

  private mutating func flushMany(into rows: inout some RowWriter) throws {
    var first = many.startIndex
    while first < many.endIndex {
      let filter = many[first].filter
      let end = many[first...].firstIndex { $0.filter != filter } ?? many.endIndex
      try append(many[first..<end], to: filter.postings, &rows)
      first = end
    }
    many.removeAll(keepingCapacity: true)
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

/// One event of one entity.
private struct Posting: Sendable {
  let filter: EventIndex.Filter
  let position: Position

  init(_ filter: EventIndex.Filter, _ position: Position) {
    self.filter = filter
    self.position = position
  }
}
