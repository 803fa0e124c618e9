package import Marketplace

/// The shopping modes: how shoppers arrived and what came of it, in all, per shop and per brand.
///
/// Every figure is kept per local day and over all time, distinct people also per month, so that a
/// question over all time reads a few rows, and one over a range only that scope's rows of those
/// days. An event costs a hash lookup for its shop, brand and day, and an append or two; scopes are
/// told apart once a batch.
package struct ShoppingModesProjector: Projector {
  package static let name = "modes"
  package static let version: UInt32 = 2

  private var cells = SlotTable<ModesCell>()
  private var batches: [CellBatch] = []
  private var shares: [ModesShareChange] = []
  private var people = PersonSetChanges()

  /// What a batch does to a cell.
  private struct CellBatch: Sendable {
    var sums = ModesSums()
    /// Where its people come in, by mode and side.
    var people: [8 of PeopleSlots?] = .init(repeating: nil)
  }

  /// The narrowest sets of a cell's people; wider ones follow from them.
  private struct PeopleSlots: Sendable {
    var shop: PersonSetChanges.Slot
    var brand: PersonSetChanges.Slot?
  }

  package init() {}

  package mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    let day = record.localDay
    switch try record.event() {
    case .visitRecorded(let event):
      let cell = cell(try event.shop, try event.brand, day)
      let attribution = try event.attribution()
      try batches[cell].sums.visits.count(attribution)
      insert(try event.visitor, cell, try attribution.mode, .visitors)
    case .productShared(let event):
      let cell = cell(try event.shop, try event.brand, day)
      batches[cell].sums.countShares(1, atDepth: UInt64(try event.depth))
      note(record.position, cell, .shared, record.position)
      let root = try event.root
      if root != record.position { note(root, cell, .passedOn, record.position) }
    case .productPurchased(let event):
      let code = try event.currency
      guard let currency = CurrencyCode(code) else {
        throw FoldError(position: record.position, detail: "no currency: \(code)")
      }
      let cell = cell(try event.shop, try event.brand, day)
      let attribution = try event.attribution()
      let mode = try attribution.mode
      try batches[cell].sums.count(event, attribution, in: currency)
      insert(try event.buyer, cell, mode, .buyers)
      if mode == .share {
        guard let share = try attribution.share else {
          throw FoldError(position: record.position, detail: "mode share without a share")
        }
        note(share, cell, .ordered, record.position)
      }
    default:
      break
    }
  }

  private mutating func cell(_ shop: Position, _ brand: Position?, _ day: Day) -> Int {
    let (number, isNew) = cells.slot(of: ModesCell(shop: shop, brand: brand, day: day))
    if isNew { batches.append(CellBatch()) }
    return number
  }

  private mutating func note(
    _ share: Position,
    _ cell: Int,
    _ what: ModesShareChange.What,
    _ position: Position
  ) {
    shares.append(
      ModesShareChange(share: share, position: position, cell: UInt32(cell), what: what)
    )
  }

  private mutating func insert(_ person: Person, _ cell: Int, _ mode: Mode, _ side: ModePeople.Side)
  {
    let place = Int(ModePeople.place(mode, side))
    let slots = batches[cell].people[place] ?? peopleSlots(cells.keys[cell], mode, side)
    batches[cell].people[place] = slots
    people.insert(person, into: slots.shop)
    if let brand = slots.brand { people.insert(person, into: brand) }
  }

  /// Whoever is in a scope's day is in its month and in all time, and in everything's day.
  private mutating func peopleSlots(
    _ cell: ModesCell,
    _ mode: Mode,
    _ side: ModePeople.Side
  ) -> PeopleSlots {
    func slot(_ scope: Position, within other: PersonSetChanges.Slot?) -> PersonSetChanges.Slot {
      let sets = ModePeople(scope: scope, mode: mode, side: side)
      let always = people.slot(of: sets.always)
      let month = people.slot(
        of: sets.inMonth(Period.month.start(of: cell.day)),
        within: always
      )
      return people.slot(of: sets.on(cell.day), within: month, other)
    }
    let everything = slot(ModesCell.everything, within: nil)
    return PeopleSlots(
      shop: slot(cell.shop, within: everything),
      brand: cell.brand == ModesCell.noBrand ? nil : slot(cell.brand, within: nil)
    )
  }

  package mutating func flush(into rows: inout some RowWriter) throws {
    var summaries = ModesSummaries()
    try flushShares(into: &rows, &summaries)
    try flushSums(into: &rows, &summaries)
    try people.flush(into: &rows)
    cells.removeAll()
    batches.removeAll(keepingCapacity: true)
    shares.removeAll(keepingCapacity: true)
  }
}

