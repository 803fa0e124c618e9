import Marketplace
import Testing

@testable import Ledger

/// What the clock says, what the caller claims, and which day that is.
struct TimeTests {
  private let now = TestClock.start

  private func policy(_ id: String, _ minutes: Int, at instant: Microseconds?) -> String {
    let claim = instant.map { #""occurredAt":"\#(Timestamp.text($0))","# } ?? ""
    return #"{"id":"\#(id)","type":"AdoptPolicy",\#(claim)"data":{"impulseMinutes":\#(minutes)}}"#
  }

  @Test func `what occurred up to five minutes ahead of the clock is taken`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    let limit = now + 300_000_000
    #expect(await ledger.submit(policy("a", 1, at: limit)).positions == 1...1)
    // The next event is recorded a microsecond later, and the limit is that much later.
    #expect(await ledger.submit(policy("b", 2, at: limit + 2)).rejection == .occurredInFuture)
    #expect(await ledger.submit(policy("c", 3, at: limit + 1)).positions == 2...2)
    ledger.close()
  }

  @Test func `what occurred before the limit of backdating is refused`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory) { $0.maxBackdating = 60 }
    let limit = now - 60_000_000
    #expect(await ledger.submit(policy("a", 1, at: limit - 1)).rejection == .occurredTooEarly)
    #expect(await ledger.submit(policy("b", 2, at: limit)).positions == 1...1)
    ledger.close()
  }

  @Test func `without a limit everything may be backdated`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    let longAgo: Microseconds = -62_135_596_800_000_000  // 0001-01-01T00:00:00Z
    #expect(await ledger.submit(policy("a", 1, at: longAgo)).positions == 1...1)
    #expect(try ledger.records()[0].envelope.occurredAt == longAgo)
    ledger.close()
  }

  @Test func `the time comes before the decision and after the id`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    // It would be refused for its values as well.
    let late = policy("a", -1, at: now + 400_000_000)
    let receipt = await ledger.submit(late)
    #expect(receipt.rejection == .occurredInFuture)
    #expect(await ledger.submit(late) == receipt.again)
    #expect(await ledger.submit(policy("a", 1, at: nil)).rejection == .commandIdReused)
    ledger.close()
  }

  @Test func `a time that nobody claimed is never refused`() async throws {
    let directory = try TestDirectory()
    let clock = TestClock()
    let ledger = try Ledger.open(directory, clock: clock) { $0.maxBackdating = 60 }
    #expect(await ledger.submit(policy("a", 1, at: nil)).positions == 1...1)
    clock.now -= 3_600_000_000
    #expect(await ledger.submit(policy("b", 2, at: nil)).positions == 2...2)
    let envelopes = try ledger.records().map(\.envelope)
    #expect(envelopes.map(\.occurredAt) == [now, now - 3_600_000_000])
    #expect(envelopes.map(\.recordedAt) == [now, now + 1])
    #expect(envelopes.map(\.occurredOffsetMinutes) == [nil, nil])
    ledger.close()
  }

  @Test func `recordedAt rises when the clock stands still or jumps back, and over restarts`()
    async throws
  {
    let directory = try TestDirectory()
    let clock = TestClock()
    var ledger = try Ledger.open(directory, clock: clock)
    _ = await ledger.submit([policy("a", 1, at: nil), policy("b", 2, at: nil)])
    clock.now -= 86_400_000_000
    _ = await ledger.submit([policy("c", 3, at: nil)])
    ledger.close()
    ledger = try Ledger.open(directory, clock: clock)
    _ = await ledger.submit([policy("d", 4, at: nil)])
    clock.now = now + 10
    _ = await ledger.submit([policy("e", 5, at: nil)])
    #expect(
      try ledger.records().map(\.envelope.recordedAt) == [now, now + 1, now + 2, now + 3, now + 10]
    )
    ledger.close()
  }

  @Test func `the events of one command have times of their own`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    func agent(_ name: String, _ sponsor: String?) -> String {
      let sponsor = sponsor.map { #","sponsor":"\#($0)""# } ?? ""
      return #"{"id":"s-\#(name)","type":"SignUpAgent","data":{"agent":"\#(name)","brand":"b""#
        + sponsor + "}}"
    }
    let receipts = await ledger.submit([
      #"{"id":"b","type":"RegisterBrand","data":{"brand":"b","owner":"o","name":"n"}}"#,
      agent("a", nil), agent("c", "a"), agent("d", "a"),
      #"{"id":"l","type":"LeaveAgency","data":{"agent":"a","brand":"b"}}"#,
      policy("p", 1, at: nil),
    ])
    #expect(receipts[4].positions == 5...7)
    #expect(receipts[4].recordedAt == now + 4)
    #expect(
      try ledger.records().map(\.envelope.recordedAt) == (0..<8).map { now + Microseconds($0) }
    )
    #expect(try ledger.records()[4...6].map(\.envelope.causation) == [0, 5, 5])
    ledger.close()
  }

  // MARK: Days

  struct DayCase: Sendable {
    var zone: String
    var time: String
    var day: String
  }

  private static let days = [
    DayCase(zone: "Asia/Shanghai", time: "2017-03-10T15:59:59.999999Z", day: "2017-03-10"),
    DayCase(zone: "Asia/Shanghai", time: "2017-03-10T16:00:00Z", day: "2017-03-11"),
    // The offset that the caller writes the time in does not matter.
    DayCase(zone: "Asia/Shanghai", time: "2017-03-10T06:00:00-10:00", day: "2017-03-11"),
    // Clocks went forward at 07:00Z on 2017-03-12, and back at 06:00Z on 2017-11-05.
    DayCase(zone: "America/New_York", time: "2017-03-12T04:59:59Z", day: "2017-03-11"),
    DayCase(zone: "America/New_York", time: "2017-03-12T05:00:00Z", day: "2017-03-12"),
    DayCase(zone: "America/New_York", time: "2017-03-13T03:59:59Z", day: "2017-03-12"),
    DayCase(zone: "America/New_York", time: "2017-03-13T04:00:00Z", day: "2017-03-13"),
    DayCase(zone: "America/New_York", time: "2017-11-05T03:59:59Z", day: "2017-11-04"),
    DayCase(zone: "America/New_York", time: "2017-11-06T04:59:59Z", day: "2017-11-05"),
    DayCase(zone: "America/New_York", time: "2017-11-06T05:00:00Z", day: "2017-11-06"),
    DayCase(zone: "UTC", time: "1969-12-31T23:59:59.999999Z", day: "1969-12-31"),
  ]

  @Test(arguments: days)
  func `a day is the shop's, and an agency's is its brand's`(sample: DayCase) async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    func command(_ type: String, _ data: String) -> String {
      #"{"id":"\#(type)","type":"\#(type)","occurredAt":"\#(sample.time)","data":\#(data)}"#
    }
    let zone = #""timeZone":"\#(sample.zone)""#
    _ = await ledger.submit([
      command("OpenShop", #"{"shop":"s","owner":"o","name":"n","currency":"CNY",\#(zone)}"#),
      command("RegisterBrand", #"{"brand":"b","owner":"o","name":"n",\#(zone)}"#),
      command("ListProduct", #"{"shop":"s","product":"p","title":"t","price":1,"stock":9}"#),
      command("RecordVisit", #"{"visit":"v","shop":"s","visitor":"x","entry":{"mode":"stroll"}}"#),
      command("Purchase", #"{"order":"1","product":"p","buyer":"x","quantity":1,"price":1}"#),
      command("SignUpAgent", #"{"agent":"a","brand":"b"}"#),
      command("LeaveAgency", #"{"agent":"a","brand":"b"}"#),
      command("RefundPurchase", #"{"refund":"r","order":"1","quantity":1,"amount":0}"#),
    ])
    let records = try ledger.records()
    let days = records.map { Timestamp.dayText($0.envelope.localDay) }
    #expect(days == .init(repeating: sample.day, count: 8))
    guard case .purchaseRefunded(let refund)? = records.last?.event else {
      Issue.record("the last event is no refund")
      return
    }
    #expect(Timestamp.dayText(refund.orderDay) == sample.day)
    ledger.close()
  }

  @Test func `the day of a policy is UTC's`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    let midnight: Microseconds = 1_489_104_000_000_000  // 2017-03-10T00:00:00Z
    _ = await ledger.submit([policy("a", 1, at: midnight - 1), policy("b", 2, at: midnight)])
    #expect(try ledger.records().map(\.envelope.localDay) == [17_234, 17_235])
    ledger.close()
  }
}
