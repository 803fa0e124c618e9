import EventLog
import JSON
import TestSupport
import Testing

@testable import Ledger
@testable import Marketplace

/// What another policy would have given, against a model that looks at every event again and again.
struct WhatIfTests {
  private func ledger(seed: UInt64, in directory: TestDirectory) async throws -> Ledger {
    let ledger = try Ledger.open(directory)
    var random = SplitMix64(seed: seed)
    var commands = RandomCommands(seed: seed)
    for number in 0..<900 {
      let (data, occurredAt) = commands.next()
      let command = CommandJSON(
        id: "c\(number)",
        occurredAt: ClaimedTime(instant: occurredAt, offsetMinutes: 0),
        data: data
      )
      _ = await ledger.submit(command.spelled(&random))
    }
    return ledger
  }

  private func replayed(_ overrides: AdoptPolicy, of ledger: Ledger) throws -> WhatIf {
    var replay = try WhatIf(overrides, over: ledger.log)
    while try replay.advance() {}
    return replay
  }

  @Test(arguments: [31, 32, 33] as [UInt64])
  func `under the policy that was in force nothing differs`(seed: UInt64) async throws {
    let directory = try TestDirectory()
    let ledger = try await ledger(seed: seed, in: directory)
    defer { ledger.close() }
    let answer = try JSONValue(parsing: await ledger.whatIf(AdoptPolicy(), limit: 100))
    #expect(answer["position"] == .integer(Int64(ledger.log.head)))
    #expect((answer["orders"]?.integer ?? 0) > 50, "seed \(seed)")
    for name in ["ordersChanged", "shopsChanged", "sharersChanged", "agentsChanged"] {
      #expect(answer[name] == .integer(0), "seed \(seed)")
    }
    for modes in answer["modes"]?.array ?? [] {
      #expect(modes["recorded"] == modes["instead"], "seed \(seed)")
    }
  }

  @Test(
    arguments: [31, 32, 33] as [UInt64],
    [
      AdoptPolicy(attributionWindowDays: 0), AdoptPolicy(attributionWindowDays: 3650),
      AdoptPolicy(impulseMinutes: 0), AdoptPolicy(attributionWindowDays: 1, impulseMinutes: 10_080),
      AdoptPolicy(thresholdLevels: 1, thresholdHeadcount: 1), AdoptPolicy(thresholdLevels: 2),
    ]
  )
  func `another policy gives what a slow model gives`(
    seed: UInt64,
    overrides: AdoptPolicy
  ) async throws {
    let directory = try TestDirectory()
    let ledger = try await ledger(seed: seed, in: directory)
    defer { ledger.close() }
    let head = ledger.log.head
    let replay = try replayed(overrides, of: ledger)
    let model = SlowWhatIf(try ledger.records(), overrides)
    #expect(replay.orders == model.orders && replay.ordersChanged == model.ordersChanged)
    #expect(model.ordersChanged > 0 || overrides.attributionWindowDays == nil, "seed \(seed)")
    for (currency, modes) in model.instead {
      for mode in Mode.allCases {
        let expected = modes[mode] ?? OrderSums()
        #expect(replay.modes[currency]?.instead[mode] == expected, "seed \(seed), \(mode)")
        let recorded = model.recorded[currency]?[mode] ?? OrderSums()
        #expect(replay.modes[currency]?.recorded[mode] == recorded, "seed \(seed), \(mode)")
      }
    }
    #expect(replay.modes.values.reduce(0) { $0 + $1.instead.impulseOrders } == model.impulseOrders)
    #expect(replay.shops.mapValues(\.ordersChanged).filter { $0.value > 0 } == model.shopsChanged)
    let credits = replay.sharers.mapValues(\.gross).filter { $0.value != 0 }
    #expect(credits == model.credits.filter { $0.value != 0 }, "seed \(seed)")

    let answer = try JSONValue(parsing: await ledger.whatIf(overrides, limit: 1000))
    #expect(answer["agentsOverThreshold"]?["recorded"] == .integer(Int64(model.marked)))
    #expect(answer["agentsOverThreshold"]?["instead"] == .integer(Int64(model.markedInstead)))
    #expect(ledger.log.head == head)
  }

  @Test func `a policy that cannot be is refused`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    defer { ledger.close() }
    await #expect(throws: QueryError.self) {
      try await ledger.whatIf(AdoptPolicy(thresholdLevels: 0), limit: 1)
    }
  }
}

