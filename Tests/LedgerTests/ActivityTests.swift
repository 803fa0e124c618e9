import JSON
import Testing

@testable import Ledger

/// What the writer has been doing, minute by minute, and why it refused.
struct ActivityTests {
  private func policy(_ id: String, _ minutes: Int) -> String {
    #"{"id":"\#(id)","type":"AdoptPolicy","data":{"impulseMinutes":\#(minutes)}}"#
  }

  private func activity(_ ledger: Ledger, _ minutes: Int) async throws -> JSONValue {
    try JSONValue(parsing: try await ledger.activity(minutes: minutes))
  }

  private func counts(_ answer: JSONValue) -> [Int64?]? {
    answer["minutes"]?.array?.map { $0["events"]?.integer }
  }

  @Test func `a new ledger has recorded nothing in any minute`() async throws {
    let ledger = try Ledger.open(try TestDirectory())
    let answer = try await activity(ledger, 3)
    #expect(counts(answer) == [0, 0, 0])
    #expect(answer["refused"]?["total"] == .integer(0))
    ledger.close()
  }

  @Test func `events count in the minute in which they were recorded`() async throws {
    let clock = TestClock()
    let ledger = try Ledger.open(try TestDirectory(), clock: clock)
    let minute: Int64 = 60_000_000
    // From the start of a minute, so that the test knows where the boundaries are.
    clock.now += minute - clock.now % minute
    _ = await ledger.submit([policy("a", 1), policy("b", 2)])
    clock.now += minute
    clock.now += minute
    _ = await ledger.submit(policy("c", 3))
    clock.now += minute - 1_000
    _ = await ledger.submit(policy("d", 4))
    #expect(counts(try await activity(ledger, 4)) == [0, 2, 0, 2])
    #expect(counts(try await activity(ledger, 1)) == [2])
    clock.now += minute
    #expect(counts(try await activity(ledger, 3)) == [0, 2, 0])
    ledger.close()
  }

  @Test func `refusals are told by reason, the commonest first`() async throws {
    let ledger = try Ledger.open(try TestDirectory())
    _ = await ledger.submit([
      policy("a", 1), policy("b", -1), policy("c", 1), policy("d", 1), policy("a", 1),
    ])
    let refused = try #require(try await activity(ledger, 1)["refused"])
    #expect(refused["total"] == .integer(3))
    #expect(refused["latest"] == .integer(3))
    #expect(refused["reasons"]?.members?.map(\.name) == ["NoChange", "InvalidPolicy"])
    #expect(refused["reasons"]?["NoChange"] == .integer(2))
    ledger.close()
  }
}
