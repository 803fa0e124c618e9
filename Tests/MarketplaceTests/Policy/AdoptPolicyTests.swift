import TestSupport
import Testing

@testable import Marketplace

struct AdoptPolicyTests {
  @Test func `values that are not named stay in force`() throws {
    let first = try given(AdoptPolicy(attributionWindowDays: 3650, thresholdHeadcount: 1))
    let command = AdoptPolicy(thresholdLevels: 255, impulseMinutes: 0)
    let policy = Policy(
      attributionWindowDays: 3650,
      thresholdLevels: 255,
      thresholdHeadcount: 1,
      impulseMinutes: 0
    )
    let expected = Outcome.accepted(.policyAdopted(PolicyAdopted(policy: policy)))
    #expect(try first.outcome(of: command) == expected)
  }

  @Test(arguments: [
    AdoptPolicy(attributionWindowDays: -1),
    AdoptPolicy(attributionWindowDays: 3651),
    AdoptPolicy(thresholdLevels: 0),
    AdoptPolicy(thresholdLevels: 256),
    AdoptPolicy(thresholdHeadcount: 0),
    AdoptPolicy(thresholdHeadcount: 1_000_000_001),
    AdoptPolicy(impulseMinutes: -1),
    AdoptPolicy(impulseMinutes: 10_081),
    AdoptPolicy(impulseMinutes: .max),
    // One value in force already, one out of range.
    AdoptPolicy(attributionWindowDays: 7, impulseMinutes: .min),
  ])
  func `a value out of range is refused`(command: AdoptPolicy) throws {
    #expect(try ModelMarketplace().outcome(of: command) == .refused(.invalidPolicy))
  }

  @Test(arguments: [
    AdoptPolicy(),
    AdoptPolicy(
      attributionWindowDays: 7,
      thresholdLevels: 3,
      thresholdHeadcount: 30,
      impulseMinutes: 30
    ),
  ])
  func `what is in force already is refused`(command: AdoptPolicy) throws {
    #expect(try ModelMarketplace().outcome(of: command) == .refused(.noChange))
  }
}
