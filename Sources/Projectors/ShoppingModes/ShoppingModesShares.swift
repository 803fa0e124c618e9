import Marketplace

extension ModesShareRow {
  mutating func apply(
    _ change: ModesShareChange,
    _ cell: ModesCell,
    _ summaries: inout ModesSummaries,
    _ days: inout ModesDayChanges
  ) {
    switch change.what {
    case .shared:
      for scope in cell.scopes { summaries[scope].note(cascade: 1) }
    case .passedOn:
      cascade += 1
      for scope in cell.scopes {
        summaries[scope].note(cascade: cascade)
        days.cascades.append(
          ModesDayChange(scope: scope, day: cell.day, sharedOn: day, share: change.share)
        )
      }
    case .ordered:
      orders += 1
      for scope in cell.scopes {
        // The order's shop is the share's; its brand need not be.
        let isOfBrand = cell.brand != ModesCell.noBrand && scope == cell.brand
        let isOfScope = !isOfBrand || scope == brand
        let order = ModesDayChange(
          scope: scope,
          day: cell.day,
          sharedOn: isOfScope ? day : nil,
          share: change.share
        )
        days.orders.append(order)
        if isOfBrand {
          days.brandOrders.append(order)
        } else {
          summaries[scope].note(ordersOfShare: orders, before: orders - 1, isOfScope: true)
        }
      }
    }
  }
}

/// What a batch's scopes hear of shares, by share.
struct ModesDayChanges: Sendable {
  var orders: [ModesDayChange] = []
  /// Shares that descend from the share.
  var cascades: [ModesDayChange] = []
  /// Those of the orders whose scope is a brand.
  var brandOrders: [ModesDayChange] = []

  mutating func flush(
    into rows: inout some RowWriter,
    _ summaries: inout ModesSummaries
  ) throws {
    Self.sortByDay(&orders)
    try Self.flush(orders, ModesRows.dayShares, &rows) { change, count, old, new in
      var figures =
        old.isEmpty
        ? ModesDayShare(sharedOn: change.sharedOn) : ModesDayShare(old, on: change.day)
      figures.orders += count
      figures.write(to: &new, on: change.day)
    }
    Self.sortByDay(&cascades)
    try Self.flush(cascades, ModesRows.dayCascades, &rows) { change, count, old, new in
      var figures =
        old.isEmpty
        ? ModesDayCascade(rootDay: change.sharedOn ?? 0) : ModesDayCascade(old, on: change.day)
      figures.shares += count
      figures.write(to: &new, on: change.day)
    }
    for index in brandOrders.indices { brandOrders[index].day = 0 }
    brandOrders.radixSort { $0.scope }
    let table = { (brand: Position, _: Day) in ModesRows.brandShares(brand) }
    try Self.flush(brandOrders, table, &rows) { change, count, old, new in
      var offset = 0
      let before = old.isEmpty ? 0 : old.varint(at: &offset)
      new.put(varint: before + count)
      summaries[change.scope]
        .note(ordersOfShare: before + count, before: before, isOfScope: change.sharedOn != nil)
    }
  }

  /// Puts changes that came by share into the order of their scopes and days.
  private static func sortByDay(_ changes: inout [ModesDayChange]) {
    changes.radixSort { UInt64(UInt32(bitPattern: $0.day) ^ 0x8000_0000) }
    changes.radixSort { $0.scope }
  }

  /// Changes each value once, for all the changes that it has.
  private static func flush(
    _ sorted: [ModesDayChange],
    _ table: (Position, Day) -> PackedRows,
    _ rows: inout some RowWriter,
    _ body: (ModesDayChange, _ count: UInt64, RawSpan, inout ByteWriter) -> Void
  ) throws {
    var index = 0
    while index < sorted.count {
      let first = sorted[index]
      var writer = PackedWriter(table(first.scope, first.day))
      while index < sorted.count, sorted[index].scope == first.scope, sorted[index].day == first.day
      {
        let start = index
        let share = sorted[start].share
        while index < sorted.count, sorted[index].share == share,
          sorted[index].scope == first.scope, sorted[index].day == first.day
        { index += 1 }
        try writer.update(share, in: &rows) { old, new in
          body(sorted[start], UInt64(index - start), old, &new)
        }
      }
      try writer.finish(&rows)
    }
  }
}

/// What a batch adds to the summaries of its scopes.
struct ModesSummaries: Sendable {
  private var summaries: [Position: ModesSummary] = [:]

  subscript(scope: Position) -> ModesSummary {
    get { summaries[scope] ?? ModesSummary() }
    _modify { yield &summaries[scope, default: ModesSummary()] }
  }
}
