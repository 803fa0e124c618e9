import Foundation
import JSON
import TestSupport
import Testing

@testable import EventLog
@testable import Ledger
@testable import Marketplace

/// After a commit that failed the state is what a fold of the log is, and nothing tells of the rest.
struct RollBackTests {
  private static let mapSize = 1 << 20

  private func json(_ id: String, _ type: String, _ data: String) -> String {
    #"{"id":"\#(id)","type":"\#(type)","data":{\#(data)}}"#
  }

  private func shop(_ id: String) -> String {
    json(
      id,
      "OpenShop",
      #""shop":"\#(id)","owner":"o","name":"n","currency":"CNY","timeZone":"UTC""#
    )
  }

  private func product(_ id: String, price: Int = 1, story: Int = 0) -> String {
    json(
      id,
      "ListProduct",
      #""shop":"s","product":"\#(id)","title":"t","price":\#(price),"stock":9,"#
        + #""story":"\#(String(repeating: "s", count: story))""#
    )
  }

  /// More than the log has room for.
  private func tooMuch(_ name: String) -> [String] {
    (0..<60).map { product("\(name)-\($0)", story: 20_000) }
  }

  @Test func `a batch that failed leaves no time behind`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory) { $0.mapSize = Self.mapSize }
    for round in 0..<2 {
      let lost = await ledger.submit([shop("lost\(round)"), shop("s")] + tooMuch("x"))
      #expect(lost.allSatisfy { $0.unavailable != nil })
      // The clock stands still, so what was recorded last shows in what is recorded next.
      let kept = await ledger.submit(shop("kept\(round)"))
      #expect(kept.recordedAt == TestClock.start + Int64(round))
    }
    ledger.close()
  }

  /// Failing batches, batches decided over them, refusals, people and flushes, all at once.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `a state rolled back is what a fold of the log is`(seed: UInt64) async throws {
    let directory = try TestDirectory()
    var configuration = LedgerConfiguration(directory: directory.path)
    configuration.mapSize = Self.mapSize
    configuration.batchLimit = 6
    let gate = Gate()
    let ledger = try Ledger(
      configuration,
      logger: CollectedLog().logger,
      clock: {
        gate.pass()
        return TestClock.start
      },
      // A flush that is due waits for the commit, and nothing is decided meanwhile.
      flushEvents: seed % 2 == 0 ? 24 : 10_000
    )
    // While everything waits already, the next batch is decided before the last is committed.
    gate.shut()
    var random = SplitMix64(seed: seed)
    var commands = RandomCommands(seed: seed)
    var jobs: [PendingReceipts] = []
    var sent: [String: String] = [:]
    for number in 0..<150 {
      var texts: [String] = []
      for index in 0..<(1 + random.below(4)) {
        let (data, occurredAt) = commands.next()
        let command = CommandJSON(
          id: "c\(number)-\(index)",
          occurredAt: ClaimedTime(instant: occurredAt, offsetMinutes: 0),
          actor: random.oneIn(3) ? "actor\(number)" : nil,
          data: data
        )
        texts.append(command.spelled(&random))
        sent[command.id] = texts.last
      }
      let isTooMuch = random.oneIn(6)
      let once = shop("once\(number)")
      if isTooMuch { texts += [shop("s"), once] + tooMuch("lost\(number)") }
      jobs.append(await ledger.enqueue(texts.map { ArraySlice($0.utf8) }, peer: nil))
      guard isTooMuch else { continue }
      // A batch of nothing but repeats of what fails, decided meanwhile.
      sent["once\(number)"] = once
      let repeats = Array(repeating: ArraySlice(once.utf8), count: 6)
      jobs.append(await ledger.enqueue(repeats, peer: nil))
    }
    gate.open()
    var answered: [String: Receipt] = [:]
    var unavailable = 0
    for job in jobs {
      for receipt in await job.value() {
        guard receipt.unavailable == nil else {
          unavailable += 1
          continue
        }
        #expect(answered[receipt.id].map { $0.again == receipt.again } != false, "seed \(seed)")
        answered[receipt.id] = receipt
      }
    }
    #expect(unavailable > 0 && answered.count > 50, "seed \(seed)")
    let rollbacks = ledger.state.withLock { $0.rollbacks }
    #expect(rollbacks > 0, "seed \(seed)")
    try await expectFold(of: ledger, seed)

    // What was answered stands, whatever the batches before and after it came to.
    for (id, receipt) in answered {
      guard let text = sent[id] else { continue }
      #expect(await ledger.submit(text) == receipt.again, "seed \(seed)")
    }
    ledger.close()
  }

  /// Compares everything that decisions may read with a state that was folded from nothing.
  private func expectFold(of ledger: Ledger, _ seed: UInt64) async throws {
    try await ledger.settle()
    let directory = try TestDirectory()
    let store = try StateStore.open(directory: directory.path + "/state", log: ledger.log) { _ in }
    let fresh = State(log: ledger.log, store: store, flushEvents: .max)
    try fresh.withLock { try $0.replay { _ in } }
    func facts<Fact: Hashable & Sendable>(
      _ read: @Sendable (inout StateContents) throws -> Fact
    ) throws {
      let live = try ledger.state.withLock { try read(&$0) }
      let folded = try fresh.withLock { try read(&$0) }
      try #require(live == folded, "seed \(seed)")
    }
    try facts { $0.mark }
    try facts { $0.lastRecordedAt }
    try facts { $0.undurable.isEmpty }
    for record in try ledger.records() {
      let position = record.position
      try facts { try $0.product(at: position) }
      try facts { try $0.refunded(order: position).amount }
      try facts { try $0.shopFacts(at: position)?.owner }
      try facts { try $0.brandFacts(at: position)?.owner }
      if case .visitRecorded(let visit) = record.event {
        let shop = visit.shop.position
        try facts { try $0.lastVisit(of: visit.visitor, to: shop)?.visit }
      }
      if case .agentSignedUp(let event) = record.event {
        let key = AgentKey(brand: event.brand.position, person: event.agent)
        try facts { try $0.node(of: key) }
      }
      for newcomer in record.envelope.newPeople {
        let name = try #require(try ledger.log.person(newcomer.person.number)?.name)
        try facts { try $0.existingPerson(name)?.number }
      }
    }
    try store.close([])
  }

  /// The query has seen a price, and before it looks again others have taken the price's place.
  @Test func `a query tells nothing that was never durable`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    #expect(await ledger.submit([shop("s"), product("p")]).last?.positions == 2...2)
    let real = try #require(try ledger.records().last)
    var lost = real
    lost.envelope.position = 3
    lost.event = .priceChanged(
      PriceChanged(
        product: Reference(id: "p", position: 2),
        shop: Reference(id: "s", position: 1),
        from: 1,
        to: 999
      )
    )
    ledger.state.withLock { $0.undurable.begin(after: $0.mark) }
    try ledger.state.withLock { [lost] state in
      try state.apply(lost)
      state.undurable.last.records.append(lost)
    }
    let answer = Task { try JSONValue(parsing: await ledger.product("p", Freshness())) }
    // Time for it to see the price and to wait; without it the test proves nothing, and passes.
    try await Task.sleep(for: .milliseconds(100))
    try ledger.state.withLock { state in
      try state.rollBack()
      var kept = real
      kept.envelope.position = 3
      kept.envelope.commandID = "kept"
      kept.event = .policyAdopted(PolicyAdopted(policy: .initial))
      var batch = AppendBatch()
      batch.addRecord { kept.encode(into: &$0) }
      _ = try ledger.log.append(batch)
      try state.replay { _ in }
    }
    let found = try await answer.value
    #expect(found["price"]?.integer == 1)
    #expect(found["position"]?.integer == 3)
    ledger.close()
  }

  @Test func `a state that cannot be folded again is as of its base`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    _ = await ledger.submit([shop("s"), product("p")])
    var batch = AppendBatch()
    batch.add(record: [0xFF])
    _ = try ledger.log.append(batch)
    ledger.state.withLock { state in
      #expect(throws: (any Error).self) { try state.rollBack() }
      #expect(state.mark == state.base && state.recent.count == 0)
      #expect(state.recent.products.count == 0 && state.undurable.isEmpty)
    }
    ledger.close()
  }
}
