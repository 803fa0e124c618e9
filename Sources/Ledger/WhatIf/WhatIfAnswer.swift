internal import EventLog
internal import JSON
package import Marketplace

/// What a what-if found, as JSON.
extension WhatIf {
  /// The figures by mode, and at most so many shops, sharers and agents, the most changed first.
  ///
  /// - Throws: what reading people's names throws.
  package func answer(limit: Int, names: (Person) throws -> String) throws -> [UInt8] {
    let instead = try overrides.adopted(over: policy)
    var json = JSONWriter()
    try json.object { json in
      json.member("position", position)
      json.object("policy") { PolicyAdopted(policy: policy).write(to: &$0) }
      json.object("instead") { PolicyAdopted(policy: instead).write(to: &$0) }
      json.member("orders", orders)
      json.member("ordersChanged", ordersChanged)
      json.array("modes") { json in
        for (currency, change) in modes.sorted(by: { $0.key < $1.key }) {
          json.object { json in
            json.member("currency", currency)
            Self.write(change, to: &json)
          }
        }
      }
      writeShops(to: &json, limit)
      try writeSharers(to: &json, limit, names)
      try writeAgents(to: &json, instead, limit, names)
    }
    return json.bytes
  }

  private static func write(_ change: ModesChange, to json: inout JSONWriter) {
    for (name, side) in [("recorded", change.recorded), ("instead", change.instead)] {
      json.object(name) { json in
        for mode in Mode.shown {
          json.object(mode.name) { json in
            json.member("orders", side[mode].orders)
            json.member("gross", side[mode].gross)
          }
        }
        json.member("impulseOrders", side.impulseOrders)
      }
    }
  }

  private func writeShops(to json: inout JSONWriter, _ limit: Int) {
    let changed = shops.values.filter { $0.ordersChanged > 0 }
      .sorted { ($1.ordersChanged, $0.shop) < ($0.ordersChanged, $1.shop) }
    json.member("shopsChanged", changed.count)
    json.array("shops") { json in
      for change in changed.prefix(limit) {
        json.object { json in
          json.member("shop", change.shop)
          json.member("currency", change.currency)
          json.member("ordersChanged", change.ordersChanged)
          Self.write(change.modes, to: &json)
        }
      }
    }
  }

  private func writeSharers(
    to json: inout JSONWriter,
    _ limit: Int,
    _ names: (Person) throws -> String
  ) throws {
    let changed = sharers.filter { $0.value != CreditChange() }
      .sorted { left, right in
        let (first, second) = (left.value.gross.magnitude, right.value.gross.magnitude)
        return first != second
          ? first > second
          : (left.key.sharer, left.key.currency) < (right.key.sharer, right.key.currency)
      }
    json.member("sharersChanged", changed.count)
    try json.array("sharers") { json in
      for (key, change) in changed.prefix(limit) {
        try json.object { json in
          json.member("person", try names(key.sharer))
          json.member("currency", key.currency)
          json.member("orders", change.orders)
          json.member("gross", change.gross)
        }
      }
    }
  }

  private func writeAgents(
    to json: inout JSONWriter,
    _ instead: Policy,
    _ limit: Int,
    _ names: (Person) throws -> String
  ) throws {
    let marked = forest.changed.values.count { $0.reaches(policy) }
    let markedInstead = forest.changed.values.count { $0.reaches(instead) }
    let changed = marks(instead)
    json.object("agentsOverThreshold") { json in
      json.member("recorded", marked)
      json.member("instead", markedInstead)
    }
    json.member("agentsChanged", changed.count)
    try json.array("agents") { json in
      for change in changed.prefix(limit) {
        try json.object { json in
          json.member("brand", change.brand)
          json.member("agent", try names(change.agent))
          json.member("levels", change.levels)
          json.member("headcount", change.headcount)
          json.member("overThreshold", change.isMarkedInstead)
        }
      }
    }
  }

  /// Whom one policy marks and the other does not, as the forests stand in the end.
  private func marks(_ instead: Policy) -> [MarkChange] {
    forest.changed.compactMap { key, node -> MarkChange? in
      guard node.reaches(policy) != node.reaches(instead) else { return nil }
      return MarkChange(
        brand: brands[key.brand] ?? "",
        agent: key.person,
        levels: node.levels,
        headcount: node.headcount,
        isMarkedInstead: node.reaches(instead)
      )
    }
    .sorted { left, right in
      left.headcount != right.headcount
        ? left.headcount > right.headcount
        : (left.brand, left.agent) < (right.brand, right.agent)
    }
  }
}

extension Mode {
  /// In the order of the tables.
  static let shown: [Mode] = [.stroll, .share, .search, .unknown]
}

// MARK: Who asks

extension Ledger {
  /// Replays the log under another policy, some thousand events at a time, so that others get a turn.
  ///
  /// - Throws: `QueryError.badRequest` when there can be no such policy; what reading the log throws.
  package func whatIf(_ overrides: AdoptPolicy, limit: Int) async throws -> [UInt8] {
    do {
      var replay = try WhatIf(overrides, over: log)
      while try replay.advance() {
        try Task.checkCancellation()
        await Task.yield()
      }
      return try replay.answer(limit: limit) { try LedgerLog(log: log).name(of: $0) }
    } catch let rejection as Rejection {
      throw QueryError.badRequest(rejection.detail)
    }
  }
}

extension StoppedLedger {
  /// The same as `Ledger.whatIf`; `progress` is called with the events replayed, and all there are.
  package func whatIf(
    _ overrides: AdoptPolicy,
    limit: Int,
    progress: (_ done: UInt64, _ total: UInt64) -> Void
  ) throws -> [UInt8] {
    do {
      var replay = try WhatIf(overrides, over: log)
      while try replay.advance() { progress(replay.position, replay.size) }
      return try replay.answer(limit: limit) { try LedgerLog(log: log).name(of: $0) }
    } catch let rejection as Rejection {
      throw QueryError.badRequest(rejection.detail)
    }
  }
}
