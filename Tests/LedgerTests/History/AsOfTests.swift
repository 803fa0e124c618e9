import EventLog
import JSON
import Marketplace
import TestSupport
import Testing

@testable import Ledger

/// Answers about the past are those that were given then.
struct AsOfTests {
  @Test(arguments: [301, 302, 303] as [UInt64])
  func `as of a position every view answers what it answered there`(seed: UInt64) async throws {
    var run = try EquivalenceRun(seed: seed)
    var random = SplitMix64(seed: seed)
    var kept: [(position: Position, question: PastQuestion, answer: String)] = []
    for _ in 0..<20 {
      try await run.run(commands: 1 + random.below(90), reopening: false)
      let position = run.ledger.log.head
      for question in PastQuestion.one(ofEach: &random) {
        let answer = await question.ask(run.ledger, Freshness(after: position, wait: 60))
        kept.append((position, question, answer))
      }
    }
    #expect(Set(kept.map(\.position)).count >= 18, "seed \(seed)")
    for (position, question, wanted) in kept {
      let recordedAt = try run.ledger.records(after: position - 1)[0].envelope.recordedAt
      let asOf: AsOf = random.oneIn(2) ? .position(position) : .time(recordedAt)
      let answer = await question.ask(run.ledger, Freshness(wait: 60, asOf: asOf))
      #expect(answer == wanted, "\(question) as of \(position), seed \(seed)")
    }
    #expect(kept.count { $0.answer != "not found" } > kept.count / 3, "seed \(seed)")
    run.ledger.close()
  }

  @Test func `a position inside a command is that of its last event`() async throws {
    let clock = TestClock()
    let ledger = try Ledger.open(try TestDirectory(), clock: clock)
    defer { ledger.close() }
    _ = await ledger.submit([
      #"{"id":"1","type":"RegisterBrand","data":{"brand":"b","owner":"o","name":"B"}}"#,
      #"{"id":"2","type":"SignUpAgent","data":{"brand":"b","agent":"top"}}"#,
      #"{"id":"3","type":"SignUpAgent","data":{"brand":"b","agent":"low","sponsor":"top"}}"#,
      #"{"id":"4","type":"LeaveAgency","data":{"brand":"b","agent":"top"}}"#,
    ])
    // The leaving is event 4, the recruit's move to no sponsor event 5.
    for asked in [4, 5] as [Position] {
      let asOf = AsOf.position(asked)
      let answer = try await ledger.agent("low", of: "b", Freshness(asOf: asOf))
      let json = try JSONValue(parsing: answer)
      #expect(json["position"] == .integer(5))
      #expect(json["level"] == .integer(1))
      #expect(json["asOf"]?["asked"] == .string("\(asked)"))
      #expect(json["asOf"]?["eventsRead"] == .integer(5))
    }
    let empty = try await ledger.shops(cursor: nil, limit: 10, Freshness(asOf: .position(0)))
    #expect(try JSONValue(parsing: empty)["shops"] == .array([]))
    let before = try await ledger.brands(cursor: nil, limit: 10, Freshness(asOf: .time(0)))
    #expect(try JSONValue(parsing: before)["brands"] == .array([]))
  }

  @Test func `what is still to come is refused, and the head named`() async throws {
    let clock = TestClock()
    let ledger = try Ledger.open(try TestDirectory(), clock: clock)
    defer { ledger.close() }
    _ = await ledger.submit(
      #"{"id":"1","type":"RegisterBrand","data":{"brand":"b","owner":"o","name":"B"}}"#
    )
    for asOf in [.position(2), .time(clock.now + 1)] as [AsOf] {
      let error = await #expect(throws: QueryError.self) {
        try await ledger.agency(of: "b", limit: 5, Freshness(asOf: asOf))
      }
      guard case .badRequest(let detail) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(detail.contains("the log ends at event 1"), "\(detail)")
    }
  }

  @Test func `an order by a share of other goods counts for its brand as it did then`() async throws
  {
    let ledger = try Ledger.open(try TestDirectory())
    defer { ledger.close() }
    _ = await ledger.submit([
      #"{"id":"1","type":"RegisterBrand","data":{"brand":"b","owner":"o","name":"B"}}"#,
      #"{"id":"2","type":"OpenShop","data":{"shop":"s","owner":"o","name":"S","currency":"CNY","timeZone":"UTC"}}"#,
      #"{"id":"3","type":"ListProduct","data":{"shop":"s","product":"own","title":"t","price":5,"stock":9}}"#,
      #"{"id":"4","type":"ListProduct","data":{"shop":"s","product":"theirs","title":"t","price":5,"stock":9,"brand":"b"}}"#,
      #"{"id":"5","type":"ShareProduct","data":{"share":"g1","product":"own","sharer":"x"}}"#,
      #"{"id":"6","type":"ShareProduct","data":{"share":"g2","product":"own","sharer":"y","via":"g1"}}"#,
      #"{"id":"7","type":"Purchase","data":{"order":"o1","product":"theirs","buyer":"z","quantity":1,"price":5,"entry":{"mode":"share","share":"g2"}}}"#,
    ])
    let question = ShoppingModesQuestion(brand: "b")
    let live = try await ledger.shoppingModes(question, Freshness(after: 7, wait: 60))
    let past = try await ledger.shoppingModes(question, Freshness(asOf: .position(7)))
    #expect(PastQuestion.text(past) == PastQuestion.text(live))
    #expect(try JSONValue(parsing: live)["sharing"]?["ordersFromShares"] == .integer(1))
    // The brand's registration, product and order, and the two shares.
    #expect(try JSONValue(parsing: past)["asOf"]?["eventsRead"] == .integer(5))
  }
}