// MARK: Sums

extension ShoppingModesProjector {
  /// A cell as part of one of its scopes.
  private struct Part: Sendable {
    var scope: Position
    var cell: UInt32
  }

  /// Adds up the cells of each scope, by day and over all time.
  private func flushSums(
    into rows: inout some RowWriter,
    _ summaries: inout ModesSummaries
  ) throws {
    var parts: [Part] = []
    for (number, cell) in cells.keys.enumerated() {
      for scope in cell.scopes { parts.append(Part(scope: scope, cell: UInt32(number))) }
    }
    parts.radixSort { UInt64(UInt32(bitPattern: cells.keys[Int($0.cell)].day) ^ 0x8000_0000) }
    parts.radixSort { $0.scope }
    var allTime: [(scope: Position, figures: ModesFigures)] = []
    var value = ByteWriter()
    var rest = parts[...]
    while let first = rest.first {
      var figures = ModesFigures()
      figures.summary = summaries[first.scope]
      while let next = rest.first, next.scope == first.scope {
        let day = cells.keys[Int(next.cell)].day
        var sums = ModesSums()
        while let part = rest.first, part.scope == next.scope,
          cells.keys[Int(part.cell)].day == day
        {
          sums.add(batches[Int(part.cell)].sums)
          rest.removeFirst()
        }
        figures.sums.add(sums)
        figures.summary.days.formUnion(DayRange(first: day, last: day))
        let key = ModesRows.day(next.scope, day)
        try rows.lend(key.span.bytes) { row in
          var offset = 0
          sums.add(ModesSums(row, at: &offset))
        }
        value.removeAll()
        sums.write(to: &value)
        try rows.put(key.span.bytes, value.bytes.span.bytes)
      }
      allTime.append((first.scope, figures))
    }
    for (scope, added) in allTime {
      let key = ModesRows.allTime(scope)
      var figures = added
      try rows.lend(key.span.bytes) { row in
        let stored = ModesFigures(row)
        figures.sums.add(stored.sums)
        figures.summary.add(stored.summary)
      }
      value.removeAll()
      figures.write(to: &value)
      try rows.put(key.span.bytes, value.bytes.span.bytes)
    }
  }
}

// MARK: Shares

extension ShoppingModesProjector {
  /// Brings the shares up to date, one after another, each by its events in order.
  private mutating func flushShares(
    into rows: inout some RowWriter,
    _ summaries: inout ModesSummaries
  ) throws {
    shares.radixSort { $0.share }
    var days = ModesDayChanges()
    var writer = PackedWriter(ModesRows.shares)
    /// The first event that names a share which was never folded.
    var orphan: ModesShareChange?
    var index = 0
    while index < shares.count {
      let share = shares[index].share
      try writer.update(share, in: &rows) { old, new in
        var row = old.isEmpty ? nil : ModesShareRow(old)
        while index < shares.count, shares[index].share == share {
          let change = shares[index]
          index += 1
          let cell = cells.keys[Int(change.cell)]
          if change.what == .shared { row = ModesShareRow(day: cell.day, brand: cell.brand) }
          if row == nil, change.position < orphan?.position ?? .max { orphan = change }
          row?.apply(change, cell, &summaries, &days)
        }
        row?.write(to: &new)
      }
    }
    try writer.finish(&rows)
    if let orphan {
      throw FoldError(position: orphan.position, detail: "no share at position \(orphan.share)")
    }
    try days.flush(into: &rows, &summaries)
  }
}
