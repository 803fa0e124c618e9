internal import JSON
package import Marketplace
internal import Projectors

/// The answers that views give; each is the JSON of one request.
extension Ledger {
  // MARK: Shops

  package func shops(cursor: String?, limit: Int, _ when: Freshness) async throws -> [UInt8] {
    let after = try cursor.map(Self.position(cursor:)) ?? 0
    return try await ask(ShopDashboardProjector.self, when, .all(keeping: ShopList.rowsKept)) {
      rows,
      position,
      log,
      json in
      try ShopList.answer(after: after, limit: limit, position: position, rows: rows, log: log)
        .write(to: &json)
    }
  }

  /// The shops that sold most, of one currency: the one asked for, else the only one there is, else
  /// the configured one.
  package func shopRanking(
    currency: String?,
    limit: Int,
    _ when: Freshness
  ) async throws -> [UInt8] {
    try await ask(ShopDashboardProjector.self, when, .all(keeping: ShopList.rowsKept)) {
      rows,
      position,
      log,
      json in
      try ShopRanking.answer(
        currency: currency,
        defaultCurrency: self.configuration.currency,
        limit: limit,
        position: position,
        rows: rows,
        log: log
      ).write(to: &json)
    }
  }

  package func shop(_ id: String, _ when: Freshness) async throws -> [UInt8] {
    let shop = try position(of: .shop, id, called: "shop")
    return try await ask(ShopDashboardProjector.self, when, .shop(shop)) {
      rows,
      position,
      log,
      json in
      guard shop <= position else {
        throw QueryError.notYet("shop", id, at: shop, in: position, when)
      }
      try ShopSummary.answer(shop: shop, position: position, rows: rows, log: log)
        .write(to: &json)
    }
  }

  package func dashboard(
    of shop: String,
    from: Day?,
    to: Day?,
    _ when: Freshness
  ) async throws -> [UInt8] {
    let opened = try position(of: .shop, shop, called: "shop")
    return try await ask(ShopDashboardProjector.self, when, .shop(opened)) {
      rows,
      position,
      log,
      json in
      guard opened <= position else {
        throw QueryError.notYet("shop", shop, at: opened, in: position, when)
      }
      try ShopDashboard.answer(
        shop: opened,
        from: from,
        to: to,
        position: position,
        rows: rows,
        log: log
      ).write(to: &json)
    }
  }

  // MARK: People and shares

  package func person(_ name: String, _ when: Freshness) async throws -> [UInt8] {
    let person = try person(named: name, called: "person")
    let events = PastEvents.all(keeping: PersonAnswer.rowsKept(of: person))
    return try await ask(PeopleProjector.self, when, events) { rows, position, log, json in
      try PersonAnswer.answer(person: person, position: position, rows: rows, log: log)
        .write(to: &json)
    }
  }

  package func share(_ id: String, _ when: Freshness) async throws -> [UInt8] {
    let share = try position(of: .share, id, called: "share")
    return try await ask(PeopleProjector.self, when, .share(share)) { rows, position, log, json in
      guard share <= position else {
        throw QueryError.notYet("share", id, at: share, in: position, when)
      }
      try ShareAnswer.answer(share: share, position: position, rows: rows, log: log)
        .write(to: &json)
    }
  }

  // MARK: Agencies

  package func brands(cursor: String?, limit: Int, _ when: Freshness) async throws -> [UInt8] {
    try await ask(AgencyProjector.self, when, .all { _ in true }) { rows, position, log, json in
      try Self.checkingCursor {
        try BrandsPage(after: cursor, at: position, limit: limit, rows: rows, log: log)
      }.write(to: &json)
    }
  }

  package func agency(
    of brand: String,
    limit: Int,
    _ when: Freshness
  ) async throws -> [UInt8] {
    let registered = try position(of: .brand, brand, called: "brand")
    return try await askAgency(of: Reference(id: brand, position: registered), when) {
      rows,
      position,
      log,
      json in
      let answer = try AgencyAnswer(
        of: registered,
        at: position,
        limit: limit,
        rows: rows,
        log: log
      )
      guard let answer else {
        throw QueryError.notYet("brand", brand, at: registered, in: position, when)
      }
      answer.write(to: &json)
    }
  }

