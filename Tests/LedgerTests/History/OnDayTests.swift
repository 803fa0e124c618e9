import EventLog
import JSON
import Marketplace
import Testing

@testable import Ledger

/// An agency on a day is what it would be had everything been recorded when it happened.
struct OnDayTests {
  private static func signUp(
    _ agent: String,
    _ sponsor: String?,
    _ time: String
  ) -> (time: String, text: String) {
    let sponsor = sponsor.map { #","sponsor":"\#($0)""# } ?? ""
    return (
      time,
      #"{"id":"\#(agent)-\#(time)","type":"SignUpAgent","occurredAt":"2017-03-\#(time)+08:00","#
        + #""data":{"brand":"b","agent":"\#(agent)"\#(sponsor),"entryFee":7}}"#
    )
  }

  private static func leave(_ agent: String, _ time: String) -> (time: String, text: String) {
    (
      time,
      #"{"id":"\#(agent)-left","type":"LeaveAgency","occurredAt":"2017-03-\#(time)+08:00","#
        + #""data":{"brand":"b","agent":"\#(agent)"}}"#
    )
  }

  private static let brand =
    #"{"id":"b","type":"RegisterBrand","occurredAt":"2017-03-01T00:00:00+08:00","#
    + #""data":{"brand":"b","owner":"o","name":"B"}}"#

  /// Two trees, recorded one after the other though they grew at the same time.
  private static let imported = [
    signUp("ann", nil, "02T08:00:00"), signUp("bea", "ann", "03T08:00:00"),
    signUp("cai", "bea", "05T23:59:59"), leave("bea", "07T08:00:00"),
    signUp("dan", nil, "01T09:00:00"), signUp("eve", "dan", "04T08:00:00"),
    signUp("fay", "eve", "04T09:00:00"), signUp("gus", "fay", "06T00:00:00"),
  ]

  private func ledger(_ commands: [String]) async throws -> Ledger {
    let ledger = try Ledger.open(try TestDirectory())
    let receipts = await ledger.submit(commands)
    try #require(receipts.allSatisfy { $0.positions != nil }, "\(receipts)")
    return ledger
  }

  /// An answer without what depends on the order of recording.
  private func facts(_ answer: [UInt8]) throws -> String {
    let members = try #require(try JSONValue(parsing: answer).members)
    return "\(members.filter { !["position", "on", "peak"].contains($0.name) })"
  }

  @Test func `what was recorded late counts on its day`() async throws {
    let late = try await ledger([Self.brand] + Self.imported.map(\.text))
    defer { late.close() }
    var inOrder = [Self.brand]
    let sorted = Self.imported.sorted { $0.time < $1.time }
    for (index, command) in sorted.enumerated() {
      inOrder.append(command.text)
      // The day ends here.
      let day = command.time.prefix(2)
      if index + 1 < sorted.count, sorted[index + 1].time.hasPrefix(day) { continue }
      let ordered = try await ledger(inOrder)
      defer { ordered.close() }
      let on = Freshness(on: 17_225 + (try #require(Day(day))))
      let now = Freshness(after: ordered.log.head, wait: 60)
      #expect(
        try facts(await late.agency(of: "b", limit: 9, on))
          == facts(await ordered.agency(of: "b", limit: 9, now)),
        "2017-03-\(day)"
      )
      for agent in ["ann", "dan", "eve"] where inOrder.joined().contains(#""agent":"\#(agent)""#) {
        #expect(
          try facts(await late.agent(agent, of: "b", on))
            == facts(await ordered.agent(agent, of: "b", now)),
          "\(agent) on 2017-03-\(day)"
        )
      }
    }
  }

  @Test func `the answer counts what came late, and says so`() async throws {
    let clock = TestClock()
    let ledger = try Ledger.open(try TestDirectory(), clock: clock)
    defer { ledger.close() }
    _ = await ledger.submit([Self.brand] + Self.imported.map(\.text))
    func on(_ day: Day, _ asOf: AsOf? = nil) async throws -> JSONValue {
      let answer = try await ledger.agency(of: "b", limit: 1, Freshness(asOf: asOf, on: day))
      return try #require(try JSONValue(parsing: answer)["on"])
    }
    // To the 4th: ann, bea, dan, eve and fay, of whom the last three came behind the 7th.
    let fourth = try await on(17_229)
    #expect(fourth["day"] == .string("2017-03-04"))
    #expect(fourth["events"] == .integer(5) && fourth["late"] == .integer(3))
    #expect(fourth["contradictions"] == .integer(0) && fourth["clockSteps"] == .integer(0))
    // As of event 5, in which bea leaves, nobody of the other tree was known.
    let known = try await on(17_229, .position(5))
    #expect(known["events"] == .integer(2) && known["late"] == .integer(0))

    clock.now -= 3_600_000_000
    for agent in ["x", "y"] {
      _ = await ledger.submit(
        #"{"id":"\#(agent)","type":"SignUpAgent","data":{"brand":"b","agent":"\#(agent)"}}"#
      )
      clock.now -= 60_000_000
    }
    #expect(try await on(30_000)["clockSteps"] == .integer(1))
  }

  @Test func `a sponsor who joined later is none yet, and the answer counts it`() async throws {
    let late = try await ledger(
      [Self.brand, Self.signUp("ann", nil, "09T08:00:00").text]
        + [Self.signUp("bea", "ann", "03T08:00:00").text]
    )
    defer { late.close() }
    let third = try JSONValue(
      parsing: await late.agency(of: "b", limit: 5, Freshness(on: 17_228))
    )
    #expect(third["active"] == .integer(1) && third["roots"] == .integer(1))
    #expect(third["on"]?["contradictions"] == .integer(1))
    await #expect(throws: QueryError.self) {
      try await late.agent("ann", of: "b", Freshness(on: 17_228))
    }
  }
}
