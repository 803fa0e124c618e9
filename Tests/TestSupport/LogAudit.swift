@testable package import Marketplace

/// Walks a log and proves what is always true of it, without asking the code that decided it.
package struct LogAudit: Sendable {
  /// The first thing found that is not true; what follows from it is noise.
  package private(set) var violation: String?
  private var records: [Record] = []
  private var people: UInt64 = 0
  private var prices: [Position: Int64] = [:]
  private var stocks: [Position: Int64] = [:]
  private var shares: [Position: ProductShared] = [:]
  private var orders: [Position: ProductPurchased] = [:]
  private var refunded: [Position: (quantity: Int64, amount: Int64)] = [:]
  private var limits: [Position: UInt32] = [:]
  /// Of each brand: the sponsor of each active agent.
  private var sponsors: [Position: [Person: Person?]] = [:]
  private var policy = (policy: Policy.initial, position: Position(0))

  package init() {}

  package mutating func take(_ record: Record) {
    let position = record.position
    expect(position == UInt64(records.count) + 1, "gap", record)
    takePeople(record)
    switch record.event {
    case .brandRegistered(let event):
      limits[position] = event.levelLimit
    case .productListed(let event):
      prices[position] = event.price
      stocks[position] = event.stock
    case .priceChanged(let event):
      expect(prices[event.product.position] == event.from && event.from != event.to, "from", record)
      prices[event.product.position] = event.to
    case .stockAdjusted(let event):
      move(event.by, of: event.product, to: event.after, record)
    case .productShared(let event):
      take(event, record)
    case .productPurchased(let event):
      take(event, record)
    case .purchaseRefunded(let event):
      take(event, record)
    case .agentSignedUp, .agentReparented, .agentLeft:
      takeAgency(record)
    case .policyAdopted(let event):
      policy = (event.policy, position)
    case .shopOpened, .productRetitled, .productDelisted, .productRelisted, .visitRecorded:
      break
    }
    records.append(record)
  }

  private mutating func expect(_ holds: Bool, _ what: String, _ record: Record) {
    if !holds, violation == nil { violation = "\(what): \(record.event) at \(record.position)" }
  }

  // MARK: People

  private mutating func takePeople(_ record: Record) {
    let named = record.event.people + [record.envelope.actor].compactMap(\.self)
    for newcomer in record.envelope.newPeople {
      people += 1
      expect(newcomer.person.number == people, "people have a gap", record)
      expect(named.contains(newcomer.person), "a newcomer without a part", record)
    }
    for person in named {
      expect((1...max(1, people)).contains(person.number), "an unknown person", record)
    }
  }

  // MARK: Stock, sales, refunds

  private mutating func move(_ by: Int64, of product: Reference, to after: Int64, _ record: Record)
  {
    let stock = (stocks[product.position] ?? 0) + by
    expect(stock == after, "stock is \(stock)", record)
    expect((0...1_000_000_000_000).contains(stock), "stock out of bounds", record)
    stocks[product.position] = stock
  }

  private mutating func take(_ event: ProductPurchased, _ record: Record) {
    expect(prices[event.product.position] == event.unitPrice, "not the current price", record)
    expect(event.total == event.unitPrice * event.quantity, "total", record)
    expect(event.quantity >= 1 && event.total <= 1_000_000_000_000, "quantity", record)
    expect(event.policy == policy.position, "policy", record)
    move(-event.quantity, of: event.product, to: event.stockAfter, record)
    takeAttribution(event, record)
    orders[record.position] = event
  }

  private mutating func take(_ event: PurchaseRefunded, _ record: Record) {
    guard let order = orders[event.order.position] else {
      return expect(false, "a refund of no order", record)
    }
    var sum = refunded[event.order.position] ?? (0, 0)
    sum.quantity += event.quantity
    sum.amount += event.amount
    refunded[event.order.position] = sum
    expect(sum.quantity <= order.quantity && sum.amount <= order.total, "too much", record)
    expect(event.quantityLeft == order.quantity - sum.quantity, "units left", record)
    expect(event.amountLeft == order.total - sum.amount, "money left", record)
    expect(
      event.orderDay == records[Int(event.order.position - 1)].envelope.localDay,
      "day",
      record
    )
    if event.restock { move(event.quantity, of: event.product, to: event.stockAfter, record) }
  }

  // MARK: Shares and modes

  private mutating func take(_ event: ProductShared, _ record: Record) {
    let itself = Reference(id: event.share, position: record.position)
    let parent = event.via.flatMap { shares[$0.position] }
    expect((parent == nil) == (event.via == nil), "passes on no share", record)
    expect(event.depth == (parent?.depth ?? 0) + 1, "depth", record)
    expect(event.root == parent?.root ?? itself, "root", record)
    expect(parent.map { $0.product == event.product } ?? true, "another product", record)
    shares[record.position] = event
  }

  private mutating func takeAttribution(_ event: ProductPurchased, _ record: Record) {
    let visit = records.last { earlier in
      guard case .visitRecorded(let visit) = earlier.event else { return false }
      return visit.visitor == event.buyer && visit.shop == event.shop
    }
    let age = visit.map { record.envelope.occurredAt - $0.envelope.occurredAt }
    let window = Int64(policy.policy.attributionWindowDays) * 86_400_000_000
    let attribution = event.attribution

    var followed: ProductShared?
    if let entry = event.entry {
      followed = shares.values.first { $0.share == entry.share && $0.shop == event.shop }
      let failed = entry.mode == .share && followed == nil
      expect(attribution.mode == (failed ? .unknown : entry.mode), "mode", record)
      expect(attribution.visit == nil, "evidence", record)
    } else if case .visitRecorded(let taken)? = visit?.event, let age, age >= 0, age <= window {
      followed = taken.attribution.share.flatMap { shares[$0.position] }
      expect(attribution.mode == taken.attribution.mode, "mode of the visit", record)
      expect(attribution.visit?.position == visit?.position, "evidence of the visit", record)
    } else {
      expect(attribution == Attribution(mode: .unknown), "no mode", record)
    }
    expect((attribution.mode == .share) == (followed != nil), "share", record)
    expect(attribution.share?.id == followed?.share, "share followed", record)
    expect(attribution.shareDepth == followed?.depth ?? 0, "share depth", record)
    expect(event.halo == (followed != nil && followed?.product != event.product), "halo", record)
    expect(event.selfShare == (followed?.sharer == event.buyer), "selfShare", record)
    expect(event.creditedSharer == (event.selfShare ? nil : followed?.sharer), "credit", record)
    let minutes = age.map { Double($0) / 60_000_000 } ?? .infinity
    let soon = minutes >= 0 && minutes <= Double(policy.policy.impulseMinutes)
    expect(event.impulse == (attribution.mode == .stroll && soon), "impulse", record)
  }

  // MARK: The forest

  private mutating func takeAgency(_ record: Record) {
    var level: UInt32?
    let brand: Reference
    var moved: Person?
    switch record.event {
    case .agentSignedUp(let event):
      (brand, moved, level) = (event.brand, event.agent, event.level)
      let known = sponsors[brand.position]?[event.agent] != nil
      expect(!known, "signed up twice", record)
      sponsors[brand.position, default: [:]][event.agent] = .some(event.sponsor)
    case .agentReparented(let event):
      (brand, moved, level) = (event.brand, event.agent, event.level)
      expect(sponsors[brand.position]?[event.agent] == .some(event.from), "from", record)
      sponsors[brand.position, default: [:]][event.agent] = .some(event.to)
    case .agentLeft(let event):
      brand = event.brand
      expect(sponsors[brand.position]?[event.agent] == .some(event.sponsor), "sponsor", record)
      sponsors[brand.position]?[event.agent] = nil
    default:
      return
    }
    // Within the events of a leave, recruits still follow the one who left.
    guard record.position == record.envelope.lastOfCommand else { return }
    for agent in (sponsors[brand.position] ?? [:]).keys {
      let found = levels(above: agent, in: brand.position)
      expect(found != nil && found ?? 0 <= limits[brand.position] ?? 0, "levels", record)
      if agent == moved { expect(found == level, "level is \(found ?? 0)", record) }
    }
  }

  /// The agent's level; nil when the chain does not end at a root among the active agents.
  private func levels(above agent: Person, in brand: Position) -> UInt32? {
    var level: UInt32 = 0
    var next: Person? = agent
    while let person = next {
      level += 1
      guard level <= 1000, let sponsor = sponsors[brand]?[person] else { return nil }
      next = sponsor
    }
    return level
  }
}

extension Event {
  /// Everybody whom the event names.
  fileprivate var people: [Person] {
    switch self {
    case .shopOpened(let event): [event.owner]
    case .brandRegistered(let event): [event.owner]
    case .productListed(let event): [event.seller]
    case .visitRecorded(let event): [event.visitor]
    case .productShared(let event): [event.sharer]
    case .productPurchased(let event):
      [event.seller, event.buyer] + [event.creditedSharer].compactMap(\.self)
    case .purchaseRefunded(let event): [event.buyer]
    case .agentSignedUp(let event): [event.agent] + [event.sponsor].compactMap(\.self)
    case .agentReparented(let event):
      [event.agent] + [event.from, event.to].compactMap(\.self)
    case .agentLeft(let event): [event.agent] + [event.sponsor].compactMap(\.self)
    case .productRetitled, .priceChanged, .stockAdjusted, .productDelisted, .productRelisted,
      .policyAdopted:
      []
    }
  }
}
