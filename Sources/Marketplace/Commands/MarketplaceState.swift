/// What decisions read: the marketplace as it stands after every event so far.
///
/// Two conform: the ledger's state on disk, and the slow, obvious model of the tests.
package protocol MarketplaceState: ArrivalEvidence {
  /// The number of the person with this name, giving the next free one to a newcomer.
  ///
  /// Newcomers of a refused command are forgotten again by whoever runs the decision.
  mutating func person(_ name: String) throws -> Person

  // Mutating, because an implementation may keep what it has looked up.
  mutating func shop(_ id: String) throws -> ShopFacts?
  mutating func brand(_ id: String) throws -> BrandFacts?
  mutating func product(_ id: String) throws -> ProductFacts?
  func order(_ id: String) throws -> OrderFacts?
  func visitExists(_ id: String) throws -> Bool
  func refundExists(_ id: String) throws -> Bool

  /// An agent of a brand, also one who left.
  mutating func agent(_ person: Person, of brand: Position) throws -> AgentFacts?
  /// Those whose sponsor the agent is now, all active, in order of their latest joining.
  mutating func recruits(of person: Person, in brand: Position) throws -> [Person]

  var policy: PolicyInForce { get throws }

  /// Whether the system's tzdata has a zone of exactly this name.
  func knowsTimeZone(_ name: String) -> Bool
}

package struct PolicyInForce: Hashable, Sendable {
  package var policy: Policy
  /// Of its PolicyAdopted; 0 before the first.
  package var position: Position

  package init(policy: Policy, position: Position) {
    self.policy = policy
    self.position = position
  }

  package static let initial = PolicyInForce(policy: .initial, position: 0)
}

package struct ShopFacts: Hashable, Sendable {
  package var shop: Reference
  package var owner: Person
  package var currency: String
  package var timeZone: String

  package init(
    shop: Reference,
    owner: Person,
    currency: String,
    timeZone: String
  ) {
    self.shop = shop
    self.owner = owner
    self.currency = currency
    self.timeZone = timeZone
  }
}

package struct BrandFacts: Hashable, Sendable {
  package var brand: Reference
  package var owner: Person
  package var levelLimit: UInt32
  package var currency: String
  package var timeZone: String

  package init(
    brand: Reference,
    owner: Person,
    levelLimit: UInt32,
    currency: String,
    timeZone: String
  ) {
    self.brand = brand
    self.owner = owner
    self.levelLimit = levelLimit
    self.currency = currency
    self.timeZone = timeZone
  }
}

package struct ProductFacts: Hashable, Sendable {
  package var product: Reference
  package var shop: Reference
  /// The shop's owner.
  package var seller: Person
  package var brand: Reference?
  package var kind: GoodsKind
  package var title: String
  package var currency: String
  package var price: Int64
  package var stock: Int64
  package var listed: Bool

  package init(
    product: Reference,
    shop: Reference,
    seller: Person,
    brand: Reference?,
    kind: GoodsKind,
    title: String,
    currency: String,
    price: Int64,
    stock: Int64,
    listed: Bool
  ) {
    self.product = product
    self.shop = shop
    self.seller = seller
    self.brand = brand
    self.kind = kind
    self.title = title
    self.currency = currency
    self.price = price
    self.stock = stock
    self.listed = listed
  }
}

package struct ShareFacts: Hashable, Sendable {
  package var share: Reference
  package var product: Reference
  package var shop: Reference
  package var sharer: Person
  package var root: Reference
  package var depth: UInt32
  package var scene: Scene
  package var community: String

  package init(
    share: Reference,
    product: Reference,
    shop: Reference,
    sharer: Person,
    root: Reference,
    depth: UInt32,
    scene: Scene,
    community: String
  ) {
    self.share = share
    self.product = product
    self.shop = shop
    self.sharer = sharer
    self.root = root
    self.depth = depth
    self.scene = scene
    self.community = community
  }
}

package struct OrderFacts: Hashable, Sendable {
  package var order: Reference
  package var product: Reference
  package var shop: Reference
  package var brand: Reference?
  package var kind: GoodsKind
  package var currency: String
  package var buyer: Person
  package var day: Day
  package var quantity: Int64
  package var total: Int64
  package var refundedQuantity: Int64
  package var refundedAmount: Int64

  package init(
    order: Reference,
    product: Reference,
    shop: Reference,
    brand: Reference?,
    kind: GoodsKind,
    currency: String,
    buyer: Person,
    day: Day,
    quantity: Int64,
    total: Int64,
    refundedQuantity: Int64,
    refundedAmount: Int64
  ) {
    self.order = order
    self.product = product
    self.shop = shop
    self.brand = brand
    self.kind = kind
    self.currency = currency
    self.buyer = buyer
    self.day = day
    self.quantity = quantity
    self.total = total
    self.refundedQuantity = refundedQuantity
    self.refundedAmount = refundedAmount
  }
}

package struct VisitFacts: Hashable, Sendable {
  package var visit: Reference
  package var occurredAt: Microseconds
  package var attribution: Attribution

  package init(
    visit: Reference,
    occurredAt: Microseconds,
    attribution: Attribution
  ) {
    self.visit = visit
    self.occurredAt = occurredAt
    self.attribution = attribution
  }
}

package struct AgentFacts: Hashable, Sendable {
  package var sponsor: Person?
  package var active: Bool
  /// From the root, the root itself 1; 0 for one who left.
  package var level: UInt32
  /// The greatest number of levels in the agent's tree, the agent included; 0 for one who left.
  package var height: UInt32

  package init(
    sponsor: Person?,
    active: Bool,
    level: UInt32,
    height: UInt32
  ) {
    self.sponsor = sponsor
    self.active = active
    self.level = level
    self.height = height
  }
}
