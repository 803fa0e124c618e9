/// What rule 1 asks about the time before a purchase.
package protocol ArrivalEvidence {
  // Mutating, because an implementation may keep what it has looked up.
  mutating func share(_ id: String) throws -> ShareFacts?

  /// The visit of a person to a shop that was recorded last, whenever it happened.
  func lastVisit(of visitor: Person, to shop: Position) throws -> VisitFacts?
}

/// How a shopper arrived, by rule 1, with the share that it rests on.
///
/// Rule 1: an entry counts as claimed, unless it names a share that is unknown or of another shop:
/// then the mode is unknown. A purchase without an entry takes over what was decided for the last
/// recorded visit of the buyer to the shop, if that lies in the attribution window. A later rule is
/// another version beside this one; what is decided stays in the events.
struct Arrival {
  var attribution: Attribution
  /// Whose attribution names it.
  var share: ShareFacts?

  /// By an entry of its own.
  init(by entry: Entry, at shop: Reference, _ state: inout some ArrivalEvidence) throws {
    attribution = Attribution(
      mode: entry.mode,
      scene: entry.scene,
      community: entry.community,
      intent: entry.intent
    )
    guard entry.mode == .share else { return }
    guard let followed = try state.share(entry.share), followed.shop == shop else {
      attribution.mode = .unknown
      return
    }
    attribution.scene = followed.scene
    attribution.community = followed.community
    attribution.share = followed.share
    attribution.shareDepth = followed.depth
    share = followed
  }

  /// By the entry of an earlier visit, as decided then.
  init(by visit: VisitFacts, _ state: inout some ArrivalEvidence) throws {
    attribution = visit.attribution
    attribution.visit = visit.visit
    if let share = attribution.share { self.share = try state.share(share.id) }
  }

  /// By nothing that is known.
  init() {
    attribution = Attribution(mode: .unknown)
  }
}

/// What rule 1 says of a purchase.
package struct PurchaseAttribution: Hashable, Sendable {
  package let attribution: Attribution
  package let creditedSharer: Person?
  package let halo: Bool
  package let selfShare: Bool
  package let impulse: Bool

  /// As it was decided when the purchase was recorded.
  package init(_ event: ProductPurchased) {
    attribution = event.attribution
    creditedSharer = event.creditedSharer
    halo = event.halo
    selfShare = event.selfShare
    impulse = event.impulse
  }

  /// - Throws: what looking up visits and shares throws.
  package init(
    of product: Reference,
    in shop: Reference,
    to buyer: Person,
    entry: Entry?,
    at occurredAt: Microseconds,
    under policy: Policy,
    _ state: inout some ArrivalEvidence
  ) throws {
    // Only an order without an entry, or one by strolling, asks for the visit before it.
    let asksForVisit = entry.map { $0.mode == .stroll } ?? true
    let visit = asksForVisit ? try state.lastVisit(of: buyer, to: shop.position) : nil
    let sinceVisit = visit.map { occurredAt - $0.occurredAt }

    let window = 0...Int64(policy.attributionWindowDays) * 86_400_000_000
    let arrival =
      if let entry {
        try Arrival(by: entry, at: shop, &state)
      } else if let visit, let sinceVisit, window.contains(sinceVisit) {
        try Arrival(by: visit, &state)
      } else {
        Arrival()
      }
    attribution = arrival.attribution

    halo = arrival.share.map { $0.product != product } ?? false
    selfShare = arrival.share?.sharer == buyer
    creditedSharer = selfShare ? nil : arrival.share?.sharer

    let impulsive = 0...Int64(policy.impulseMinutes) * 60_000_000
    impulse =
      attribution.mode == .stroll && (sinceVisit.map { impulsive.contains($0) } ?? false)
  }
}