  package func agents(
    of brand: String,
    overThreshold: Bool,
    cursor: String?,
    limit: Int,
    _ when: Freshness
  ) async throws -> [UInt8] {
    let registered = try position(of: .brand, brand, called: "brand")
    return try await askAgency(of: Reference(id: brand, position: registered), when) {
      rows,
      position,
      log,
      json in
      let page = try Self.checkingCursor {
        try AgentsPage(
          overThreshold ? .overThreshold : .everybody,
          of: registered,
          after: cursor,
          at: position,
          limit: limit,
          rows: rows,
          log: log
        )
      }
      guard let page else {
        throw QueryError.notYet("brand", brand, at: registered, in: position, when)
      }
      page.write(to: &json)
    }
  }

  package func agent(
    _ agent: String,
    of brand: String,
    _ when: Freshness
  ) async throws -> [UInt8] {
    let registered = try position(of: .brand, brand, called: "brand")
    let person = try person(named: agent, called: "agent")
    return try await askAgency(of: Reference(id: brand, position: registered), when) {
      rows,
      position,
      log,
      json in
      let answer = try AgentAnswer(
        of: person,
        in: registered,
        at: position,
        rows: rows,
        log: log
      )
      guard let answer else {
        throw QueryError.notFound("no agent \(agent) of \(brand) at position \(position)")
      }
      answer.write(to: &json)
    }
  }

  package func recruits(
    of agent: String,
    in brand: String,
    cursor: String?,
    limit: Int,
    _ when: Freshness
  ) async throws -> [UInt8] {
    let registered = try position(of: .brand, brand, called: "brand")
    let person = try person(named: agent, called: "agent")
    return try await askAgency(of: Reference(id: brand, position: registered), when) {
      rows,
      position,
      log,
      json in
      let page = try Self.checkingCursor {
        try AgentsPage(
          .recruits(of: person),
          of: registered,
          after: cursor,
          at: position,
          limit: limit,
          rows: rows,
          log: log
        )
      }
      guard let page else {
        throw QueryError.notFound("no agent \(agent) of \(brand) at position \(position)")
      }
      page.write(to: &json)
    }
  }

  // MARK: Shopping modes

  package func shoppingModes(
    _ question: ShoppingModesQuestion,
    _ when: Freshness
  ) async throws -> [UInt8] {
    let scope = try scope(of: question)
    let events: PastEvents =
      switch scope {
      case .everything: .all(keeping: scope.rowsKept)
      case .shop(let shop): .shop(shop.position)
      case .brand(let brand): .goods(ofBrand: brand.position)
      }
    return try await ask(ShoppingModesProjector.self, when, events) {
      [configuration]
      rows,
      position,
      _,
      json in
      guard scope.position <= position else {
        let (word, id) =
          question.brand.map { ("brand", $0) } ?? ("shop", question.shop ?? "")
        throw QueryError.notYet(word, id, at: scope.position, in: position, when)
      }
      do {
        try ShoppingModes.answer(
          scope: scope,
          currency: question.currency,
          defaultCurrency: configuration.currency,
          period: question.period.flatMap(Period.init(rawValue:)),
          from: question.from,
          to: question.to,
          position: position,
          rows: rows
        ).write(to: &json)
      } catch let error as TooManyPeriods {
        throw QueryError.badRequest("\(error)")
      }
    }
  }

  func scope(of question: ShoppingModesQuestion) throws -> ShoppingModesScope {
    if let shop = question.shop {
      return .shop(
        Reference(id: shop, position: try position(of: .shop, shop, called: "shop"))
      )
    }
    if let brand = question.brand {
      return .brand(
        Reference(id: brand, position: try position(of: .brand, brand, called: "brand"))
      )
    }
    return .everything
  }

  // MARK: Cursors

  private static func position(cursor: String) throws -> Position {
    guard let position = Position(cursor), position < .max else { throw badCursor(cursor) }
    return position
  }

  private static func checkingCursor<Page>(_ body: () throws -> Page) throws -> Page {
    do {
      return try body()
    } catch let error as AgencyCursorError {
      throw badCursor(error.cursor)
    }
  }

  private static func badCursor(_ cursor: String) -> QueryError {
    .badRequest("cursor=\(cursor): give the next of the page before, unchanged")
  }
}
