package import Marketplace

/// What a question about the shopping modes is confined to.
package enum ShoppingModesScope: Hashable, Sendable {
  case everything
  case shop(Reference)
  /// Only visits to, and orders and shares of, the brand's products.
  case brand(Reference)

  /// Which rows to keep where this scope alone will be asked about; see `MemoryRows`.
  package var rowsKept: @Sendable (RawSpan) -> Bool {
    let scope = position
    return { ModesRows.belongs($0, to: scope) }
  }

  /// As rows know it: where the shop or brand begins; 0 for everything.
  package var position: Position {
    switch self {
    case .everything: ModesCell.everything
    case .shop(let shop): shop.position
    case .brand(let brand): brand.position
    }
  }
}

/// How shoppers arrived and what came of it: the answer of `/v1/shopping-modes`.
package struct ShoppingModes: Hashable, Sendable {
  /// The view reflects the log up to here.
  package var position: Position
  package var scope: ShoppingModesScope
  /// The currency of every gross of the answer.
  package var currency: String
  /// Those of other orders that the answer covers, which no gross includes; sorted.
  package var otherCurrencies: [String]
  /// The first and the last of the days asked for with an event; nil when there is none.
  package var days: ClosedRange<Day>?
  package var total: Figures
  /// Oldest first, without a gap from the first to the last day with an event; nil unless asked for.
  package var periods: [PeriodFigures]?

  /// The figures of one stretch of days, or of all time.
  package struct Figures: Hashable, Sendable {
    /// Of every mode together; people who came in two modes are counted once.
    package var all: AllFigures
    /// Stroll, share, search, unknown.
    package var modes: [ModeFigures]
    package var sharing: SharingFigures
    /// Search visits and orders that were after a product, then those after a brand.
    package var intents: [IntentFigures]
    /// Stroll and share visits and orders by scene, those that occurred, in the order of `Scene`.
    package var scenes: [SceneFigures]
  }

  package struct AllFigures: Hashable, Sendable {
    package var visits: UInt64
    package var visitors: Int
    package var orders: UInt64
    package var units: Int128
    package var buyers: Int
    /// In minor units of the answer's currency.
    package var gross: Int128
    /// People who visited and bought, in whatever modes, in proportion to visitors; nil without any.
    package var conversion: Double?
  }

  package struct ModeFigures: Hashable, Sendable {
    package var mode: Mode
    package var visits: UInt64
    package var visitors: Int
    package var orders: UInt64
    package var units: Int128
    package var buyers: Int
    /// In minor units of the answer's currency.
    package var gross: Int128
    /// People who visited and bought in this mode, in proportion to its visitors; nil without any.
    package var conversion: Double?
    /// In proportion to the orders of all modes; nil without any.
    package var shareOfOrders: Double?
    /// In proportion to the gross of all modes; nil without any.
    package var shareOfGross: Double?
  }

  package struct SharingFigures: Hashable, Sendable {
    package var shares: UInt64
    /// Shares of these days with an order of these days.
    package var sharesWithOrders: UInt64
    package var ordersFromShares: UInt64
    /// Orders of these days from one share, whatever the day of the share.
    package var mostOrdersFromOneShare: UInt64
    /// How many shares have the depth, ascending.
    package var depths: [DepthFigures]
    /// The most shares of these days under one root.
    package var greatestCascade: UInt64
    /// Orders from shares that passed on another, in proportion to all from shares; nil without any.
    package var deepOrderShare: Double?
  }

  package struct DepthFigures: Hashable, Sendable {
    package var depth: UInt64
    package var shares: UInt64
  }

  package struct IntentFigures: Hashable, Sendable {
    package var intent: Intent
    package var visits: UInt64
    package var orders: UInt64
  }

  package struct SceneFigures: Hashable, Sendable {
    package var scene: Scene
    package var visits: UInt64
    package var orders: UInt64
  }

  package struct PeriodFigures: Hashable, Sendable {
    package var start: Day
    package var end: Day
    package var figures: Figures
    /// Against the period before, in the order of the modes; nil in the first.
    package var change: [ModeChange]?
  }

  /// Differences in percentage points; nil where either ratio is.
  package struct ModeChange: Hashable, Sendable {
    package var mode: Mode
    package var shareOfOrders: Double?
    package var shareOfGross: Double?
  }
}

extension ShoppingModes.Figures {
  func change(since before: Self) -> [ShoppingModes.ModeChange] {
    zip(before.modes, modes).map { before, now in
      ShoppingModes.ModeChange(
        mode: now.mode,
        shareOfOrders: points(from: before.shareOfOrders, to: now.shareOfOrders),
        shareOfGross: points(from: before.shareOfGross, to: now.shareOfGross)
      )
    }
  }

  private func points(from before: Double?, to now: Double?) -> Double? {
    guard let before, let now else { return nil }
    return (now - before) * 100
  }
}
