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
  init(by entry: Entry, at shop: Reference, _ state: inout some MarketplaceState) throws {
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
  init(by visit: VisitFacts, _ state: inout some MarketplaceState) throws {
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
struct PurchaseAttribution {
  let attribution: Attribution
  let creditedSharer: Person?
  let halo: Bool
  let selfShare: Bool
  let impulse: Bool

  init(
    of product: ProductFacts,
    to buyer: Person,
    entry: Entry?,
    at occurredAt: Microseconds,
    under policy: Policy,
    _ state: inout some MarketplaceState
  ) throws {
    // Only an order without an entry, or one by strolling, asks for the visit before it.
    let asksForVisit = entry.map { $0.mode == .stroll } ?? true
    let visit = asksForVisit ? try state.lastVisit(of: buyer, to: product.shop.position) : nil
    let sinceVisit = visit.map { occurredAt - $0.occurredAt }

    let window = 0...Int64(policy.attributionWindowDays) * 86_400_000_000
    let arrival =
      if let entry {
        try Arrival(by: entry, at: product.shop, &state)
      } else if let visit, let sinceVisit, window.contains(sinceVisit) {
        try Arrival(by: visit, &state)
      } else {
        Arrival()
      }
    attribution = arrival.attribution

    halo = arrival.share.map { $0.product != product.product } ?? false
    selfShare = arrival.share?.sharer == buyer
    creditedSharer = selfShare ? nil : arrival.share?.sharer

    let impulsive = 0...Int64(policy.impulseMinutes) * 60_000_000
    impulse =
      attribution.mode == .stroll && (sinceVisit.map { impulsive.contains($0) } ?? false)
  }
}
