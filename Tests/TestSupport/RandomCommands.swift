package import Marketplace

/// Commands at random from a seed, valid and invalid, over pools of ids so small that they collide.
///
/// Repeats, stale prices, sold-out stock, refunds beyond the order, late visits, halo and own
/// shares, cycles, deep chains, returning agents and changing policies all turn up within some
/// thousands. Knows nothing of the marketplace: whether a command fits is for the decision to say.
package struct RandomCommands: Sendable {
  private var random: SplitMix64
  private var clock: Microseconds = 1_488_297_600_000_000  // 2017-02-28T16:00:00Z, a month's end
  private var made = 0
  /// How many ids of a kind were made up so far.
  private var counts: [String: Int] = [:]
  /// Who visited last, and the number of the product that they came for.
  private var shopper = "person-0"
  private var wanted = 1
  /// The shares made up so far, by the number of their product.
  private var shares: [Int: [String]] = [:]

  package init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  /// The next command, and when it happened: mostly later than the one before, sometimes earlier.
  package mutating func next() -> (command: any CommandData, occurredAt: Microseconds) {
    made += 1
    return (command(), occurredAt())
  }

  private mutating func occurredAt() -> Microseconds {
    let minute: Microseconds = 60_000_000
    // Often no time passes at all, so that both ends of every window are met.
    clock += random.oneIn(3) ? 0 : Int64(random.below(20)) * minute
    if random.oneIn(40) { clock += Int64(random.below(10)) * 1440 * minute }
    return random.oneIn(10) ? clock - Int64(random.below(3 * 1440)) * minute : clock
  }

  private mutating func command() -> any CommandData {
    if made <= Self.opening { return openingCommand() }
    switch random.below(100) {
    case 0..<1: return openShop()
    case 1..<2: return registerBrand()
    case 2..<5: return listProduct()
    case 5..<7: return retitleProduct()
    case 7..<9: return ChangePrice(product: product(), price: price())
    case 9..<15: return adjustStock()
    case 15..<16: return DelistProduct(product: product(), reason: reason())
    case 16..<20: return RelistProduct(product: product(), reason: reason())
    case 20..<37: return recordVisit()
    case 37..<48: return shareProduct()
    case 48..<71: return purchase()
    case 71..<78: return refundPurchase()
    case 78..<87: return signUpAgent()
    case 87..<94: return reparentAgent()
    case 94..<97: return leaveAgency()
    default: return adoptPolicy()
    }
  }

  // MARK: The opening

  private static let shops = 4
  private static let brands = 3
  private static let products = 12
  private static let opening = shops + brands + products

  /// A marketplace to trade in, one thing of each pool after the other.
  private mutating func openingCommand() -> any CommandData {
    let brand = made - Self.shops
    let product = brand - Self.brands
    if brand <= 0 {
      return OpenShop(
        shop: "shop-\(made)",
        owner: person(),
        name: "shop \(made)",
        currency: random.pick(["CNY", "USD"]),
        timeZone: random.pick(["Asia/Shanghai", "UTC"])
      )
    }
    if product <= 0 {
      return RegisterBrand(
        brand: "brand-\(brand)",
        owner: person(),
        name: "brand \(brand)",
        levelLimit: [2, 4, 255][brand - 1]
      )
    }
    return ListProduct(
      shop: home(of: product),
      product: "product-\(product)",
      title: title(),
      price: 100,
      stock: Int64(10 + random.below(30)),
      kind: random.pick(GoodsKind.allCases)
    )
  }

  private func home(of product: Int) -> String { "shop-\(product % Self.shops + 1)" }

  // MARK: Shops, brands, products

  private mutating func openShop() -> any CommandData {
    OpenShop(
      shop: shop(),
      owner: person(),
      name: "shop \(made)",
      currency: random.oneIn(8) ? "XXX" : random.pick(["CNY", "CNY", "USD"]),
      timeZone: random.oneIn(8) ? "Mars/Base" : random.pick(["Asia/Shanghai", "UTC"])
    )
  }

  private mutating func registerBrand() -> any CommandData {
    RegisterBrand(
      brand: brand(),
      owner: person(),
      name: "brand \(made)",
      levelLimit: random.pick([2, 3, 5, 255]),
      currency: random.oneIn(8) ? "cny" : "CNY",
      timeZone: random.oneIn(8) ? "" : random.pick(["Asia/Shanghai", "UTC"])
    )
  }

  private mutating func listProduct() -> any CommandData {
    ListProduct(
      shop: shop(),
      product: product(),
      title: title(),
      price: price(),
      stock: random.oneIn(10) ? random.pick([-1, 1_000_000_000_001]) : stock(),
      kind: random.pick(GoodsKind.allCases),
      brand: random.oneIn(2) ? brand() : nil,
      story: random.oneIn(2) ? "story \(made)" : nil
    )
  }

  private mutating func retitleProduct() -> any CommandData {
    RetitleProduct(product: product(), title: title())
  }

  private mutating func adjustStock() -> any CommandData {
    let extremes: [Int64] = [0, .min, .max, 1_000_000_000_000]
    let by = random.oneIn(6) ? random.pick(extremes) : Int64(random.below(80)) - 20
    return AdjustStock(product: product(), by: by, reason: reason())
  }

  private mutating func price() -> Int64 {
    random.oneIn(20) ? random.pick([0, -5, 1_000_000_000_001]) : random.pick([100, 100, 100, 200])
  }

  private mutating func stock() -> Int64 {
    random.oneIn(8) ? 1_000_000_000_000 : Int64(random.below(30))
  }

  private mutating func title() -> String { "title \(random.below(5))" }
  private mutating func reason() -> String? { random.oneIn(2) ? "reason \(made)" : nil }

  // MARK: Visits, shares, purchases

  private mutating func recordVisit() -> any CommandData {
    shopper = person()
    wanted = number(Self.products)
    let (entry, query) = entry(to: wanted)
    return RecordVisit(
      visit: fresh("visit"),
      shop: random.oneIn(6) ? shop() : home(of: wanted),
      visitor: shopper,
      product: random.oneIn(3) ? "product-\(wanted)" : nil,
      entry: entry,
      query: query
    )
  }

  private mutating func shareProduct() -> any CommandData {
    let scene = random.pick(Scene.allCases)
    let product = random.oneIn(2) ? wanted : number(Self.products)
    let share = fresh("share")
    let via = random.oneIn(2) ? followed(to: product) : nil
    shares[product, default: []].append(share)
    return ShareProduct(
      share: share,
      product: "product-\(product)",
      sharer: random.oneIn(3) ? shopper : person(),
      via: via,
      scene: scene,
      community: scene == .circle && random.oneIn(2) ? "community \(random.below(3))" : ""
    )
  }

  private mutating func purchase() -> any CommandData {
    // Half of the orders are of those who were here last.
    let returns = random.oneIn(2)
    let product = returns && !random.oneIn(4) ? wanted : number(Self.products)
    let (entry, query) = entry(to: product)
    let hasEntry = random.oneIn(2)
    return Purchase(
      order: fresh("order"),
      product: "product-\(product)",
      buyer: returns ? shopper : person(),
      quantity: random.oneIn(15)
        ? random.pick([0, -1, .max, 10_000_000_000]) : Int64(random.below(5) + 1),
      price: price(),
      entry: hasEntry ? entry : nil,
      query: hasEntry ? query : nil
    )
  }

  private mutating func refundPurchase() -> any CommandData {
    RefundPurchase(
      refund: fresh("refund"),
      order: used("order"),
      quantity: random.oneIn(20) ? random.pick([-1, .max]) : Int64(random.below(3)),
      amount: random.oneIn(20) ? random.pick([-1, .max]) : Int64(random.below(4) * 50),
      restock: random.oneIn(2),
      reason: reason()
    )
  }

  private mutating func entry(to product: Int) -> (Entry, query: String?) {
    let scene = random.pick(Scene.allCases)
    let community = scene == .circle && random.oneIn(2) ? "community \(random.below(3))" : ""
    switch random.below(5) {
    case 0, 1:
      return (
        Entry(mode: .share, share: followed(to: product), scene: scene, community: community), nil
      )
    case 2:
      let intent = random.pick([Intent.product, .brand])
      let entry = Entry(mode: .search, scene: scene, community: community, intent: intent)
      return (entry, random.oneIn(2) ? "query \(made)" : nil)
    default:
      return (Entry(mode: .stroll, scene: scene, community: community), nil)
    }
  }

  /// Mostly a late share of the product, or of another one in its shop.
  private mutating func followed(to product: Int) -> String {
    let neighbour = (product + Self.shops - 1) % Self.products + 1
    let candidates = shares[random.oneIn(4) ? neighbour : product] ?? []
    return candidates.isEmpty || random.oneIn(6)
      ? used("share") : random.pick(candidates.suffix(5))
  }

  // MARK: Agency, policy

  private mutating func signUpAgent() -> any CommandData {
    SignUpAgent(
      agent: agent(),
      brand: brand(),
      sponsor: random.oneIn(5) ? nil : agent(),
      entryFee: Int64(random.below(3) * 1000)
    )
  }

  private mutating func reparentAgent() -> any CommandData {
    ReparentAgent(
      agent: agent(),
      brand: brand(),
      sponsor: random.oneIn(6) ? nil : agent(),
      reason: reason()
    )
  }

  private mutating func leaveAgency() -> any CommandData {
    LeaveAgency(
      agent: agent(),
      brand: brand(),
      cause: random.pick([.notSaid, .left, .revoked]),
      reason: reason()
    )
  }

  private mutating func adoptPolicy() -> any CommandData {
    AdoptPolicy(
      attributionWindowDays: random.oneIn(2) ? random.pick([0, 1, 7, 30, 3651]) : nil,
      thresholdLevels: random.oneIn(3) ? random.pick([2, 3, 256]) : nil,
      thresholdHeadcount: random.oneIn(3) ? random.pick([3, 30, .max]) : nil,
      impulseMinutes: random.oneIn(2) ? random.pick([0, 30, -1]) : nil
    )
  }

  // MARK: Ids

  private mutating func shop() -> String { "shop-\(number(Self.shops))" }
  private mutating func brand() -> String { "brand-\(number(Self.brands))" }
  private mutating func product() -> String { "product-\(number(Self.products))" }
  private mutating func agent() -> String { "person-\(random.below(12))" }

  /// One of the opening's, rarely a later one.
  private mutating func number(_ count: Int) -> Int {
    random.oneIn(12) ? count + 1 + random.below(3) : random.below(count) + 1
  }

  /// A few regulars, who are also the agents, and a long tail who come once or twice.
  private mutating func person() -> String {
    "person-\(random.oneIn(5) ? random.below(1000) : random.below(12))"
  }

  /// A new one, or now and then one used before.
  private mutating func fresh(_ kind: String) -> String {
    if random.oneIn(15) { return used(kind) }
    counts[kind, default: 0] += 1
    return "\(kind)-\(counts[kind, default: 0])"
  }

  /// One used before, though perhaps by a command that was refused; rarely one never used.
  private mutating func used(_ kind: String) -> String {
    "\(kind)-\(1 + random.below(counts[kind, default: 0] + 2))"
  }
}
