/// What folds read of each event, by the names and numbers of `events.proto`.
///
/// A thing is its position here. A field that a new view needs and no other has read yet is a line.
extension Lent<ShopOpened> {
  package var shop: String { get throws(RecordError) { try text(1) } }
  package var owner: Person { get throws(RecordError) { try person(2) } }
}

extension Lent<BrandRegistered> {
  package var brand: String { get throws(RecordError) { try text(1) } }
  package var owner: Person { get throws(RecordError) { try person(2) } }
}

extension Lent<ProductListed> {
  package var product: String { get throws(RecordError) { try text(1) } }
  package var shop: Position { get throws(RecordError) { try entity(2) } }
  package var brand: Position? { get throws(RecordError) { try optionalEntity(4) } }
  package var title: String { get throws(RecordError) { try text(6) } }
}

extension Lent<ProductRetitled> {
  package var product: Position { get throws(RecordError) { try entity(1) } }
  package var shop: Position { get throws(RecordError) { try entity(2) } }
  package var title: String { get throws(RecordError) { try text(3) } }
}

extension Lent<PriceChanged> {
  package var product: Position { get throws(RecordError) { try entity(1) } }
  package var shop: Position { get throws(RecordError) { try entity(2) } }
}

extension Lent<StockAdjusted> {
  package var product: Position { get throws(RecordError) { try entity(1) } }
  package var shop: Position { get throws(RecordError) { try entity(2) } }
  package var by: Int64 { get throws(RecordError) { try int64(3) } }
  package var after: Int64 { get throws(RecordError) { try int64(4) } }
}

extension Lent<ProductDelisted> {
  package var product: Position { get throws(RecordError) { try entity(1) } }
  package var shop: Position { get throws(RecordError) { try entity(2) } }
}

extension Lent<ProductRelisted> {
  package var product: Position { get throws(RecordError) { try entity(1) } }
  package var shop: Position { get throws(RecordError) { try entity(2) } }
}

extension Lent<VisitRecorded> {
  package var shop: Position { get throws(RecordError) { try entity(2) } }
  package var visitor: Person { get throws(RecordError) { try person(3) } }
  package var product: Position? { get throws(RecordError) { try optionalEntity(4) } }
  package var brand: Position? { get throws(RecordError) { try optionalEntity(5) } }
  package func attribution() throws(RecordError) -> Lent<Attribution> { try message(7) }
}

extension Lent<ProductShared> {
  package var product: Position { get throws(RecordError) { try entity(2) } }
  package var shop: Position { get throws(RecordError) { try entity(3) } }
  package var brand: Position? { get throws(RecordError) { try optionalEntity(4) } }
  package var sharer: Person { get throws(RecordError) { try person(5) } }
  package var via: Position? { get throws(RecordError) { try optionalEntity(6) } }
  package var root: Position { get throws(RecordError) { try entity(7) } }
  package var depth: UInt32 { get throws(RecordError) { try uint32(8) } }
}

extension Lent<ProductPurchased> {
  package var product: Position { get throws(RecordError) { try entity(2) } }
  package var shop: Position { get throws(RecordError) { try entity(3) } }
  package var brand: Position? { get throws(RecordError) { try optionalEntity(5) } }
  package var kind: GoodsKind { get throws(RecordError) { try choice(6) } }
  package var currency: String { get throws(RecordError) { try text(8) } }
  package var buyer: Person { get throws(RecordError) { try person(9) } }
  package var quantity: Int64 { get throws(RecordError) { try int64(11) } }
  package var total: Int64 { get throws(RecordError) { try int64(12) } }
  package var stockAfter: Int64 { get throws(RecordError) { try int64(13) } }
  package func attribution() throws(RecordError) -> Lent<Attribution> { try message(15) }
  package var creditedSharer: Person? { get throws(RecordError) { try optionalPerson(16) } }
  package var impulse: Bool { get throws(RecordError) { try flag(19) } }
}

extension Lent<PurchaseRefunded> {
  package var order: Position { get throws(RecordError) { try entity(2) } }
  package var product: Position { get throws(RecordError) { try entity(3) } }
  package var shop: Position { get throws(RecordError) { try entity(4) } }
  package var brand: Position? { get throws(RecordError) { try optionalEntity(5) } }
  package var buyer: Person { get throws(RecordError) { try person(8) } }
  package var amount: Int64 { get throws(RecordError) { try int64(10) } }
  package var orderDay: Day { get throws(RecordError) { try sint32(13) } }
}

extension Lent<AgentSignedUp> {
  package var brand: Position { get throws(RecordError) { try entity(1) } }
  package var agent: Person { get throws(RecordError) { try person(2) } }
  package var sponsor: Person? { get throws(RecordError) { try optionalPerson(3) } }
}

extension Lent<AgentReparented> {
  package var brand: Position { get throws(RecordError) { try entity(1) } }
  package var agent: Person { get throws(RecordError) { try person(2) } }
  package var from: Person? { get throws(RecordError) { try optionalPerson(3) } }
  package var to: Person? { get throws(RecordError) { try optionalPerson(4) } }
}

extension Lent<AgentLeft> {
  package var brand: Position { get throws(RecordError) { try entity(1) } }
  package var agent: Person { get throws(RecordError) { try person(2) } }
  package var sponsor: Person? { get throws(RecordError) { try optionalPerson(3) } }
}

extension Lent<Attribution> {
  package var mode: Mode { get throws(RecordError) { try choice(1) } }
  package var scene: Scene { get throws(RecordError) { try choice(2) } }
  package var intent: Intent { get throws(RecordError) { try choice(4) } }
  package var share: Position? { get throws(RecordError) { try optionalEntity(5) } }
  package var shareDepth: UInt32 { get throws(RecordError) { try uint32(6) } }
}
