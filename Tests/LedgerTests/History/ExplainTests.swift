import EventLog
import JSON
import Marketplace
import TestSupport
import Testing

@testable import Ledger

/// What moved a figure adds up to it, for every figure of every view.
struct ExplainTests {
  /// An explanation read to its last page.
  private struct Whole {
    var first: JSONValue
    var moves: [JSONValue] = []

    func sum(_ part: JSONValue) -> Int64 {
      moves.filter { $0["part"] == part["name"] }.reduce(0) { $0 + ($1["amount"]?.integer ?? 0) }
    }
  }

  private func explain(
    _ question: ExplainQuestion,
    _ ledger: Ledger,
    _ when: Freshness
  ) async throws -> Whole {
    var question = question
    var whole = Whole(first: try JSONValue(parsing: await ledger.explain(question, when)))
    var page = whole.first
    while true {
      whole.moves += page["moves"]?.array ?? []
      guard let next = page["next"]?.string else { return whole }
      question.cursor = next
      page = try JSONValue(parsing: await ledger.explain(question, when))
    }
  }

  /// Holds the moves against the figure, and the figure against the view's answer.
  private func check(
    _ question: ExplainQuestion,
    _ ledger: Ledger,
    _ when: Freshness,
    _ what: String
  ) async throws -> Bool {
    let whole = try await explain(question, ledger, when)
    let parts = try #require(whole.first["parts"]?.array)
    for part in parts {
      #expect(part["total"] == .integer(whole.sum(part)), "\(what)")
      let moves = whole.moves.filter { $0["part"] == part["name"] }
      #expect(part["moves"] == .integer(Int64(moves.count)), "\(what)")
      #expect((moves.last?["running"] ?? .integer(0)) == part["total"], "\(what)")
    }
    if parts.count == 1 { #expect(whole.first["value"] == parts[0]["total"], "\(what)") }
    #expect(whole.first["completeness"]?["agrees"] == .bool(true), "\(what): \(whole.first)")
    return !whole.moves.isEmpty
  }

  private static let modes = ["stroll", "share", "search", "unknown"]

  private static let dashboard =
    [
      "visits", "visitors", "orders", "units", "buyers", "gross", "refundsBooked", "refundsCohort",
      "netBooked", "netCohort", "averageOrderValue", "spendPerBuyer", "conversion", "refundRate",
      "repurchaseRate", "impulseOrders", "stockOuts", "productsListed",
    ]
    + (modes.map { "modes.\($0)" }
    + ["branded", "native", "fresh", "handicraft", "other"].map { "kinds.\($0)" })
    .flatMap { ["\($0).orders", "\($0).gross"] }

  private static let shoppingModes =
    modes.flatMap { mode in
      [
        "visits", "visitors", "orders", "units", "buyers", "gross", "conversion", "shareOfOrders",
        "shareOfGross",
      ].map { "modes.\(mode).\($0)" }
    }
    + [
      "shares", "sharesWithOrders", "ordersFromShares", "mostOrdersFromOneShare", "depths.1",
      "depths.2", "greatestCascade", "deepOrderShare",
    ].map { "sharing.\($0)" }
    + ["search.product", "search.brand", "scenes.groupChat", "scenes.circle"]
    .flatMap { ["\($0).visits", "\($0).orders"] }

  private static let brand = [
    "agents", "active", "roots", "maxLevels", "agentsByLevel.1", "agentsByLevel.2",
    "agentsByLevel.3", "agentsOverThreshold",
  ]

  private static let agent = [
    "level", "levels", "headcount", "membersByLevel.1", "membersByLevel.2", "directRecruits",
    "entryFees", "peak.levels", "peak.headcount",
  ]

  @Test(arguments: [401, 402] as [UInt64])
  func `every figure is the sum of what moved it`(seed: UInt64) async throws {
    var run = try EquivalenceRun(seed: seed)
    try await run.run(commands: 900, reopening: false)
    let ledger = run.ledger
    defer { ledger.close() }
    var random = SplitMix64(seed: seed)
    var moved: Set<String> = []
    func check(_ subject: ExplainQuestion.Subject, _ figures: [String], byDay: Bool) async throws {
      for figure in figures {
        var question = ExplainQuestion(subject, figure: figure, limit: random.pick([7, 1000]))
        if byDay, random.oneIn(2) {
          question.from = 17_225 + Day(random.below(20))
          question.to = question.from.map { $0 + Day(random.below(15)) }
        }
        let asOf = AsOf.position(ledger.log.head - UInt64(random.below(100)))
        let when = Freshness(wait: 60, asOf: random.oneIn(3) ? nil : asOf)
        let what = "\(question) \(when), seed \(seed)"
        if try await self.check(question, ledger, when, what) { moved.insert(figure) }
      }
    }
    for number in 1...4 {
      try await check(.dashboard(shop: "shop-\(number)"), Self.dashboard, byDay: true)
    }
    try await check(
      .modes(shop: nil, brand: nil, currency: nil),
      Self.shoppingModes,
      byDay: true
    )
    try await check(
      .modes(shop: "shop-2", brand: nil, currency: "CNY"),
      Self.shoppingModes,
      byDay: true
    )
    for number in 1...3 {
      let brand = "brand-\(number)"
      try await check(
        .modes(shop: nil, brand: brand, currency: nil),
        Self.shoppingModes,
        byDay: true
      )
      try await check(.agency(brand: brand, agent: nil), Self.brand, byDay: false)
      for person in 0..<12 {
        let name = "person-\(person)"
        guard (try? await ledger.agent(name, of: brand, Freshness())) != nil else { continue }
        let subject = ExplainQuestion.Subject.agency(brand: brand, agent: name)
        for figure in Self.agent {
          let question = ExplainQuestion(subject, figure: figure)
          let what = "\(question), seed \(seed)"
          if try await self.check(question, ledger, Freshness(wait: 60), what) {
            moved.insert(figure)
          }
        }
      }
    }
    // Few figures of these histories are nothing everywhere.
    let all = Set(Self.dashboard + Self.shoppingModes + Self.brand + Self.agent)
    #expect(moved.count > all.count * 3 / 4, "\(all.subtracting(moved).sorted())")
  }

  @Test func `a figure that there is not is told which there are`() async throws {
    let ledger = try Ledger.open(try TestDirectory())
    defer { ledger.close() }
    _ = await ledger.submit(
      #"{"id":"1","type":"RegisterBrand","data":{"brand":"b","owner":"o","name":"B"}}"#
    )
    let question = ExplainQuestion(.agency(brand: "b", agent: nil), figure: "profit")
    let error = await #expect(throws: QueryError.self) {
      try await ledger.explain(question, Freshness())
    }
    guard case .badRequest(let detail) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(detail.contains("profit") && detail.contains("agentsOverThreshold"), "\(detail)")
  }
}
