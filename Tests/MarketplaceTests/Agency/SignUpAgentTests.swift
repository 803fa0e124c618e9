import TestSupport
import Testing

@testable import Marketplace

struct SignUpAgentTests {
  private func event(_ agent: Person, sponsor: Person?, level: UInt32, fee: Int64 = 0) -> Event {
    .agentSignedUp(
      AgentSignedUp(
        brand: Agency.brand,
        agent: agent,
        sponsor: sponsor,
        level: level,
        entryFee: fee,
        currency: "EUR"
      )
    )
  }

  @Test func `an agent without a sponsor is a root`() throws {
    let command = SignUpAgent(agent: "gus", brand: "b1", entryFee: 100)
    let event = event(Agency.newcomer, sponsor: nil, level: 1, fee: 100)
    #expect(try Agency.market().outcome(of: command) == .accepted(event))
  }

  @Test func `an agent stands one level below the sponsor, down to the limit`() throws {
    let command = SignUpAgent(agent: "gus", brand: "b1", sponsor: "cyd")
    let event = event(Agency.newcomer, sponsor: Agency.cyd, level: 4)
    #expect(try Agency.market().outcome(of: command) == .accepted(event))
  }

  @Test func `one who left comes back as the same person, under another sponsor`() throws {
    let command = SignUpAgent(agent: "fay", brand: "b1", sponsor: "ben")
    let event = event(Agency.fay, sponsor: Agency.ben, level: 3)
    #expect(try Agency.market().outcome(of: command) == .accepted(event))
  }

  @Test(arguments: [
    ("ann", "nothing", "ann", Rejection.Reason.unknownBrand),
    ("ann", "b1", "ann", .selfSponsored),
    ("ann", "b1", "nobody", .agentExists),
    ("gus", "b1", "nobody", .unknownSponsor),
    ("gus", "b1", "owner", .unknownSponsor),
    ("gus", "b1", "fay", .sponsorHasLeft),
    ("gus", "b1", "hal", .levelLimitExceeded),
  ])
  func `an agent is refused for the first reason`(
    agent: String,
    brand: String,
    sponsor: String,
    reason: Rejection.Reason
  ) throws {
    let full = try given(
      Agency.market(),
      SignUpAgent(agent: "hal", brand: "b1", sponsor: "cyd")
    )
    let command = SignUpAgent(agent: agent, brand: brand, sponsor: sponsor)
    #expect(try full.outcome(of: command) == .refused(reason))
  }

  @Test func `an agent of one brand is nobody in another`() throws {
    let model = try given(
      Agency.market(),
      RegisterBrand(brand: "b2", owner: "owner", name: "Second")
    )
    let command = SignUpAgent(agent: "gus", brand: "b2", sponsor: "ann")
    #expect(try model.outcome(of: command) == .refused(.unknownSponsor))
  }

  @Test func `the names of a refused command leave no number behind`() throws {
    var model = try Agency.market()
    let before = model
    let refused = SignUpAgent(agent: "gus", brand: "b1", sponsor: "hal")
    #expect(throws: Rejection.self) { try model.run(refused, at: noon).get() }
    #expect(model == before)
  }
}
