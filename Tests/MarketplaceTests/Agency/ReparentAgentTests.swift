import TestSupport
import Testing

@testable import Marketplace

struct ReparentAgentTests {
  private func event(_ agent: Person, from: Person?, to: Person?, level: UInt32) -> Event {
    .agentReparented(
      AgentReparented(
        brand: Agency.brand,
        agent: agent,
        from: from,
        to: to,
        level: level,
        cause: .requested,
        reasonHash: []
      )
    )
  }

  @Test func `an agent moves with everybody below, down to the limit`() throws {
    let command = ReparentAgent(agent: "ben", brand: "b1", sponsor: "dee", reason: "nearer")
    let event = event(Agency.ben, from: Agency.ann, to: Agency.dee, level: 3)
    #expect(try Agency.market().outcome(of: command) == .accepted(event, text: "nearer"))
  }

  @Test func `an agent without a sponsor becomes a root`() throws {
    let command = ReparentAgent(agent: "ben", brand: "b1")
    let event = event(Agency.ben, from: Agency.ann, to: nil, level: 1)
    #expect(try Agency.market().outcome(of: command) == .accepted(event))
  }

  private static let refusals: [(String, String, String?, Rejection.Reason)] = [
    ("nobody", "nothing", "nobody", .unknownBrand),
    ("nobody", "b1", "nobody", .unknownAgent),
    ("fay", "b1", "fay", .agentHasLeft),
    ("ann", "b1", "ann", .selfSponsored),
    ("ann", "b1", "nobody", .unknownSponsor),
    ("ann", "b1", "fay", .sponsorHasLeft),
    ("ben", "b1", "ann", .noChange),
    ("ann", "b1", nil, .noChange),
    ("ann", "b1", "ben", .wouldCycle),
    // Two levels below, and too deep as well: the cycle is told first.
    ("ann", "b1", "cyd", .wouldCycle),
    // Ann's three levels just fit below eli, and not below ike, who stands there.
    ("ann", "b1", "ike", .levelLimitExceeded),
  ]

  @Test(arguments: refusals)
  func `a move is refused for the first reason`(
    agent: String,
    brand: String,
    sponsor: String?,
    reason: Rejection.Reason
  ) throws {
    let model = try given(
      Agency.market(),
      SignUpAgent(agent: "ike", brand: "b1", sponsor: "eli")
    )
    let command = ReparentAgent(agent: agent, brand: brand, sponsor: sponsor)
    #expect(try model.outcome(of: command) == .refused(reason))
  }

  @Test func `a whole tree fits when its lowest agent stands at the limit`() throws {
    let command = ReparentAgent(agent: "ann", brand: "b1", sponsor: "eli")
    let event = event(Agency.ann, from: nil, to: Agency.eli, level: 2)
    #expect(try Agency.market().outcome(of: command) == .accepted(event))
  }

  @Test func `a cycle is found at the far end of the longest chain`() throws {
    var model = try given(
      RegisterBrand(brand: "b1", owner: "owner", name: "Deep"),
      SignUpAgent(agent: "a1", brand: "b1")
    )
    for level in 2...255 {
      let command = SignUpAgent(agent: "a\(level)", brand: "b1", sponsor: "a\(level - 1)")
      _ = try model.run(command, at: noon).get()
    }
    let cycle = ReparentAgent(agent: "a1", brand: "b1", sponsor: "a255")
    #expect(try model.outcome(of: cycle) == .refused(.wouldCycle))
    let tooDeep = SignUpAgent(agent: "a256", brand: "b1", sponsor: "a255")
    #expect(try model.outcome(of: tooDeep) == .refused(.levelLimitExceeded))
  }
}
