import TestSupport
import Testing

@testable import Marketplace
@testable import Projectors

@Suite struct AgencyProjectorTests {
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `every split into batches gives the same rows`(seed: UInt64) throws {
    let records = AgencyHistory(seed: seed, commands: 300).records
    let whole = try AgencyProjector.rows(of: records) { _ in false }
    let single = try AgencyProjector.rows(of: records) { _ in true }
    var random = SeededRandom(seed)
    let some = try AgencyProjector.rows(of: records) { _ in
      Int.random(in: 0..<9, using: &random) == 0
    }
    #expect(single == whole)
    #expect(some == whole)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `the answers are as counted anew after every command`(seed: UInt64) throws {
    var history = AgencyHistory(seed: seed)
    var rows = MemoryRows()
    var projector = AgencyProjector()
    var folded = 0
    for command in 0..<250 {
      history.advance()
      for record in history.records[folded...] { try projector.fold(record, rows) }
      folded = history.records.count
      try projector.flush(into: &rows)
      guard command % 10 == 0 else { continue }
      let head = Position(folded)
      let log = TestLog(history.records)
      for (brand, model) in history.models {
        let found = try AgencyAnswer(of: brand, at: head, limit: 3, rows: rows, log: log)
        try #require(found == AgencyAnswer(of: brand, history, model, limit: 3), "at \(head)")
        for person in history.people {
          let found = try AgentAnswer(of: person, in: brand, at: head, rows: rows, log: log)
          try #require(found == AgentAnswer(of: person, in: brand, history, model), "at \(head)")
        }
        let question = Question(brand: brand, position: head, rows: rows, log: log)
        try #require(
          try question.agents(.everybody, limit: 7)
            == model.agents.keys.sorted().map { AgentSummary($0, model) },
          "at \(head)"
        )
        try #require(
          try question.agents(.overThreshold, limit: 2)
            == model.overThreshold(of: history.policy).map { AgentSummary($0, model) },
          "at \(head)"
        )
        for person in model.agents.keys {
          try #require(
            try question.agents(.recruits(of: person), limit: 2)
              == model.recruits(of: person).map { AgentSummary($0, model) },
            "at \(head)"
          )
        }
      }
    }
  }

  @Test func `an event of a brand that is not there stops the fold`() throws {
    let event = AgentSignedUp(
      brand: Reference(id: "none", position: 7),
      agent: Person(1),
      sponsor: nil,
      level: 1,
      entryFee: 0,
      currency: "CNY"
    )
    var record = AgencyHistory(seed: 1).records[0]
    record.event = .agentSignedUp(event)
    record.envelope.position = 12
    var projector = AgencyProjector()
    let error = #expect(throws: FoldError.self) { try projector.fold(record, MemoryRows()) }
    #expect(error?.position == 12)
  }

  @Test func `an event that contradicts the forest stops the fold`() throws {
    let history = AgencyHistory(seed: 1, commands: 40)
    let rows = try AgencyProjector.rows(of: history.records) { _ in false }
    let again = try #require(
      history.records.first {
        if case .agentSignedUp(let event) = $0.event {
          history.models[event.brand.position]?.agents[event.agent]?.left == 0
        } else {
          false
        }
      }
    )
    var projector = AgencyProjector()
    #expect(throws: FoldError.self) { try projector.fold(again, rows) }
  }
}

/// A question to one brand's agency, asked page by page.
private struct Question {
  var brand: Position
  var position: Position
  var rows: MemoryRows
  var log: TestLog

  /// Every page's agents; all pages but the last are full.
  func agents(_ selection: AgentsPage.Selection, limit: Int) throws -> [AgentSummary] {
    var found: [AgentSummary] = []
    var cursor: String?
    while true {
      let page = try #require(
        try AgentsPage(
          selection,
          of: brand,
          after: cursor,
          at: position,
          limit: limit,
          rows: rows,
          log: log
        )
      )
      found += page.agents
      guard let next = page.next else { return found }
      try #require(page.agents.count == limit)
      cursor = next
    }
  }
}

// MARK: What the model expects; people are named `p` and their number

private let names = ["north", "south", "empty"]

extension SlowAgency {
  fileprivate func overThreshold(of policy: Policy) -> [Person] {
    active.map { (levels: members(of: $0).count, headcount: headcount(of: $0), person: $0) }
      .filter { $0.levels >= policy.thresholdLevels && $0.headcount >= policy.thresholdHeadcount }
      .sorted { ($0.levels, $0.headcount, $1.person) > ($1.levels, $1.headcount, $0.person) }
      .map(\.person)
  }
}

extension AgentSummary {
  fileprivate init(_ person: Person, _ model: SlowAgency) {
    var node = AgentNode(joined: 0)
    node.members = model.members(of: person)
    self.init("p\(person.number)", node)
  }
}

extension AgencyAnswer {
  fileprivate init(
    of brand: Position,
    _ history: AgencyHistory,
    _ model: SlowAgency,
    limit: Int
  ) {
    let roots = model.roots.map { AgentSummary($0, model) }
    let largest = roots.sorted { ($0.headcount, $1.agent) > ($1.headcount, $0.agent) }
    self.init(
      brand: names[Int(brand) - 1],
      position: Position(history.records.count),
      agents: UInt64(model.agents.count),
      active: UInt64(model.active.count),
      roots: UInt64(roots.count),
      agentsByLevel: model.agentsByLevel,
      agentsOverThreshold: UInt64(model.overThreshold(of: history.policy).count),
      threshold: AgencyThreshold(history.policy),
      largest: Array(largest.prefix(limit))
    )
  }
}

extension AgentAnswer {
  fileprivate init?(
    of person: Person,
    in brand: Position,
    _ history: AgencyHistory,
    _ model: SlowAgency
  ) {
    guard let agent = model.agents[person] else { return nil }
    func time(_ position: Position) -> String {
      Timestamp.text(history.records[Int(position) - 1].envelope.occurredAt, offsetMinutes: 480)
    }
    self.init(
      agent: "p\(person.number)",
      brand: names[Int(brand) - 1],
      position: Position(history.records.count),
      level: model.level(of: person),
      members: model.members(of: person),
      headcount: model.headcount(of: person),
      directRecruits: UInt32(model.recruits(of: person).count),
      joinedAt: time(agent.joined),
      leftAt: agent.left == 0 ? nil : time(agent.left),
      entryFees: model.feesBelow(person),
      chain: model.sponsors(of: person).map { "p\($0.number)" },
      peak: agent.peak
    )
  }
}

extension Projector {
  /// Folds the records and ends a batch behind each command where `endsBatch` says so.
  static func rows(
    of records: [Record],
    _ endsBatch: (Record) -> Bool
  ) throws -> MemoryRows {
    var rows = MemoryRows()
    var projector = Self()
    for record in records {
      try projector.fold(record, rows)
      guard record.position == record.envelope.lastOfCommand, endsBatch(record) else { continue }
      try projector.flush(into: &rows)
    }
    try projector.flush(into: &rows)
    return rows
  }
}
