/// The agents of one brand as the generator knows them: who sponsors whom, and who has left.
///
/// The active agents form a forest; a sponsor's recruits are a linked list through `Agent`.
struct SampleForest {
  struct Agent {
    var person: Int32
    /// The sponsor's index; −1 for a root, and for one who has left.
    var sponsor: Int32 = -1
    var firstRecruit: Int32 = -1
    var next: Int32 = -1
    var previous: Int32 = -1
    var active = true
  }

  let levelLimit: Int
  private(set) var agents: [Agent] = []
  /// Those who have left and not come back.
  private(set) var leavers: [Int] = []

  init(levelLimit: Int) {
    self.levelLimit = levelLimit
  }

  /// The level from the root, which has 1; costs a step a level.
  func level(of agent: Int) -> Int {
    var level = 1
    var above = Int(agents[agent].sponsor)
    while above >= 0 {
      level += 1
      above = Int(agents[above].sponsor)
    }
    return level
  }

  func isAboveOrSame(_ agent: Int, as other: Int) -> Bool {
    var above = other
    while above >= 0 {
      if above == agent { return true }
      above = Int(agents[above].sponsor)
    }
    return false
  }

  mutating func join(_ person: Int32, under sponsor: Int?) {
    agents.append(Agent(person: person))
    link(agents.count - 1, under: sponsor)
  }

  /// Takes the leaver at this place in `leavers` back.
  mutating func rejoin(leaver: Int, under sponsor: Int?) {
    let agent = leavers[leaver]
    leavers[leaver] = leavers[leavers.count - 1]
    leavers.removeLast()
    agents[agent].active = true
    link(agent, under: sponsor)
  }

  mutating func move(_ agent: Int, under sponsor: Int?) {
    unlink(agent)
    link(agent, under: sponsor)
  }

  /// Hands the agent's recruits to its sponsor, or makes them roots.
  mutating func leave(_ agent: Int) {
    let sponsor = agents[agent].sponsor < 0 ? nil : Int(agents[agent].sponsor)
    unlink(agent)
    var recruit = Int(agents[agent].firstRecruit)
    agents[agent].firstRecruit = -1
    while recruit >= 0 {
      let next = Int(agents[recruit].next)
      link(recruit, under: sponsor)
      recruit = next
    }
    agents[agent].active = false
    leavers.append(agent)
  }

  private mutating func link(_ agent: Int, under sponsor: Int?) {
    agents[agent].previous = -1
    agents[agent].next = -1
    agents[agent].sponsor = -1
    guard let sponsor else { return }
    let first = agents[sponsor].firstRecruit
    agents[agent].sponsor = Int32(sponsor)
    agents[agent].next = first
    if first >= 0 { agents[Int(first)].previous = Int32(agent) }
    agents[sponsor].firstRecruit = Int32(agent)
  }

  private mutating func unlink(_ agent: Int) {
    let (sponsor, next, previous) =
      (agents[agent].sponsor, agents[agent].next, agents[agent].previous)
    if next >= 0 { agents[Int(next)].previous = previous }
    if previous >= 0 {
      agents[Int(previous)].next = next
    } else if sponsor >= 0 {
      agents[Int(sponsor)].firstRecruit = next
    }
    agents[agent].sponsor = -1
  }
}
