import EventLog
import JSON
import Marketplace
import Projections
import Projectors
import TestSupport
import Testing

@testable import Ledger

/// Live rows, rebuilt rows and rows folded in memory in one go tell the same, and what can be
/// counted by hand is that.
struct ViewEquivalenceTests {
  @Test(arguments: [101, 102, 103, 104] as [UInt64])
  func `live, rebuilt and folded at once are the same`(seed: UInt64) async throws {
    var run = try EquivalenceRun(seed: seed)
    try await run.run(commands: 700, reopening: false)
    try await run.reopen(.killed)
    try await run.run(commands: 300, reopening: false)
    try await run.ledger.settle()

    for view in run.ledger.openedViews {
      let report = try view.rebuildNow()
      #expect(report.failure == nil, "\(view.name), seed \(seed)")
      #expect(report.position == run.ledger.log.head)
      #expect(report.comparison.rows > 0)
      #expect(report.comparison.differences == 0, "\(view.name), seed \(seed)")
    }
    let folded = try FoldedAnswers(run)
    try await checkShops(run.ledger, folded)
    try await checkAgencies(run.ledger, folded)
    try await checkModes(run.ledger, folded)
    try await checkPeople(run.ledger, folded)
    run.ledger.close()
  }

  // MARK: Shops

  private func checkShops(_ ledger: Ledger, _ folded: FoldedAnswers) async throws {
    var asked = 0
    for case (let position, .shopOpened(let shop)) in folded.events {
      for (from, to) in [(nil, nil), (17_230, 17_260), (17_250, nil)] as [(Day?, Day?)] {
        let answer = try await ledger.dashboard(of: shop.shop, from: from, to: to, folded.now)
        let wanted = try folded.dashboard(of: position, from: from, to: to)
        #expect(text(answer) == text(wanted))
      }
      let dashboard = try await ledger.dashboard(of: shop.shop, from: nil, to: nil, folded.now)
      try check(JSONValue(parsing: dashboard), folded.counts(of: position))
      asked += 1
    }
    #expect(asked >= 4)
  }

  /// Holds a dashboard against what was counted straight from the records.
  private func check(_ dashboard: JSONValue, _ counts: ShopCounts) throws {
    #expect(CountedDay(try #require(dashboard["total"])) == counts.total)
    var days: [String: CountedDay] = [:]
    for day in try #require(dashboard["days"]?.array) {
      days[try #require(day["day"]?.string)] = CountedDay(day)
    }
    for (day, counted) in counts.days {
      #expect(days[Timestamp.dayText(day)] == counted)
    }
    // Other days have refunds and sold-out stock only.
    let counted = Set(counts.days.keys.map { Timestamp.dayText($0) })
    for (day, figures) in days where !counted.contains(day) {
      #expect(figures == CountedDay(), "\(day)")
    }
  }

  // MARK: Agencies, modes, people

  private func checkAgencies(_ ledger: Ledger, _ folded: FoldedAnswers) async throws {
    var asked = 0
    for case (let position, .brandRegistered(let brand)) in folded.events {
      let answer = try await ledger.agency(of: brand.brand, limit: 7, folded.now)
      #expect(text(answer) == text(try folded.agency(of: position, limit: 7)))
      for over in [true, false] {
        let page = try await ledger.agents(
          of: brand.brand,
          overThreshold: over,
          cursor: nil,
          limit: 100,
          folded.now
        )
        let wanted = try folded.agents(of: position, over ? .overThreshold : .everybody)
        #expect(text(page) == text(wanted))
      }
      for person in folded.agents(of: position) {
        let name = folded.log.name(of: person)
        let agent = try await ledger.agent(name, of: brand.brand, folded.now)
        #expect(text(agent) == text(try folded.agent(person, of: position)))
        asked += 1
      }
    }
    #expect(asked >= 10)
  }

  private func checkModes(_ ledger: Ledger, _ folded: FoldedAnswers) async throws {
    var scopes: [(ShoppingModesQuestion, ShoppingModesScope)] = [
      (ShoppingModesQuestion(), .everything)
    ]
    for (position, event) in folded.events {
      switch event {
      case .shopOpened(let shop):
        let scope = ShoppingModesScope.shop(Reference(id: shop.shop, position: position))
        scopes.append((ShoppingModesQuestion(shop: shop.shop), scope))
      case .brandRegistered(let brand):
        let scope = ShoppingModesScope.brand(Reference(id: brand.brand, position: position))
        scopes.append((ShoppingModesQuestion(brand: brand.brand), scope))
      default: continue
      }
    }
    for (question, scope) in scopes {
      for period in [nil, "week", "month"] as [String?] {
        for (from, to) in [(nil, nil), (17_230, 17_260)] as [(Day?, Day?)] {
          var question = question
          (question.period, question.from, question.to) = (period, from, to)
          // A few orders claim no time and lie ten years ahead: too many weeks for one answer.
          if period == "week", to == nil { continue }
          let answer = try await ledger.shoppingModes(question, folded.now)
          #expect(text(answer) == text(try folded.modes(of: scope, question)))
        }
      }
    }
    #expect(scopes.count >= 8)
  }

  private func checkPeople(_ ledger: Ledger, _ folded: FoldedAnswers) async throws {
    for number in folded.log.names.keys.sorted() {
      let person = Person(number)
      let answer = try await ledger.person(folded.log.name(of: person), folded.now)
      #expect(text(answer) == text(try folded.person(person)))
    }
    var shares = 0
    for case (let position, .productShared(let share)) in folded.events {
      let answer = try await ledger.share(share.share, folded.now)
      #expect(text(answer) == text(try folded.share(position)))
      shares += 1
    }
    #expect(shares > 30)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
