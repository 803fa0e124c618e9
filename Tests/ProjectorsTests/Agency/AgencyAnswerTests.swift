import JSON
import TestSupport
import Testing

@testable import Marketplace
@testable import Projectors

@Suite struct AgencyAnswerTests {
  @Test func `a brand's answer is the text of the interface`() throws {
    let agency = try Agency([(1, nil), (2, 1), (3, 2), (4, nil)])
    var json = JSONWriter()
    try #require(try AgencyAnswer(of: 1, at: 5, rows: agency.rows, log: agency.log)).write(
      to: &json
    )
    #expect(
      json.text == """
        {"brand":"b","position":5,"agents":4,"active":4,"roots":2,"maxLevels":3,\
        "agentsByLevel":{"1":2,"2":1,"3":1},"agentsOverThreshold":0,\
        "threshold":{"levels":3,"headcount":30},\
        "largest":[{"agent":"p1","levels":3,"headcount":3,"directRecruits":1},\
        {"agent":"p4","levels":1,"headcount":1,"directRecruits":0}]}
        """
    )
  }

  @Test func `an agent's answer is the text of the interface`() throws {
    let agency = try Agency([(1, nil), (2, 1), (3, 2)])
    #expect(
      try agency.text(of: 2) == """
        {"agent":"p2","brand":"b","position":4,"sponsor":"p1","level":2,"levels":2,"headcount":2,\
        "membersByLevel":{"1":1,"2":1},"directRecruits":1,"joinedAt":"1970-01-01T08:03:00+08:00",\
        "entryFees":100,"chain":["p1"],\
        "peak":{"levels":2,"levelsAt":4,"headcount":2,"headcountAt":4}}
        """
    )
  }

  @Test func `one who left has no sponsor, no level and nobody below, but a peak`() throws {
    var agency = try Agency([(1, nil), (2, 1)])
    try agency.leave(2, sponsor: 1)
    #expect(
      try agency.text(of: 2) == """
        {"agent":"p2","brand":"b","position":4,"level":0,"levels":0,"headcount":0,\
        "membersByLevel":{},"directRecruits":0,"joinedAt":"1970-01-01T08:03:00+08:00",\
        "leftAt":"1970-01-01T08:04:00+08:00","entryFees":0,"chain":[],\
        "peak":{"levels":1,"levelsAt":3,"headcount":1,"headcountAt":3}}
        """
    )
    #expect(try agency.text(of: 3) == nil)
  }

  @Test(arguments: [
    (1, ["z"]), (2, ["z", "a"]), (3, ["z", "a", "b"]), (9, ["z", "a", "b", "c"]),
  ])
  func `roots of the same size are told apart by name`(limit: Int, names: [String]) throws {
    var agency = try Agency([(1, nil), (2, nil), (3, nil), (4, nil), (5, 4)])
    agency.log.names = [1: "c", 2: "b", 3: "a", 4: "z"]
    let answer = try AgencyAnswer(of: 1, at: 6, limit: limit, rows: agency.rows, log: agency.log)
    #expect(answer?.largest.map(\.agent) == names)
  }

  @Test(arguments: [(29, 0), (30, 1)])
  func `three levels and thirty people are over the threshold, the agent counted`(
    people: UInt64,
    over: UInt64
  ) throws {
    let recruits = (3...people).map { ($0, UInt64(2)) }
    let agency = try Agency([(1, nil), (2, 1)] + recruits)
    let answer = try AgencyAnswer(of: 1, at: 1, rows: agency.rows, log: agency.log)
    #expect(answer?.agentsOverThreshold == over)
  }

  @Test func `brands come in order of registration, page by page`() throws {
    let records = AgencyHistory(seed: 3, commands: 30).records
    let rows = try AgencyProjector.rows(of: records) { _ in false }
    let log = TestLog(records)
    let first = try BrandsPage(after: nil, at: 9, limit: 2, rows: rows, log: log)
    #expect(first.brands.map(\.event.brand) == ["north", "south"])
    #expect(first.next == "2")
    var json = JSONWriter()
    try BrandsPage(after: first.next, at: 9, limit: 2, rows: rows, log: log).write(to: &json)
    #expect(
      json.text == """
        {"brands":[{"brand":"empty","name":"The empty","levelLimit":255,"currency":"CNY",\
        "timeZone":"Asia/Shanghai","agents":0,"active":0}],"position":9}
        """
    )
  }

  @Test func `a page of recruits names whose they are`() throws {
    let agency = try Agency([(1, nil), (2, 1), (3, 1)])
    let page = try AgentsPage(
      .recruits(of: Person(1)),
      of: 1,
      after: nil,
      at: 4,
      limit: 1,
      rows: agency.rows,
      log: agency.log
    )
    var json = JSONWriter()
    page?.write(to: &json)
    #expect(
      json.text == """
        {"agent":"p1","brand":"b","position":4,\
        "recruits":[{"agent":"p2","levels":1,"headcount":1,"directRecruits":0}],"next":"3"}
        """
    )
  }

  @Test(arguments: ["", "x", "-1", "1.", "1.2", "18446744073709551616"])
  func `a cursor that no page gave is refused`(cursor: String) throws {
    let agency = try Agency([(1, nil)])
    #expect(throws: AgencyCursorError(cursor: cursor)) {
      try BrandsPage(after: cursor, at: 2, limit: 1, rows: agency.rows, log: agency.log)
    }
    for selection in [AgentsPage.Selection.everybody, .overThreshold, .recruits(of: Person(1))] {
      #expect(throws: AgencyCursorError(cursor: cursor)) {
        try AgentsPage(
          selection,
          of: 1,
          after: cursor,
          at: 2,
          limit: 1,
          rows: agency.rows,
          log: agency.log
        )
      }
    }
  }

  @Test func `an unknown brand has no answer, nor an unknown agent recruits`() throws {
    let agency = try Agency([(1, nil)])
    #expect(try AgencyAnswer(of: 2, at: 2, rows: agency.rows, log: agency.log) == nil)
    func page(_ selection: AgentsPage.Selection, of brand: Position) throws -> AgentsPage? {
      try AgentsPage(
        selection,
        of: brand,
        after: nil,
        at: 2,
        limit: 9,
        rows: agency.rows,
        log: agency.log
      )
    }
    #expect(try page(.everybody, of: 2) == nil)
    #expect(try page(.recruits(of: Person(5)), of: 1) == nil)
    #expect(try page(.recruits(of: Person(1)), of: 1)?.agents == [])
  }
}

