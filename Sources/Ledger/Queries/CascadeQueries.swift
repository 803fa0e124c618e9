internal import JSON
internal import Marketplace
internal import Projections
internal import Projectors

/// The widest cascade of shares, whole.
extension Ledger {
  /// How many shares of a cascade an answer holds at most.
  private static let membersLimit = 500
  /// How many events of one share are looked at for those who passed it on.
  private static let eventsLimit = 5_000

  /// The greatest cascade among the shares that the question covers, from its first share on, each
  /// with who passed it on to whom.
  ///
  /// Its size is that of the days asked for; its members are of all time, up to 500. Costs a scan
  /// over what was passed on in these days, and the events of each member.
  package func widestCascade(
    _ question: ShoppingModesQuestion,
    _ when: Freshness
  ) async throws -> [UInt8] {
    let scope = try scope(of: question)
    let modes = try view(named: ShoppingModesProjector.name)
    if when.after > 0 { _ = await modes.wait(for: when.after, seconds: Double(when.wait)) }
    let (widest, position) = try read(modes) { rows, position in
      let widest = try ShoppingModes.widestCascade(
        scope: scope,
        from: question.from,
        to: question.to,
        rows: rows
      )
      return (widest, position)
    }
    let members = try widest.map { try cascade(from: $0.root) } ?? []
    let log = LedgerLog(log: log)
    var json = JSONWriter()
    try json.object { json in
      json.member("position", position)
      if let widest {
        json.member("root", members.first?.event.share ?? "")
        json.member("shares", widest.shares)
      }
      try json.array("members") { json in
        for member in members {
          try json.object { json in
            json.member("share", member.event.share)
            json.member("via", ifPresent: member.event.via?.id)
            json.member("sharer", try log.name(of: member.event.sharer))
            json.member("depth", member.event.depth)
            json.member("event", member.position)
            json.member("orders", member.orders)
          }
        }
      }
    }
    return json.bytes
  }

  private struct CascadeMember {
    var position: Position
    var event: ProductShared
    var orders = 0
  }

  /// Walks from the first share to those that passed it on, and so on, breadth first.
  private func cascade(from root: Position) throws -> [CascadeMember] {
    let index = try view(named: IndexProjector.name)
    let log = LedgerLog(log: log)
    return try read(index) { rows, _ in
      var members: [CascadeMember] = []
      var waiting = [root]
      while let next = waiting.first, members.count < Self.membersLimit {
        waiting.removeFirst()
        guard case .productShared(let event) = try log.record(at: next).event else { continue }
        var member = CascadeMember(position: next, event: event)
        let found = try EventIndex.matching(
          [EventIndex.Filter(.share, next)],
          after: 0,
          limit: Self.eventsLimit,
          rows: rows
        )
        for position in found.positions {
          switch try log.record(at: position).event {
          case .productShared(let share) where share.via?.position == next:
            waiting.append(position)
          case .productPurchased(let order) where order.attribution.share?.position == next:
            member.orders += 1
          default: break
          }
        }
        members.append(member)
      }
      return members
    }
  }
}
