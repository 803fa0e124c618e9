package import Marketplace

/// The marketplace as slow and obvious as it can be: what the real state is compared with.
///
/// It keeps what happened in plain arrays and dictionaries, and computes levels and heights anew
/// whenever they are asked for. A copy is a snapshot.
package struct ModelMarketplace: MarketplaceState, Equatable, Sendable {
  /// Everything applied, in order of position.
  package private(set) var records: [Record] = []
  /// The private texts of the records, by position.
  package private(set) var texts: [Position: String] = [:]
  /// The name of person n stands at n - 1.
  package private(set) var people: [String] = []

  private var numbers: [String: Person] = [:]
  private var shops: [String: ShopFacts] = [:]
  private var brands: [String: BrandFacts] = [:]
  private var products: [String: ProductFacts] = [:]
  private var shares: [String: ShareFacts] = [:]
  private var orders: [String: OrderFacts] = [:]
  private var refunds: [String: PurchaseRefunded] = [:]
  /// All visits of a shop, in the order in which they were recorded.
  private var visits: [Position: [Visit]] = [:]
  private var visitIDs: Set<String> = []
  /// All agents of a brand, in the order of their latest joining.
  private var agents: [Position: [Agent]] = [:]

  package private(set) var policy = PolicyInForce.initial

  private struct Visit: Equatable {
    var visitor: Person
    var facts: VisitFacts
  }

  private struct Agent: Equatable {
    var person: Person
    var sponsor: Person?
    var active: Bool
  }

  package init() {}

  // MARK: What decisions read

  package mutating func person(_ name: String) -> Person {
    if let known = numbers[name] { return known }
    people.append(name)
    let person = Person(UInt64(people.count))
    numbers[name] = person
    return person
  }

  package func shop(_ id: String) -> ShopFacts? { shops[id] }
  package func brand(_ id: String) -> BrandFacts? { brands[id] }
  package func product(_ id: String) -> ProductFacts? { products[id] }
  package func share(_ id: String) -> ShareFacts? { shares[id] }
  package func order(_ id: String) -> OrderFacts? { orders[id] }
  package func visitExists(_ id: String) -> Bool { visitIDs.contains(id) }
  package func refundExists(_ id: String) -> Bool { refunds[id] != nil }

  package func lastVisit(of visitor: Person, to shop: Position) -> VisitFacts? {
    visits[shop]?.last { $0.visitor == visitor }?.facts
  }

  package func agent(_ person: Person, of brand: Position) -> AgentFacts? {
    guard let agent = agents[brand]?.first(where: { $0.person == person }) else { return nil }
    return AgentFacts(
      sponsor: agent.sponsor,
      active: agent.active,
      level: agent.active ? level(of: person, in: brand) : 0,
      height: agent.active ? height(of: person, in: brand) : 0
    )
  }

  package func recruits(of person: Person, in brand: Position) -> [Person] {
    (agents[brand] ?? []).filter { $0.active && $0.sponsor == person }.map(\.person)
  }

  package func knowsTimeZone(_ name: String) -> Bool {
    ["Asia/Shanghai", "UTC"].contains(name)
  }

  private func level(of person: Person, in brand: Position) -> UInt32 {
    let sponsor = agents[brand]?.first { $0.person == person }?.sponsor
    return sponsor.map { level(of: $0, in: brand) + 1 } ?? 1
  }

  private func height(of person: Person, in brand: Position) -> UInt32 {
    1 + (recruits(of: person, in: brand).map { height(of: $0, in: brand) }.max() ?? 0)
  }

  // MARK: What happens

  /// Takes in the next record of the log; people must be numbered before.
  package mutating func apply(_ record: Record) {
    let position = record.position
    precondition(position == UInt64(records.count) + 1, "a gap before \(position)")
    records.append(record)
    switch record.event {
    case .shopOpened(let event): apply(event, position)
    case .brandRegistered(let event): apply(event, position)
    case .productListed(let event): apply(event, position)
    case .productRetitled(let event): products[event.product.id]?.title = event.title
    case .priceChanged(let event): products[event.product.id]?.price = event.to
    case .stockAdjusted(let event): products[event.product.id]?.stock += event.by
    case .productDelisted(let event): products[event.product.id]?.listed = false
    case .productRelisted(let event): products[event.product.id]?.listed = true
    case .visitRecorded(let event): apply(event, record.envelope)
    case .productShared(let event): apply(event, position)
    case .productPurchased(let event): apply(event, record.envelope)
    case .purchaseRefunded(let event): apply(event)
    case .agentSignedUp(let event): apply(event)
    case .agentReparented(let event): apply(event)
    case .agentLeft(let event): apply(event)
    case .policyAdopted(let event):
      policy = PolicyInForce(policy: event.policy, position: position)
    }
  }

  private mutating func apply(_ event: ShopOpened, _ position: Position) {
    shops[event.shop] = ShopFacts(
      shop: Reference(id: event.shop, position: position),
      owner: event.owner,
      currency: event.currency,
      timeZone: event.timeZone
    )
  }

  private mutating func apply(_ event: BrandRegistered, _ position: Position) {
    brands[event.brand] = BrandFacts(
      brand: Reference(id: event.brand, position: position),
      owner: event.owner,
      levelLimit: event.levelLimit,
      currency: event.currency,
      timeZone: event.timeZone
    )
  }

  private mutating func apply(_ event: ProductListed, _ position: Position) {
    products[event.product] = ProductFacts(
      product: Reference(id: event.product, position: position),
      shop: event.shop,
      seller: event.seller,
      brand: event.brand,
      kind: event.kind,
      title: event.title,
      currency: event.currency,
      price: event.price,
      stock: event.stock,
      listed: true
    )
  }

  private mutating func apply(_ event: VisitRecorded, _ envelope: Envelope) {
    let facts = VisitFacts(
      visit: Reference(id: event.visit, position: envelope.position),
      occurredAt: envelope.occurredAt,
      attribution: event.attribution
    )
    visits[event.shop.position, default: []].append(Visit(visitor: event.visitor, facts: facts))
    visitIDs.insert(event.visit)
  }

  private mutating func apply(_ event: ProductShared, _ position: Position) {
    shares[event.share] = ShareFacts(
      share: Reference(id: event.share, position: position),
      product: event.product,
      shop: event.shop,
      sharer: event.sharer,
      root: event.root,
      depth: event.depth,
      scene: event.scene,
      community: event.community
    )
  }

  private mutating func apply(_ event: ProductPurchased, _ envelope: Envelope) {
    products[event.product.id]?.stock -= event.quantity
    orders[event.order] = OrderFacts(
      order: Reference(id: event.order, position: envelope.position),
      product: event.product,
      shop: event.shop,
      brand: event.brand,
      kind: event.kind,
      currency: event.currency,
      buyer: event.buyer,
      day: envelope.localDay,
      quantity: event.quantity,
      total: event.total,
      refundedQuantity: 0,
      refundedAmount: 0
    )
  }

  private mutating func apply(_ event: PurchaseRefunded) {
    refunds[event.refund] = event
    orders[event.order.id]?.refundedQuantity += event.quantity
    orders[event.order.id]?.refundedAmount += event.amount
    if event.restock { products[event.product.id]?.stock += event.quantity }
  }

  private mutating func apply(_ event: AgentSignedUp) {
    let joined = Agent(person: event.agent, sponsor: event.sponsor, active: true)
    agents[event.brand.position, default: []].removeAll { $0.person == event.agent }
    agents[event.brand.position, default: []].append(joined)
  }

  private mutating func apply(_ event: AgentReparented) {
    change(event.agent, of: event.brand) { $0.sponsor = event.to }
  }

  private mutating func apply(_ event: AgentLeft) {
    change(event.agent, of: event.brand) { agent in
      agent.active = false
      agent.sponsor = nil
    }
  }

  private mutating func change(
    _ person: Person,
    of brand: Reference,
    _ change: (inout Agent) -> Void
  ) {
    guard let index = agents[brand.position]?.firstIndex(where: { $0.person == person }),
      var agent = agents[brand.position]?[index]
    else { preconditionFailure("\(person) is no agent of \(brand.id)") }
    change(&agent)
    agents[brand.position]?[index] = agent
  }

  // MARK: What the ledger does around it

  /// Forgets the newcomers after the first `count` people.
  mutating func forgetPeople(after count: Int) {
    for name in people[count...] { numbers[name] = nil }
    people.removeLast(people.count - count)
  }

  mutating func keep(_ text: String, at position: Position) {
    texts[position] = text
  }
}