/// Brand `b` at position 1, and its agents in order; each paid 100 and signed up on a minute.
private struct Agency {
  var log: TestLog
  var rows = MemoryRows()

  init(_ agents: [(agent: UInt64, sponsor: UInt64?)]) throws {
    log = TestLog(Array(AgencyHistory(seed: 0).records[..<1]))
    let brand = BrandRegistered(
      brand: "b",
      owner: Person(1),
      name: "B",
      levelLimit: 255,
      currency: "CNY",
      timeZone: "Asia/Shanghai"
    )
    log.records[0].event = .brandRegistered(brand)
    var levels: [UInt64: UInt32] = [:]
    for (agent, sponsor) in agents {
      let level = (sponsor.flatMap { levels[$0] } ?? 0) + 1
      levels[agent] = level
      let event = AgentSignedUp(
        brand: Reference(id: "b", position: 1),
        agent: Person(agent),
        sponsor: sponsor.map { Person($0) },
        level: level,
        entryFee: 100,
        currency: "CNY"
      )
      append(.agentSignedUp(event))
    }
    rows = try AgencyProjector.rows(of: log.records) { _ in false }
  }

  mutating func leave(_ agent: UInt64, sponsor: UInt64) throws {
    let event = AgentLeft(
      brand: Reference(id: "b", position: 1),
      agent: Person(agent),
      sponsor: Person(sponsor),
      cause: .left,
      reasonHash: []
    )
    append(.agentLeft(event))
    rows = try AgencyProjector.rows(of: log.records) { _ in false }
  }

  private mutating func append(_ event: Event) {
    var record = log.records[0]
    record.envelope.position = Position(log.records.count) + 1
    record.envelope.occurredAt = Int64(record.position) * 60_000_000
    record.event = event
    log.records.append(record)
  }

  func text(of agent: UInt64) throws -> String? {
    let head = Position(log.records.count)
    var json = JSONWriter()
    guard
      let answer = try AgentAnswer(of: Person(agent), in: 1, at: head, rows: rows, log: log)
    else { return nil }
    answer.write(to: &json)
    return json.text
  }
}
