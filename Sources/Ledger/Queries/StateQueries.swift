internal import EventLog
internal import JSON
internal import Marketplace

/// Things as they stand, straight from the state: as fresh as the last commit.
extension Ledger {
  package func product(_ id: String, _ when: Freshness) async throws -> [UInt8] {
    if let asOf = when.asOf { return try await pastProduct(id, asOf, when) }
    let (found, position) = try await lookUp(when) { reader in try reader.product(id) }
    guard let product = found else { throw QueryError.notFound("no product \(id)") }
    var json = JSONWriter()
    try LedgerLog(log: log).write(product, at: position, to: &json)
    return json.bytes
  }

  package func order(_ id: String, _ when: Freshness) async throws -> [UInt8] {
    if let asOf = when.asOf { return try await pastOrder(id, asOf, when) }
    let (found, position) = try await lookUp(when) { reader in try reader.order(id) }
    guard let order = found else { throw QueryError.notFound("no order \(id)") }
    var json = JSONWriter()
    try LedgerLog(log: log).write(order, at: position, to: &json)
    return json.bytes
  }

  /// The receipt of a command, as it was first given.
  package func receipt(of command: String) async throws -> [UInt8] {
    let (receipt, _) = try await lookUp(Freshness()) { reader -> Receipt? in
      switch try reader.outcome(of: command) {
      case .accepted(let first): Receipt(accepted: first)
      case .refused(let refusal): Receipt(refused: refusal)
      case nil: nil
      }
    }
    guard let receipt else {
      throw QueryError.notFound(
        "no command \(command): it was never taken, or was refused too long ago to be remembered"
      )
    }
    return receipt.json
  }

  private func lookUp<Found: Sendable>(
    _ when: Freshness,
    _ body: @Sendable (inout StateContents) throws -> Found?
  ) async throws -> (Found?, Position) {
    let end = ContinuousClock.now + .seconds(when.wait)
    // Nobody is told when the log moves on, and who waits here is ahead of every receipt.
    while log.head < when.after, .now < end { try await Task.sleep(for: .milliseconds(10)) }
    while true {
      let (found, seen, rollbacks) = try state.withDurable { state in
        (try body(&state), state.mark, state.rollbacks)
      }
      guard seen.position >= when.after else {
        throw QueryError.notReached(view: "state", wanted: when.after, reached: log.head)
      }
      if try await isDurable(seen, rollbacks) { return (found, seen.position) }
    }
  }

  /// Waits until what was seen of the state, up to a mark, is durable.
  ///
  /// It may be of a batch that is being committed: false when that failed, and it is to be looked up
  /// anew, be it that others are in its place by now.
  func isDurable(_ seen: StateMark, _ rollbacks: Int) async throws -> Bool {
    while try log.head < seen.position || log.refusalCount() < seen.refusals,
      state.withLock({ $0.rollbacks }) == rollbacks
    {
      try await Task.sleep(for: .milliseconds(1))
    }
    return state.withLock { $0.rollbacks } == rollbacks
  }
}

extension LedgerLog {
  /// When the event at a position occurred, in the offset that was claimed.
  func occurredAt(_ position: Position) throws -> String {
    let envelope = try record(at: position).envelope
    return Timestamp.text(
      envelope.occurredAt,
      offsetMinutes: envelope.occurredOffsetMinutes ?? 0
    )
  }
}

extension LedgerLog {
  func write(
    _ product: ProductFacts,
    at position: Position,
    to json: inout JSONWriter
  ) throws {
    try json.object { json in
      json.member("product", product.product.id)
      json.member("position", position)
      json.member("shop", product.shop.id)
      json.member("seller", try name(of: product.seller))
      json.member("brand", ifPresent: product.brand?.id)
      json.member("kind", product.kind.name)
      json.member("title", product.title)
      json.member("currency", product.currency)
      json.member("price", product.price)
      json.member("stock", product.stock)
      json.member("listed", product.listed)
      json.member("story", ifPresent: try text(at: product.product.position))
      json.member("listedAt", try occurredAt(product.product.position))
    }
  }

  func write(_ order: OrderFacts, at position: Position, to json: inout JSONWriter) throws {
    guard case .productPurchased(let event) = try record(at: order.order.position).event else {
      preconditionFailure("event \(order.order.position) is no purchase")
    }
    try json.object { json in
      json.member("order", order.order.id)
      json.member("position", position)
      json.member("event", order.order.position)
      json.member("orderedAt", try occurredAt(order.order.position))
      json.member("day", Timestamp.dayText(order.day))
      json.member("product", order.product.id)
      json.member("title", event.title)
      json.member("shop", order.shop.id)
      json.member("seller", try name(of: event.seller))
      json.member("brand", ifPresent: order.brand?.id)
      json.member("kind", order.kind.name)
      json.member("buyer", try name(of: order.buyer))
      json.member("quantity", order.quantity)
      json.member("unitPrice", event.unitPrice)
      json.member("total", order.total)
      json.member("currency", order.currency)
      json.member("mode", event.attribution.mode.name)
      json.member("share", ifPresent: event.attribution.share?.id)
      json.member("visit", ifPresent: event.attribution.visit?.id)
      json.member("creditedSharer", ifPresent: try event.creditedSharer.map { try name(of: $0) })
      json.member("refundedQuantity", order.refundedQuantity)
      json.member("refundedAmount", order.refundedAmount)
      json.member("netAmount", order.total - order.refundedAmount)
    }
  }
}

extension Receipt {
  /// The receipt of a refused command.
  init(refused refusal: Refusal, repeated: Bool = false) {
    self.init(
      id: refusal.id,
      outcome: .rejected(refusal.rejection, recordedAt: refusal.recordedAt),
      repeated: repeated
    )
  }

  /// The receipt of the accepted command whose first event this is.
  init(accepted first: Record, repeated: Bool = false) {
    self.init(
      id: first.envelope.commandID,
      outcome: .accepted(
        first: first.envelope.firstOfCommand,
        last: first.envelope.lastOfCommand,
        recordedAt: first.envelope.recordedAt
      ),
      repeated: repeated
    )
  }
}
