package import Marketplace

/// How fresh an answer has to be.
package struct Freshness: Sendable {
  /// Wait until the view reflects this position; 0: answer at once.
  package var after: Position
  /// For at most so many seconds, 0 to 300.
  package var wait: Int
  /// As of when in the past; nil: now.
  package var asOf: AsOf?
  /// Of an agency only: as the business stood at the end of this local day; nil: by all events.
  package var on: Day?

  package init(after: Position = 0, wait: Int = 5, asOf: AsOf? = nil, on: Day? = nil) {
    self.after = after
    self.wait = wait
    self.asOf = asOf
    self.on = on
  }
}

/// The question behind `/v1/shopping-modes`.
package struct ShoppingModesQuestion: Sendable {
  package var shop: String?
  package var brand: String?
  package var currency: String?
  package var period: String?
  package var from: Day?
  package var to: Day?

  package init(
    shop: String? = nil,
    brand: String? = nil,
    currency: String? = nil,
    period: String? = nil,
    from: Day? = nil,
    to: Day? = nil
  ) {
    self.shop = shop
    self.brand = brand
    self.currency = currency
    self.period = period
    self.from = from
    self.to = to
  }
}

/// Which events a page of `/v1/events` shows: those that meet every filter.
package struct EventFilter: Sendable {
  package var after: Position = 0
  package var limit: Int = 500
  package var shop: String?
  package var product: String?
  package var share: String?
  package var order: String?
  package var buyer: String?
  package var agent: String?
  package var brand: String?
  package var command: String?
  package var type: String?

  package init() {}
}

/// Events as they are followed: a page, and how far it goes.
package struct FollowedEvents: Sendable {
  package var events: [(position: Position, json: [UInt8])]
  /// Up to here no event is missing that meets the filters; the next page starts behind it.
  package var reached: Position
  /// Whether there was more already when the page was read.
  package var hasMore: Bool
}
