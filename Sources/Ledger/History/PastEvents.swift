internal import EventLog
internal import Marketplace
internal import Projections
internal import Projectors

/// Which events of the past an answer needs: the fold of these alone answers as that of all would.
enum PastEvents: Sendable {
  /// All, by replay; only the rows that `keeping` accepts stay in memory.
  case all(keeping: @Sendable (RawSpan) -> Bool)
  /// Those of a shop, for its dashboard and its shopping modes: a visit, share or order of a shop
  /// carries the shop, and a share that counts is of the same one.
  case shop(Position)
  /// Those of a brand's agents, and the policies, whose thresholds mark them.
  case agency(Position)
  /// Those of a brand's goods, for its shopping modes, and the shares of other goods that an order of
  /// its goods came by.
  case goods(ofBrand: Position)
  case share(Position)
  case product(Position)
  case order(Position)

  var share: HistoryThreads.Share {
    if case .all = self { .whole } else { .chosen }
  }

  /// The positions up to the last, in order; nil for all.
  func positions(
    through last: Position,
    _ index: some RowReader,
    _ log: LedgerLog
  ) throws -> [Position]? {
    func find(_ kind: EventIndex.Kind, _ entity: UInt64) throws -> [Position] {
      try Self.find(EventIndex.Filter(kind, entity), through: last, index)
    }
    switch self {
    case .all: return nil
    case .shop(let shop): return try find(.shop, shop)
    case .share(let share): return try find(.share, share)
    case .product(let product): return try find(.product, product)
    case .order(let order): return try find(.order, order)
    case .agency(let brand):
      return (try find(.agency, brand) + find(.policy, 0)).sorted()
    case .goods(let brand):
      var positions = Set(try find(.brand, brand))
      for position in positions {
        guard let share = try Self.share(behind: position, log) else { continue }
        positions.insert(share.position)
        positions.insert(share.root)
      }
      return positions.sorted()
    }
  }

  private static func find(
    _ filter: EventIndex.Filter,
    through last: Position,
    _ index: some RowReader
  ) throws -> [Position] {
    var found: [Position] = []
    var next: Position? = 0
    while let after = next, after < last {
      let page = try EventIndex.matching([filter], after: after, limit: 4_096, rows: index)
      found += page.positions
      next = page.next
    }
    // They rise.
    while let position = found.last, position > last { found.removeLast() }
    return found
  }

  /// The share that an order came by, and the first of its chain, without which no fold knows it.
  private static func share(
    behind order: Position,
    _ log: LedgerLog
  ) throws -> (position: Position, root: Position)? {
    let share = try log.lent(order) { record -> Position? in
      guard case .productPurchased(let event) = try record.event() else { return nil }
      return try event.attribution().share
    }
    guard let share else { return nil }
    return try log.lent(share) { record in
      guard case .productShared(let event) = try record.event() else {
        throw FoldError(position: share, detail: "no share, though event \(order) came by it")
      }
      return (share, try event.root)
    }
  }
}

extension LedgerLog {
  /// Lends an event that must be there.
  func lent<Found>(
    _ position: Position,
    _ body: (borrowing LentRecord) throws -> Found
  ) throws -> Found {
    guard let found = try log.record(at: position, { try LentRecord.read($0, body) }) else {
      throw QueryError.notFound("no event \(position): the log ends at \(log.head)")
    }
    return found
  }

  /// Lends the events at these positions, which rise, or all up to the last; answers how many.
  @discardableResult
  func read(
    _ positions: [Position]?,
    through last: Position,
    _ body: (borrowing LentRecord) throws -> Void
  ) throws -> UInt64 {
    guard let positions else {
      var position: Position = 0
      while position < last {
        let limit = Int(min(last - position, Self.readLimit))
        position = try log.read(after: position, limit: limit) { _, bytes in
          try LentRecord.read(bytes, body)
          return true
        }
      }
      return last
    }
    var start = 0
    while start < positions.count {
      let snapshot = try log.snapshot()
      let end = min(start + Int(Self.readLimit), positions.count)
      for position in positions[start..<end] {
        let found: Void? = try snapshot.record(at: position) { try LentRecord.read($0, body) }
        guard found != nil else { throw QueryError.notFound("no event \(position)") }
      }
      start = end
    }
    return UInt64(positions.count)
  }

  /// How many events are read in one read transaction.
  private static var readLimit: UInt64 { 4_096 }
}
