package import Marketplace

/// A question asked for more periods than one answer holds.
package struct TooManyPeriods: Error, Hashable, CustomStringConvertible {
  package var limit: Int

  package var description: String {
    "more than \(limit) periods; ask for longer ones, or narrow from and to"
  }
}

extension ShoppingModes {
  /// How many periods one answer holds at most.
  package static let periodLimit = 1_000

  /// Answers from a snapshot of the view's rows.
  ///
  /// `from` and `to` are included; nil sets no bound. Gross is of `currency`; nil: of the only one
  /// among the orders that the answer covers; unless there is just one, of `defaultCurrency`. Over
  /// all time it costs a few rows and the person sets; over a range, a scan of the scope's rows of
  /// these days; with a period, which cuts the days into a series, another such scan. Throws
  /// `TooManyPeriods`, or what `rows` throws.
  package static func answer(
    scope: ShoppingModesScope,
    currency: String?,
    defaultCurrency: String,
    period: Period?,
    from: Day?,
    to: Day?,
    position: Position,
    rows: some RowReader
  ) throws -> ShoppingModes {
    let reader = try ModesReader(scope: scope.position, rows: rows)
    let days = DayRange(first: from ?? .min, last: to ?? .max)
    let figures = try reader.figures(days)
    let currencies = figures.sums.orders.map(\.currency.name).sorted()
    let chosen = currency ?? (currencies.count == 1 ? currencies[0] : defaultCurrency)
    return ShoppingModes(
      position: position,
      scope: scope,
      currency: chosen,
      otherCurrencies: currencies.filter { $0 != chosen },
      days: figures.summary.days.isEmpty
        ? nil : figures.summary.days.first...figures.summary.days.last,
      total: try Figures(figures, days, CurrencyCode(chosen), reader),
      periods: try period.map {
        try series($0, days, events: figures.summary.days, CurrencyCode(chosen), reader)
      }
    )
  }

  /// The greatest cascade among the shares of these days, by its first share; the earlier one of
  /// two that are as great, nil when nothing was passed on.
  ///
  /// Costs a scan over what was passed on in these days. Throws what `rows` throws.
  package static func widestCascade(
    scope: ShoppingModesScope,
    from: Day?,
    to: Day?,
    rows: some RowReader
  ) throws -> (root: Position, shares: UInt64)? {
    let days = DayRange(first: from ?? .min, last: to ?? .max)
    guard !days.isEmpty else { return nil }
    let cascades = try ModesReader(scope: scope.position, rows: rows).cascades(days)
    return cascades.max { ($0.value, $1.key) < ($1.value, $0.key) }
      .map { (root: $0.key, shares: $0.value) }
  }

  private static func series(
    _ period: Period,
    _ days: DayRange,
    events: DayRange,
    _ currency: CurrencyCode?,
    _ reader: ModesReader<some RowReader>
  ) throws -> [PeriodFigures] {
    var periods: [PeriodFigures] = []
    for stretch in try stretches(period, events) {
      let part = stretch.intersection(days)
      let figures = try Figures(try reader.figures(part), part, currency, reader)
      let change = periods.last.map { figures.change(since: $0.figures) }
      periods.append(
        PeriodFigures(start: part.first, end: part.last, figures: figures, change: change)
      )
    }
    return periods
  }

  /// The whole periods from that of the first event to that of the last.
  private static func stretches(_ period: Period, _ events: DayRange) throws -> [DayRange] {
    guard !events.isEmpty else { return [] }
    var stretches: [DayRange] = []
    var start = period.start(of: events.first)
    while start <= events.last {
      guard stretches.count < periodLimit else { throw TooManyPeriods(limit: periodLimit) }
      let next = period.start(after: start)
      stretches.append(DayRange(first: start, last: next - 1))
      start = next
    }
    return stretches
  }
}

