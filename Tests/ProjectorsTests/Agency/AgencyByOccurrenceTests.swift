import Marketplace
import Projectors
import TestSupport
import Testing

/// Events in order pass as they are; in any other order they still make a forest.
struct AgencyByOccurrenceTests {
  private let brand = Reference(id: "north", position: 1)

  private func events(_ history: AgencyHistory) -> [Record] {
    history.records.filter { record in
      switch record.event {
      case .agentSignedUp(let event): event.brand == brand
      case .agentReparented(let event): event.brand == brand
      case .agentLeft(let event): event.brand == brand
      case .brandRegistered: record.position == 1
      default: true
      }
    }
  }

  private func fold(_ records: [Record]) throws -> (rows: MemoryRows, contradictions: UInt64) {
    var order = AgencyByOccurrence(brand: brand)
    var projector = AgencyProjector()
    var rows = MemoryRows()
    for record in records {
      for event in order.events(for: record.event) {
        try projector.fold(Record(envelope: record.envelope, event: event), rows)
      }
    }
    try projector.flush(into: &rows)
    return (rows, order.contradictions)
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `in order nothing changes`(seed: UInt64) throws {
    let history = AgencyHistory(seed: seed, commands: 300)
    let records = events(history)
    let whole = try MemoryRows(folding: records, by: AgencyProjector.self)
    let (rows, contradictions) = try fold(records)
    #expect(contradictions == 0, "seed \(seed)")
    let log = TestLog(history.records)
    let position = Position(history.records.count)
    #expect(
      try AgencyAnswer(of: 1, at: position, limit: 50, rows: rows, log: log)
        == AgencyAnswer(of: 1, at: position, limit: 50, rows: whole, log: log),
      "seed \(seed)"
    )
    for person in history.people {
      #expect(
        try AgentAnswer(of: person, in: 1, at: position, rows: rows, log: log)
          == AgentAnswer(of: person, in: 1, at: position, rows: whole, log: log),
        "\(person), seed \(seed)"
      )
    }
  }

  @Test(arguments: [6, 7, 8, 9, 10] as [UInt64])
  func `in any order there is a forest`(seed: UInt64) throws {
    let history = AgencyHistory(seed: seed, commands: 300)
    var random = SeededRandom(seed)
    let records = events(history)
    let shuffled = [records[0]] + records.dropFirst().shuffled(using: &random)
    let (rows, contradictions) = try fold(shuffled)
    #expect(contradictions > 0, "seed \(seed)")
    let log = TestLog(history.records)
    let agency = try #require(
      try AgencyAnswer(of: 1, at: 1, limit: 50, rows: rows, log: log)
    )
    #expect(agency.agentsByLevel.reduce(0, +) == agency.active, "seed \(seed)")
    #expect(agency.largest.reduce(0) { $0 + $1.headcount } == agency.active, "seed \(seed)")
    #expect(agency.active > 0 && agency.active <= agency.agents, "seed \(seed)")
  }
}
