import TestSupport
import Testing

@testable import Marketplace

struct LeaveAgencyTests {
  private func left(_ agent: Person, sponsor: Person?, cause: LeaveCause) -> Event {
    .agentLeft(
      AgentLeft(
        brand: Agency.brand,
        agent: agent,
        sponsor: sponsor,
        cause: cause,
        reasonHash: []
      )
    )
  }

  private func moved(_ agent: Person, from: Person, to: Person?, level: UInt32) -> Event {
    .agentReparented(
      AgentReparented(
        brand: Agency.brand,
        agent: agent,
        from: from,
        to: to,
        level: level,
        cause: .sponsorLeft,
        reasonHash: []
      )
    )
  }

  @Test func `those recruited move up to the sponsor of the one who left`() throws {
    let command = LeaveAgency(agent: "ben", brand: "b1", cause: .revoked, reason: "fraud")
    let events = [
      left(Agency.ben, sponsor: Agency.ann, cause: .revoked),
      moved(Agency.cyd, from: Agency.ben, to: Agency.ann, level: 2),
    ]
    #expect(try Agency.market().outcome(of: command) == .accepted(events, text: "fraud"))
  }

  @Test func `those recruited by a root become roots, in order of their latest joining`() throws {
    let rejoined = try given(
      Agency.market(),
      // Ben leaves and comes back, so dee has been there longer; gus moves in, who joined last.
      LeaveAgency(agent: "ben", brand: "b1"),
      SignUpAgent(agent: "ben", brand: "b1", sponsor: "ann"),
      SignUpAgent(agent: "gus", brand: "b1", sponsor: "eli"),
      ReparentAgent(agent: "cyd", brand: "b1", sponsor: "ben"),
      ReparentAgent(agent: "gus", brand: "b1", sponsor: "ann")
    )
    let events = [
      left(Agency.ann, sponsor: nil, cause: .notSaid),
      moved(Agency.dee, from: Agency.ann, to: nil, level: 1),
      moved(Agency.ben, from: Agency.ann, to: nil, level: 1),
      moved(Agency.newcomer, from: Agency.ann, to: nil, level: 1),
    ]
    let command = LeaveAgency(agent: "ann", brand: "b1")
    #expect(try rejoined.outcome(of: command) == .accepted(events, text: nil))
  }

  @Test(arguments: [
    ("nobody", "nothing", Rejection.Reason.unknownBrand),
    ("nobody", "b1", .unknownAgent),
    ("fay", "b1", .alreadyLeft),
  ])
  func `a leave is refused for the first reason`(
    agent: String,
    brand: String,
    reason: Rejection.Reason
  ) throws {
    let command = LeaveAgency(agent: agent, brand: brand)
    #expect(try Agency.market().outcome(of: command) == .refused(reason))
  }
}
