import TestSupport
import Testing

@testable import Marketplace
@testable import Projectors

@Suite struct EventIndexTests {
  @Test(arguments: [1, 12, 13, 127, 128, 129, 255, 256, 257, 1_000])
  func `past 12, a block is full with 128 positions, and the open one holds the rest`(
    count: Int
  ) throws {
    let records = Purchases(count: count, seed: 1, shops: 1).records
    let rows = try IndexProjector.rows(of: records) { _ in false }
    let shop = try EventIndex.matching([.init(.shop, 1)], after: 0, limit: 2_000, rows: rows)
    #expect(shop == EventIndex.Page(positions: (1...UInt64(count)).map { $0 }, next: nil))
    let keys = rows.keys.filter { $0.starts(with: [1, 0, 0, 0, 0, 0, 0, 1]) }
    let full = (0..<count / 128).map { UInt64($0 + 1) * 128 }
    let expected = (full + (count % 128 == 0 ? [] : [.max])).map {
      PostingBlock.key(1 << 56 | 1, last: $0)
    }
    #expect(keys == (count <= FewPositions.limit ? [] : expected))
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `every split into batches gives the same rows`(seed: UInt64) throws {
    let records = Purchases(count: 1_200, seed: seed, shops: 3).records
    let whole = try IndexProjector.rows(of: records) { _ in false }
    let single = try IndexProjector.rows(of: records) { _ in true }
    var random = SeededRandom(seed)
    let some = try IndexProjector.rows(of: records) { _ in
      Int.random(in: 0..<90, using: &random) == 0
    }
    #expect(single == whole)
    #expect(some == whole)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `filters find what a scan of the log finds, from anywhere, page by page`(
    seed: UInt64
  ) throws {
    let records = Purchases(count: 1_500, seed: seed, shops: 3).records
    let rows = try IndexProjector.rows(of: records) { _ in false }
    var random = SeededRandom(seed)
    for _ in 0..<40 {
      let filters = [
        EventIndex.Filter(.shop, .random(in: 1...4, using: &random)),
        EventIndex.Filter(.product, .random(in: 4...12, using: &random)),
        EventIndex.Filter(.buyer, .random(in: 1...6, using: &random)),
      ]
      .shuffled(using: &random).prefix(.random(in: 1...3, using: &random))
      let after = Position.random(in: 0...1_600, using: &random)
      let limit = Int.random(in: 1...200, using: &random)
      let expected = records.filter { record in
        record.position > after && filters.allSatisfy { carries(record.event, $0) }
      }
      .map(\.position)

      var found: [Position] = []
      var next: Position? = after
      while let from = next {
        let page = try EventIndex.matching(Array(filters), after: from, limit: limit, rows: rows)
        // Few blocks in all, so that no page but the last ends early.
        try #require(page.positions.count == limit || page.next == nil)
        found += page.positions
        next = page.next
      }
      try #require(found == expected, "\(filters) after \(after)")

      found = []
      next = after
      while let from = next {
        let page = try EventIndex.matching(
          Array(filters),
          after: from,
          limit: limit,
          blockLimit: filters.count + 1,
          rows: rows
        )
        try #require((page.next ?? .max) > from)
        found += page.positions
        next = page.next
      }
      try #require(found == expected, "\(filters) after \(after), few blocks a page")
    }
  }

  @Test func `two filters that never meet give empty pages, each further on`() throws {
    let records = Purchases(count: 2_000, seed: 1, shops: 2).records
    let rows = try IndexProjector.rows(of: records) { _ in false }
    let filters = [EventIndex.Filter(.shop, 1), EventIndex.Filter(.shop, 2)]
    let page = try EventIndex.matching(filters, after: 0, limit: 9, blockLimit: 3, rows: rows)
    let next = try #require(page.next)
    #expect(page.positions == [])
    #expect(next > 100)
  }

  @Test func `a page that ends with the last event has no next`() throws {
    let records = Purchases(count: 10, seed: 1, shops: 1).records
    let rows = try IndexProjector.rows(of: records) { _ in false }
    func page(limit: Int) throws -> EventIndex.Page {
      try EventIndex.matching([.init(.shop, 1)], after: 7, limit: limit, rows: rows)
    }
    #expect(try page(limit: 3) == EventIndex.Page(positions: [8, 9, 10], next: nil))
    #expect(try page(limit: 2) == EventIndex.Page(positions: [8, 9], next: 9))
    #expect(
      try EventIndex.matching([.init(.shop, 1)], after: 10, limit: 1, rows: rows)
        == EventIndex.Page(positions: [], next: nil)
    )
  }

  @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(1) << 62])
  func `a block reads back what was put in, however far apart`(step: UInt64) {
    var block = PostingBlock()
    block.append(1 + step)
    block.append(2 + 2 * step)
    #expect(PostingBlock(row: block.row).positions == [1 + step, 2 + 2 * step])
    #expect(PostingBlock(row: block.row).row == block.row)
  }

  private func carries(_ event: Event, _ filter: EventIndex.Filter) -> Bool {
    guard case .productPurchased(let event) = event else { return false }
    return switch filter.kind {
    case .shop: event.shop.position == filter.entity
    case .product: event.product.position == filter.entity
    case .buyer: event.buyer.number == filter.entity
    default: false
    }
  }
}

/// Random purchases by six people, of ten products in some shops.
private struct Purchases {
  var records: [Record] = []

  init(count: Int, seed: UInt64, shops: UInt64) {
    var random = SeededRandom(seed)
    for position in 1...UInt64(count) {
      let shop = UInt64.random(in: 1...shops, using: &random)
      let event = ProductPurchased.sample(
        shop: Reference(id: "s\(shop)", position: shop),
        product: Reference(id: "p", position: .random(in: 4...13, using: &random)),
        buyer: Person(.random(in: 1...6, using: &random))
      )
      records.append(Record(at: position, .productPurchased(event)))
    }
  }
}