/// The same figures with no index and no memory: for each purchase it reads back from the start.
private struct SlowWhatIf {
  var orders = 0
  var ordersChanged = 0
  var impulseOrders = 0
  var recorded: [String: [Mode: OrderSums]] = [:]
  var instead: [String: [Mode: OrderSums]] = [:]
  var shopsChanged: [Position: Int] = [:]
  var credits: [SharerKey: Int128] = [:]
  var marked = 0
  var markedInstead = 0
  private let records: [Record]

  init(_ records: [Record], _ overrides: AdoptPolicy) {
    self.records = records
    var policy = Policy.initial
    var agencies: [String: SlowAgency] = [:]
    for (index, record) in records.enumerated() {
      switch record.event {
      case .policyAdopted(let event): policy = event.policy
      case .agentSignedUp(let event):
        agencies[event.brand.id, default: SlowAgency()].apply(record.event, at: record.position)
      case .agentReparented(let event):
        agencies[event.brand.id, default: SlowAgency()].apply(record.event, at: record.position)
      case .agentLeft(let event):
        agencies[event.brand.id, default: SlowAgency()].apply(record.event, at: record.position)
      case .productPurchased(let event):
        take(event, record.envelope.occurredAt, index, changed(policy, overrides))
      default: break
      }
    }
    let other = changed(policy, overrides)
    for agency in agencies.values {
      for person in agency.active {
        let members = agency.members(of: person)
        let people = Int(members.reduce(0, +))
        if members.count >= policy.thresholdLevels, people >= policy.thresholdHeadcount {
          marked += 1
        }
        if members.count >= other.thresholdLevels, people >= other.thresholdHeadcount {
          markedInstead += 1
        }
      }
    }
  }

  private func changed(_ policy: Policy, _ overrides: AdoptPolicy) -> Policy {
    Policy(
      attributionWindowDays: overrides.attributionWindowDays.map(Int32.init)
        ?? policy.attributionWindowDays,
      thresholdLevels: overrides.thresholdLevels.map(Int32.init) ?? policy.thresholdLevels,
      thresholdHeadcount: overrides.thresholdHeadcount.map(Int32.init)
        ?? policy.thresholdHeadcount,
      impulseMinutes: overrides.impulseMinutes.map(Int32.init) ?? policy.impulseMinutes
    )
  }

  private mutating func take(
    _ event: ProductPurchased,
    _ at: Microseconds,
    _ index: Int,
    _ policy: Policy
  ) {
    orders += 1
    let before = records[..<index]
    // The buyer's last recorded visit to the shop, and how long ago it was.
    var visit: (record: Record, event: VisitRecorded)?
    for record in before {
      if case .visitRecorded(let found) = record.event, found.visitor == event.buyer,
        found.shop == event.shop
      {
        visit = (record, found)
      }
    }
    let ago = visit.map { at - $0.record.envelope.occurredAt }
    var mode = event.attribution.mode
    var sharer = event.creditedSharer
    var differs = false
    if event.entry == nil {
      // The window's both ends count.
      let isIn = ago.map { $0 >= 0 && $0 <= Int64(policy.attributionWindowDays) * 86_400_000_000 }
      let source = isIn == true ? visit?.event : nil
      mode = source?.attribution.mode ?? .unknown
      sharer = nil
      if let share = source?.attribution.share,
        case .productShared(let shared) = records[Int(share.position) - 1].event,
        shared.sharer != event.buyer
      {
        sharer = shared.sharer
      }
      differs = source?.visit != event.attribution.visit?.id
    }
    let isSoon = ago.map { $0 >= 0 && $0 <= Int64(policy.impulseMinutes) * 60_000_000 } ?? false
    let impulse = mode == .stroll && isSoon
    if impulse { impulseOrders += 1 }
    recorded[event.currency, default: [:]][event.attribution.mode, default: OrderSums()]
      .add(event.total)
    instead[event.currency, default: [:]][mode, default: OrderSums()].add(event.total)
    guard differs || impulse != event.impulse else { return }
    ordersChanged += 1
    shopsChanged[event.shop.position, default: 0] += 1
    guard sharer != event.creditedSharer else { return }
    for (person, sign) in [(event.creditedSharer, -1), (sharer, 1)] {
      guard let person else { continue }
      let key = SharerKey(sharer: person, currency: event.currency)
      credits[key, default: 0] += Int128(sign) * Int128(event.total)
    }
  }
}
