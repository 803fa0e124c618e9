import JSON
import Marketplace
import Projectors
import TestSupport

@testable import Ledger

/// The answers of every view over a log, from rows in memory that were folded in one batch.
struct FoldedAnswers {
  let log: TestLog
  private let shops: MemoryRows
  private let agencies: MemoryRows
  private let modes: MemoryRows
  private let people: MemoryRows

  /// Folds what the model recorded; recordedAt, which views may show, is the ledger's.
  init(_ run: EquivalenceRun) throws {
    let records = try run.ledger.records()
    var names: [UInt64: String] = [:]
    for (index, name) in run.model.people.enumerated() { names[UInt64(index + 1)] = name }
    log = TestLog(records, names: names, texts: run.model.texts)
    shops = try MemoryRows(folding: records, by: ShopDashboardProjector.self)
    agencies = try MemoryRows(folding: records, by: AgencyProjector.self)
    modes = try MemoryRows(folding: records, by: ShoppingModesProjector.self)
    people = try MemoryRows(folding: records, by: PeopleProjector.self)
  }

  var head: Position { Position(log.records.count) }
  var now: Freshness { Freshness(after: head, wait: 60) }
  var events: [(Position, Event)] { log.records.map { ($0.position, $0.event) } }

  func dashboard(of shop: Position, from: Day?, to: Day?) throws -> [UInt8] {
    let answer = try ShopDashboard.answer(
      shop: shop,
      from: from,
      to: to,
      position: head,
      rows: shops,
      log: log
    )
    return bytes(answer.write)
  }

  func agency(of brand: Position, limit: Int) throws -> [UInt8] {
    let answer = try AgencyAnswer(of: brand, at: head, limit: limit, rows: agencies, log: log)
    return answer.map { bytes($0.write) } ?? []
  }

  func agents(of brand: Position, _ selection: AgentsPage.Selection) throws -> [UInt8] {
    let page = try AgentsPage(
      selection,
      of: brand,
      after: nil,
      at: head,
      limit: 100,
      rows: agencies,
      log: log
    )
    return page.map { bytes($0.write) } ?? []
  }

  func agent(_ person: Person, of brand: Position) throws -> [UInt8] {
    let answer = try AgentAnswer(of: person, in: brand, at: head, rows: agencies, log: log)
    return answer.map { bytes($0.write) } ?? []
  }

  func modes(of scope: ShoppingModesScope, _ question: ShoppingModesQuestion) throws -> [UInt8] {
    let answer = try ShoppingModes.answer(
      scope: scope,
      currency: nil,
      defaultCurrency: "CNY",
      period: question.period.flatMap(Period.init(rawValue:)),
      from: question.from,
      to: question.to,
      position: head,
      rows: modes
    )
    return bytes(answer.write)
  }

  func person(_ person: Person) throws -> [UInt8] {
    let answer = try PersonAnswer.answer(person: person, position: head, rows: people, log: log)
    return bytes(answer.write)
  }

  func share(_ share: Position) throws -> [UInt8] {
    let answer = try ShareAnswer.answer(share: share, position: head, rows: people, log: log)
    return bytes(answer.write)
  }

  /// Everybody who ever signed up for a brand.
  func agents(of brand: Position) -> Set<Person> {
    Set(
      events.compactMap { _, event in
        guard case .agentSignedUp(let event) = event, event.brand.position == brand else {
          return nil
        }
        return event.agent
      }
    )
  }

  private func bytes(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter()
    write(&json)
    return json.bytes
  }
}

// MARK: Counting by hand

/// What can be counted of a shop, on a day or in all, without a projector.
struct CountedDay: Equatable {
  var visits: Int64 = 0
  var visitors: Int64 = 0
  var orders: Int64 = 0
  var units: Int64 = 0
  var buyers: Int64 = 0
  var gross: Int64 = 0

  init() {}

  /// The same figures of an answer.
  init(_ figures: JSONValue) {
    visits = figures["visits"]?.integer ?? -1
    visitors = figures["visitors"]?.integer ?? -1
    orders = figures["orders"]?.integer ?? -1
    units = figures["units"]?.integer ?? -1
    buyers = figures["buyers"]?.integer ?? -1
    gross = figures["gross"]?.integer ?? -1
  }

  init(_ records: [Record]) {
    var visitors: Set<Person> = []
    var buyers: Set<Person> = []
    for record in records {
      switch record.event {
      case .visitRecorded(let visit):
        visits += 1
        visitors.insert(visit.visitor)
      case .productPurchased(let order):
        orders += 1
        units += order.quantity
        gross += order.total
        buyers.insert(order.buyer)
      default: continue
      }
    }
    self.visitors = Int64(visitors.count)
    self.buyers = Int64(buyers.count)
  }
}

struct ShopCounts {
  var total: CountedDay
  /// Of the days with a visit or an order.
  var days: [Day: CountedDay]
}

extension FoldedAnswers {
  func counts(of shop: Position) -> ShopCounts {
    let trade = log.records.filter { record in
      switch record.event {
      case .visitRecorded(let event): event.shop.position == shop
      case .productPurchased(let event): event.shop.position == shop
      default: false
      }
    }
    let days = Dictionary(grouping: trade) { $0.envelope.localDay }
    return ShopCounts(total: CountedDay(trade), days: days.mapValues { CountedDay($0) })
  }
}
