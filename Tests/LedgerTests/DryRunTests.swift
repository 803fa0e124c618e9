import EventLog
import JSON
import Marketplace
import TestSupport
import Testing

@testable import Ledger

/// A dry run says what sending the command then does, and does none of it.
struct DryRunTests {
  @Test(arguments: [11, 12, 13] as [UInt64])
  func `a dry run tells what the command then records`(seed: UInt64) async throws {
    let directory = try TestDirectory()
    let clock = TestClock()
    let ledger = try Ledger.open(directory, clock: clock, flushEvents: 100)
    defer { ledger.close() }
    var random = SplitMix64(seed: seed)
    var commands = RandomCommands(seed: seed)
    var agencies: [String: SlowAgency] = [:]
    var (policy, accepted, crossed, refused) = (Policy.initial, 0, 0, 0)
    for number in 0..<800 {
      var (data, occurredAt) = commands.next()
      // Thresholds that a few people reach, and not those at random, which hardly anybody does.
      if data is AdoptPolicy || number == 0 {
        data = AdoptPolicy(thresholdLevels: Int64(1 + random.below(2)), thresholdHeadcount: 2)
      }
      let command = CommandJSON(
        id: "c\(number)",
        occurredAt: random.oneIn(10) ? nil : ClaimedTime(instant: occurredAt, offsetMinutes: 480),
        actor: random.oneIn(4) ? "actor\(number)" : nil,
        correlation: random.oneIn(5) ? "flow" : nil,
        data: data
      )
      let text = command.spelled(&random)
      let before = (ledger.log.head, try ledger.log.refusalCount())
      let dry = try await ledger.dryRun(text)
      #expect(before == (ledger.log.head, try ledger.log.refusalCount()), "seed \(seed)")
      let receipt = await ledger.submit(text)
      #expect(!receipt.repeated)
      switch dry {
      case .receipt(let expected):
        refused += 1
        #expect(receipt == expected, "seed \(seed), command \(number)")
      case .accepted(let json):
        accepted += 1
        let answer = try JSONValue(parsing: json)
        let positions = try #require(receipt.positions, "seed \(seed), command \(number)")
        #expect(answer["position"] == .integer(Int64(positions.lowerBound) - 1))
        let recorded = try await recorded(positions, in: ledger)
        #expect(answer["events"]?.array == recorded, "seed \(seed), command \(number)")
        let crossings = try crossings(
          of: ledger.records(after: positions.lowerBound - 1),
          &agencies,
          &policy,
          ledger
        )
        crossed += crossings.count
        #expect(answer["crossings"]?.array == crossings, "seed \(seed), command \(number)")
      }
    }
    #expect(accepted > 200 && refused > 200 && crossed > 1, "seed \(seed): \(crossed)")
  }

  /// The events as `/v1/events` has them, without what only recording gives.
  private func recorded(
    _ positions: ClosedRange<Position>,
    in ledger: Ledger
  ) async throws -> [JSONValue] {
    var events: [JSONValue] = []
    for position in positions {
      let event = try JSONValue(parsing: await ledger.event(at: position))
      let given: Set = ["position", "recordedAt", "causation"]
      events.append(.object((event.members ?? []).filter { !given.contains($0.name) }))
    }
    return events
  }

  /// Who newly reaches both thresholds, counted anew from nothing but sponsors.
  private func crossings(
    of records: [Record],
    _ agencies: inout [String: SlowAgency],
    _ policy: inout Policy,
    _ ledger: Ledger
  ) throws -> [JSONValue] {
    if case .policyAdopted(let event) = records[0].event { policy = event.policy }
    guard let brand = records[0].event.agencyBrand else { return [] }
    let before = agencies[brand] ?? SlowAgency()
    var after = before
    for record in records { after.apply(record.event, at: record.position) }
    agencies[brand] = after
    func size(_ person: Person, _ agency: SlowAgency) -> (levels: Int, headcount: Int, is: Bool) {
      let members = agency.members(of: person)
      let people = Int(members.reduce(0, +))
      let isOver = members.count >= policy.thresholdLevels && people >= policy.thresholdHeadcount
      return (members.count, people, isOver)
    }
    return try after.active.compactMap { person in
      let (old, new) = (size(person, before), size(person, after))
      guard new.is, !old.is else { return nil }
      return .object([
        .init("brand", .string(brand)),
        .init("agent", .string(try LedgerLog(log: ledger.log).name(of: person))),
        .init("levels", .integer(Int64(new.levels))),
        .init("headcount", .integer(Int64(new.headcount))),
        .init("levelsBefore", .integer(Int64(old.levels))),
        .init("headcountBefore", .integer(Int64(old.headcount))),
      ])
    }
  }

  @Test func `a command sent before is answered as then, and its id is not to be reused`()
    async throws
  {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    defer { ledger.close() }
    let shop = open("s")
    let receipt = await ledger.submit(shop)
    let refused = await ledger.submit(#"{"id":"r","type":"ChangePrice","data":"# + price)
    #expect(try await ledger.dryRun(shop).receipt == receipt.again)
    let again = try await ledger.dryRun(#"{"id":"r","type":"ChangePrice","data":"# + price)
    #expect(again.receipt == refused.again)
    let other = try await ledger.dryRun(#"{"id":"open-s","type":"ChangePrice","data":"# + price)
    #expect(other.receipt?.rejection == .commandIdReused)
    let malformed = try await ledger.dryRun(#"{"id":"m","type":"Nothing","data":{}}"#)
    guard case .malformed = malformed.receipt?.outcome else {
      Issue.record("\(malformed)")
      return
    }
  }

  /// A batch that was decided and could not be committed never was, for a dry run neither.
  @Test func `a dry run sees nothing that does not become durable`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory) { $0.mapSize = 1 << 20 }
    defer { ledger.close() }
    let story = String(repeating: "s", count: 20_000)
    for round in 0..<20 {
      // More than the log has room for.
      let lost =
        [open("s")]
        + (0..<60).map { product("p\(round)-\($0)", story: story) }
      let batch = await ledger.enqueue(lost.map { ArraySlice($0.utf8) }, peer: nil)
      for _ in 0..<10 {
        let dry = try await ledger.dryRun(product("q", story: "s"))
        #expect(dry.receipt?.rejection == .unknownShop)
      }
      #expect(await batch.value().allSatisfy { $0.unavailable != nil })
    }
    #expect(ledger.log.head == 0)
  }

  private let price = #"{"product":"x","price":1}}"#

  private func open(_ shop: String) -> String {
    #"{"id":"open-\#(shop)","type":"OpenShop","data":{"shop":"\#(shop)","owner":"o","name":"n","#
      + #""currency":"CNY","timeZone":"UTC"}}"#
  }

  private func product(_ id: String, story: String) -> String {
    #"{"id":"\#(id)","type":"ListProduct","data":{"shop":"s","product":"\#(id)","title":"t","#
      + #""price":1,"stock":9,"story":"\#(story)"}}"#
  }
}

extension Ledger {
  func dryRun(_ text: String) async throws -> DryRunAnswer {
    var reader = reader(peer: nil)
    reader.read(ArraySlice(text.utf8))
    return try await dryRun(reader.take())
  }
}

extension DryRunAnswer {
  fileprivate var receipt: Receipt? {
    if case .receipt(let receipt) = self { receipt } else { nil }
  }
}

extension Event {
  /// The brand whose forest the event changes.
  fileprivate var agencyBrand: String? {
    switch self {
    case .agentSignedUp(let event): event.brand.id
    case .agentReparented(let event): event.brand.id
    case .agentLeft(let event): event.brand.id
    default: nil
    }
  }
}