extension ShoppingModes.Figures {
  /// The currency is nil when the one asked for cannot be any order's.
  init(
    _ figures: ModesFigures,
    _ days: DayRange,
    _ currency: CurrencyCode?,
    _ reader: ModesReader<some RowReader>
  ) throws {
    let (sums, summary) = (figures.sums, figures.summary)
    let orders = sums.orders.reduce(into: ModesOrders()) { $0.add($1.orders) }
    let gross = sums.orders.first { $0.currency == currency }?.orders.gross ?? .init(repeating: 0)
    let grossOfAll = gross[0] + gross[1] + gross[2] + gross[3]
    let hasPeople = sums.visits.total > 0 || !sums.orders.isEmpty
    let people = hasPeople ? try reader.people(days) : .init(repeating: PersonSet())
    all = ShoppingModes.AllFigures(sums.visits, orders, gross: grossOfAll, people)
    modes = [Mode.stroll, .share, .search, .unknown].map { mode in
      let index = Int(mode.rawValue)
      let visits = sums.visits.modes[index]
      let bought = orders.arrivals.modes[index]
      let visitors = people[Int(ModePeople.place(mode, .visitors))]
      let buyers = people[Int(ModePeople.place(mode, .buyers))]
      return ShoppingModes.ModeFigures(
        mode: mode,
        visits: visits,
        visitors: visitors.count,
        orders: bought,
        units: orders.units[index],
        buyers: buyers.count,
        gross: gross[index],
        conversion: ratio(visitors.intersectionCount(buyers), visitors.count),
        shareOfOrders: ratio(bought, orders.arrivals.total),
        shareOfGross: ratio(gross[index], grossOfAll)
      )
    }
    let fromShares = orders.arrivals.modes[Int(Mode.share.rawValue)]
    sharing = ShoppingModes.SharingFigures(
      shares: sums.shares.reduce(0) { $0 + $1.count },
      sharesWithOrders: summary.sharesWithOrders,
      ordersFromShares: fromShares,
      mostOrdersFromOneShare: summary.mostOrdersFromOneShare,
      depths: sums.shares.map {
        ShoppingModes.DepthFigures(depth: $0.depth, shares: $0.count)
      },
      greatestCascade: summary.greatestCascade,
      deepOrderShare: ratio(orders.fromDepthTwo, fromShares)
    )
    intents = [Intent.product, .brand].map { intent in
      ShoppingModes.IntentFigures(
        intent: intent,
        visits: sums.visits.intents[Int(intent.rawValue)],
        orders: orders.arrivals.intents[Int(intent.rawValue)]
      )
    }
    scenes = Scene.allCases.compactMap { scene in
      let visits = sums.visits.scenes[Int(scene.rawValue)]
      let bought = orders.arrivals.scenes[Int(scene.rawValue)]
      guard scene != .none, visits + bought > 0 else { return nil }
      return ShoppingModes.SceneFigures(scene: scene, visits: visits, orders: bought)
    }
  }
}

extension ShoppingModes.AllFigures {
  init(
    _ visits: ModesArrivals,
    _ orders: ModesOrders,
    gross: Int128,
    _ people: borrowing [8 of PersonSet]
  ) {
    var visitors = PersonSet()
    var buyers = PersonSet()
    for mode in Mode.allCases {
      visitors.formUnion(people[Int(ModePeople.place(mode, .visitors))])
      buyers.formUnion(people[Int(ModePeople.place(mode, .buyers))])
    }
    self.visits = visits.total
    self.visitors = visitors.count
    self.orders = orders.arrivals.total
    units = orders.units[0] + orders.units[1] + orders.units[2] + orders.units[3]
    self.buyers = buyers.count
    self.gross = gross
    conversion = ratio(visitors.intersectionCount(buyers), visitors.count)
  }
}

/// Nil when there is nothing to divide by.
private func ratio<Number: BinaryInteger>(_ part: Number, _ whole: Number) -> Double? {
  whole == 0 ? nil : Double(part) / Double(whole)
}
