internal import Crypto
internal import EventLog
internal import JSON
internal import Marketplace
internal import Projections
internal import Projectors

/// Why a figure is what it is.
extension Ledger {
  /// The events that moved a figure, a page of them, and how it is known that they are all.
  ///
  /// Costs the events of the figure's scope, read twice: by the rule that explains, and by the view's
  /// fold, whose answer it is held against.
  package func explain(_ question: ExplainQuestion, _ when: Freshness) async throws -> [UInt8] {
    let asked = try subject(of: question)
    let start = try cursor(question.cursor)
    let asOf = when.asOf ?? .position(max(log.head, when.after))
    let (last, read, explanation) = try await withPast(asked.events, asOf, wait: when.wait) {
      [log] positions, last in
      guard asked.begins <= last else {
        throw QueryError.notFound("\(asked.name) begins with event \(asked.begins), behind \(last)")
      }
      var explainer = asked.explainer
      let read = try LedgerLog(log: log).read(positions, through: last) { try explainer.take($0) }
      return (last, read, explainer.explanation)
    }
    let past = Freshness(wait: when.wait, asOf: .position(last))
    let answer = try await self.answer(question, past)
    let policy = try await policy(at: last, wait: when.wait)
    var prover = log.prover()
    let evidence = ExplainEvidence(
      path: asked.path + "asOf=\(last)",
      answer: Self.hex(Array(SHA256.hash(data: answer))),
      value: try JSONValue(parsing: answer).figure(asked.figurePath),
      foldVersion: asked.foldVersion,
      policy: policy,
      rootHash: Self.hex(try prover.rootHash(size: last)),
      eventsRead: read
    )
    var json = JSONWriter()
    try json.object { json in
      json.member("view", asked.view)
      for (name, value) in asked.members { json.member(name, value) }
      json.member("figure", question.figure)
      json.member("from", ifPresent: question.from.map { Timestamp.dayText($0) })
      json.member("to", ifPresent: question.to.map { Timestamp.dayText($0) })
      json.member("position", last)
      try explanation.write(start, question.limit, LedgerLog(log: log), evidence, to: &json)
    }
    return json.bytes
  }

  /// What a question is about, found by its names.
  private struct Asked: Sendable {
    var view: String
    var foldVersion: UInt32
    var name: String
    /// The event of the shop's or brand's beginning; 0 for everything.
    var begins: Position
    var events: PastEvents
    var explainer: any Explaining
    var members: [(String, String)]
    /// Where the view's own answer is to be had, up to the last parameter.
    var path: String
    var figurePath: String
  }

  private func subject(of question: ExplainQuestion) throws -> Asked {
    do {
      return try subject(question, question.figure, question.from, question.to)
    } catch let error as UnknownFigure {
      throw QueryError.badRequest("\(error)")
    }
  }

  private func subject(
    _ question: ExplainQuestion,
    _ figure: String,
    _ from: Day?,
    _ to: Day?
  ) throws -> Asked {
    let days =
      (from.map { "from=\(Timestamp.dayText($0))&" } ?? "")
      + (to.map { "to=\(Timestamp.dayText($0))&" } ?? "")
    switch question.subject {
    case .dashboard(let shop):
      let opened = try position(of: .shop, shop, called: "shop")
      return Asked(
        view: ShopDashboardProjector.name,
        foldVersion: ShopDashboardProjector.version,
        name: "shop \(shop)",
        begins: opened,
        events: .shop(opened),
        explainer: try DashboardExplainer(figure: figure, from: from, to: to),
        members: [("shop", shop)],
        path: "/v1/shops/\(shop)/dashboard?\(days)",
        figurePath: figure == "productsListed" ? figure : "total." + figure
      )
    case .agency(let brand, let agent):
      if from != nil || to != nil {
        throw QueryError.badRequest("an agency has no figures by day: leave out day, from and to")
      }
      let registered = try position(of: .brand, brand, called: "brand")
      let person = try agent.map { try self.person(named: $0, called: "agent") }
      return Asked(
        view: AgencyProjector.name,
        foldVersion: AgencyProjector.version,
        name: "brand \(brand)",
        begins: registered,
        events: .agency(registered),
        explainer: try AgencyExplainer(figure: figure, brand: registered, agent: person),
        members: [("brand", brand)] + (agent.map { [("agent", $0)] } ?? []),
        path: "/v1/agency/\(brand)" + (agent.map { "/agents/\($0)" } ?? "") + "?",
        figurePath: figure
      )
    case .modes(let shop, let brand, let currency):
      let scope = try scope(of: ShoppingModesQuestion(shop: shop, brand: brand))
      var filters: [(String, String)] = []
      if let shop { filters.append(("shop", shop)) }
      if let brand { filters.append(("brand", brand)) }
      if let currency { filters.append(("currency", currency)) }
      return Asked(
        view: ShoppingModesProjector.name,
        foldVersion: ShoppingModesProjector.version,
        name: "\(shop ?? brand ?? "everything")",
        begins: scope.position,
        events: PastEvents(scope),
        explainer: try ModesExplainer(
          figure: figure,
          scope: scope,
          currency: currency,
          defaultCurrency: configuration.currency,
          from: from,
          to: to
        ),
        members: filters,
        path: "/v1/shopping-modes?" + filters.map { "\($0.0)=\($0.1)&" }.joined() + days,
        figurePath: figure
      )
    }
  }

  /// The view's own answer to what is explained.
  private func answer(_ question: ExplainQuestion, _ when: Freshness) async throws -> [UInt8] {
    switch question.subject {
    case .dashboard(let shop):
      return try await dashboard(of: shop, from: question.from, to: question.to, when)
    case .agency(let brand, let agent?):
      return try await self.agent(agent, of: brand, when)
    case .agency(let brand, nil):
      return try await agency(of: brand, limit: 5, when)
    case .modes(let shop, let brand, let currency):
      return try await shoppingModes(
        ShoppingModesQuestion(
          shop: shop,
          brand: brand,
          currency: currency,
          from: question.from,
          to: question.to
        ),
        when
      )
    }
  }

  private func policy(at last: Position, wait: Int) async throws -> PolicyInForce {
    try await withPast(.policies, .position(last), wait: wait) { [log] positions, _ in
      guard let adopted = positions?.last else { return .initial }
      guard case .policyAdopted(let event) = try LedgerLog(log: log).record(at: adopted).event
      else {
        throw FoldError(position: adopted, detail: "no policy was adopted here")
      }
      return PolicyInForce(policy: event.policy, position: adopted)
    }
  }

  /// The part, from 0, and how many of its moves stand on the pages before.
  private func cursor(_ text: String?) throws -> ExplainCursor {
    guard let text else { return ExplainCursor(part: 0, move: 0) }
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let part = numbers[0], let move = numbers[1], (0...1) ~= part,
      move >= 0
    else {
      throw QueryError.badRequest("cursor=\(text): give the next of the page before, unchanged")
    }
    return ExplainCursor(part: part, move: move)
  }
}

extension JSONValue {
  /// The member that a figure's name leads to, such as `modes.share.gross`.
  fileprivate func figure(_ path: String) -> JSONValue? {
    path.split(separator: ".").reduce(self) { $0?[String($1)] }
  }
}
