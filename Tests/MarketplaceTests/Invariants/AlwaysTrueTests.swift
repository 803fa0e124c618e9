import Marketplace
import TestSupport
import Testing

struct AlwaysTrueTests {
  static let seeds: [UInt64] = Array(1...24)

  @Test(arguments: seeds)
  func `what is always true holds at every prefix of a random log`(seed: UInt64) {
    var commands = RandomCommands(seed: seed)
    var model = ModelMarketplace()
    var audit = LogAudit()
    for _ in 0..<1500 {
      let (command, occurredAt) = commands.next()
      let before = model
      switch model.run(command, at: occurredAt, actor: "clerk") {
      case .success(let records):
        for record in records { audit.take(record) }
      case .failure(let rejection):
        #expect(model == before, "\(command) was refused, \(rejection), and left a trace")
      }
    }
    #expect(audit.violation == nil)
  }

  @Test func `every reason to refuse a command turns up`() {
    var missing = Set(Rejection.Reason.allCases)
    // The ledger's, not the commands'.
    missing.subtract([.commandIdReused, .occurredInFuture, .occurredTooEarly])
    var events: Set<String> = []
    for seed in Self.seeds {
      var commands = RandomCommands(seed: seed)
      var model = ModelMarketplace()
      for _ in 0..<1500 {
        let (command, occurredAt) = commands.next()
        switch model.run(command, at: occurredAt) {
        case .success(let records): events.formUnion(records.map(\.event.type))
        case .failure(let rejection): missing.remove(rejection.reason)
        }
      }
    }
    #expect(missing == [])
    #expect(events.count == 16)
  }

  @Test func `the rare turns of the mode rule turn up`() {
    var turns: [String: Int] = [:]
    for seed in Self.seeds {
      var commands = RandomCommands(seed: seed)
      var model = ModelMarketplace()
      for _ in 0..<1500 {
        let (command, occurredAt) = commands.next()
        model.run(command, at: occurredAt)
      }
      for case .productPurchased(let order) in model.records.map(\.event) {
        turns["\(order.attribution.mode.name)", default: 0] += 1
        if order.halo { turns["halo", default: 0] += 1 }
        if order.selfShare { turns["selfShare", default: 0] += 1 }
        if order.impulse { turns["impulse", default: 0] += 1 }
        if order.attribution.visit != nil { turns["by visit", default: 0] += 1 }
        if order.attribution.shareDepth > 2 { turns["deep", default: 0] += 1 }
        if order.policy > 0 { turns["policy", default: 0] += 1 }
      }
    }
    #expect(turns.count == 10, "\(turns)")
    #expect(turns.values.allSatisfy { $0 >= 10 }, "\(turns)")
  }

  @Test func `a seed gives the same log again`() {
    func log(_ seed: UInt64) -> [Record] {
      var commands = RandomCommands(seed: seed)
      var model = ModelMarketplace()
      for _ in 0..<500 {
        let (command, occurredAt) = commands.next()
        model.run(command, at: occurredAt)
      }
      return model.records
    }
    #expect(log(7) == log(7))
    #expect(log(7) != log(8))
  }
}
