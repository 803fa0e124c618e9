internal import Marketplace

/// Orders of one kind, and what they came to in minor units.
struct OrderSums: Hashable, Sendable {
  var orders = 0
  var gross: Int128 = 0

  mutating func add(_ total: Int64) {
    orders += 1
    gross += Int128(total)
  }
}

/// Orders of one currency by mode, as they were recorded and as they would have been.
struct ModesChange: Hashable, Sendable {
  struct Side: Hashable, Sendable {
    /// By the mode's raw value.
    private var byMode = Array(repeating: OrderSums(), count: Mode.allCases.count)
    private(set) var impulseOrders = 0

    subscript(mode: Mode) -> OrderSums { byMode[Int(mode.rawValue)] }

    mutating func add(_ total: Int64, _ attribution: PurchaseAttribution) {
      byMode[Int(attribution.attribution.mode.rawValue)].add(total)
      if attribution.impulse { impulseOrders += 1 }
    }
  }

  private(set) var recorded = Side()
  private(set) var instead = Side()

  mutating func add(
    _ total: Int64,
    _ recorded: PurchaseAttribution,
    _ decided: PurchaseAttribution
  ) {
    self.recorded.add(total, recorded)
    instead.add(total, decided)
  }
}

/// A shop's orders, as they were recorded and as they would have been.
struct ShopChange: Hashable, Sendable {
  var shop: String
  var currency: String
  /// Of which the mode, the evidence, the credit or the impulse would be another.
  var ordersChanged = 0
  var modes = ModesChange()

  init(shop: String, currency: String) {
    self.shop = shop
    self.currency = currency
  }
}

struct SharerKey: Hashable, Sendable {
  var sharer: Person
  var currency: String
}

/// What a sharer would be credited with more, or less when negative.
struct CreditChange: Hashable, Sendable {
  var orders = 0
  var gross: Int128 = 0
}

/// An agent whom one of the two policies marks and the other does not.
struct MarkChange: Hashable, Sendable {
  var brand: String
  var agent: Person
  var levels: UInt32
  var headcount: UInt64
  /// Whether the policy marks the agent that would be in force instead.
  var isMarkedInstead: Bool
}
