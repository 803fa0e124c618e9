import JSON
import TestSupport
import Testing

@testable import Marketplace
@testable import Projectors

@Suite struct PeopleTests {
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `the same rows come from any split into batches`(seed: UInt64) throws {
    let records = RandomMarket(seed: seed, count: 500).records
    var random = SeededRandom(seed)
    let whole = try MemoryRows(folding: records, by: PeopleProjector.self)
    let single = try MemoryRows(folding: records, by: PeopleProjector.self) { _ in true }
    let split = try MemoryRows(folding: records, by: PeopleProjector.self) { _ in
      Int.random(in: 0..<20, using: &random) == 0
    }
    #expect(single == whole)
    #expect(split == whole)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `what a person did is what the events say`(seed: UInt64) throws {
    let records = RandomMarket(seed: seed, count: 600).records
    let rows = try MemoryRows(folding: records, by: PeopleProjector.self) {
      $0.position % 100 == 0
    }
    let log = TestLog(records)
    for number in [1, 2, 3, 65_535, 65_536, 70_000_000_000, 99] as [UInt64] {
      let answer = try PersonAnswer.answer(
        person: Person(number),
        position: 600,
        rows: rows,
        log: log
      )
      #expect(answer == counted(Person(number), records))
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `a share tells its chain and what came from it`(seed: UInt64) throws {
    let records = RandomMarket(seed: seed, count: 600).records
    let rows = try MemoryRows(folding: records, by: PeopleProjector.self) {
      $0.position % 100 == 0
    }
    let log = TestLog(records)
    var depths: Set<Int> = []
    for record in records {
      guard case .productShared(let share) = record.event else { continue }
      let answer = try ShareAnswer.answer(
        share: record.position,
        position: 600,
        rows: rows,
        log: log
      )
      #expect(answer == counted(share, record, records))
      depths.insert(answer.chain.count)
    }
    #expect(depths.count > 1, "the seed gave no chain of shares")
  }

  @Test func `a person and a share are written as the interface says`() throws {
    var person = PersonAnswer(
      person: "u1",
      position: 9,
      shares: 3,
      credits: ["JPY": Sales(orders: 1, gross: 7), "CNY": Sales(orders: 2, gross: 500)],
      buyers: 2,
      agencies: [.init(brand: "b1", isActive: false, joinedAt: "1970-01-01T00:00:00Z")],
      shops: ["s1", "s2"],
      brands: ["b2"]
    )
    #expect(
      text(person.write)
        == #"{"person":"u1","position":9,"sharer":{"shares":3,"orders":3,"#
        + #""gross":{"CNY":500,"JPY":7},"buyers":2},"#
        + #""agencies":[{"brand":"b1","active":false,"joinedAt":"1970-01-01T00:00:00Z"}],"#
        + #""shops":["s1","s2"],"brands":["b2"]}"#
    )
    person.credits = [:]
    (person.agencies, person.shops, person.brands) = ([], [], [])
    #expect(
      text(person.write)
        == #"{"person":"u1","position":9,"sharer":{"shares":3,"orders":0,"gross":{},"buyers":2},"#
        + #""agencies":[],"shops":[],"brands":[]}"#
    )
    var share = ShareAnswer(
      share: "g2",
      position: 9,
      product: "p1",
      shop: "s1",
      brand: "b1",
      sharer: "u1",
      sharedAt: "1970-01-01T00:00:00Z",
      depth: 2,
      scene: .circle,
      community: "mothers",
      chain: ["g1", "g2"],
      sales: Sales(orders: 1, gross: 250),
      units: 1,
      currency: "CNY",
      passedOn: 4
    )
    #expect(
      text(share.write)
        == #"{"share":"g2","position":9,"product":"p1","shop":"s1","brand":"b1","sharer":"u1","#
        + #""sharedAt":"1970-01-01T00:00:00Z","depth":2,"scene":"circle","community":"mothers","#
        + #""chain":["g1","g2"],"orders":1,"units":1,"gross":250,"currency":"CNY","passedOn":4}"#
    )
    (share.brand, share.scene, share.community) = (nil, .none, "")
    #expect(!text(share.write).contains(/brand|scene|community/))
  }

  @Test(arguments: ["CNY", "JPY", "X"])
  func `a currency's code survives its number`(code: String) {
    #expect(CreditCurrency.code(CreditCurrency.number(code)) == code)
  }

  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter()
    write(&json)
    return json.text
  }

  private func counted(_ person: Person, _ records: [Record]) -> PersonAnswer {
    var answer = PersonAnswer(
      person: "p\(person.number)",
      position: 600,
      shares: 0,
      credits: [:],
      buyers: 0,
      agencies: [],
      shops: [],
      brands: []
    )
    var buyers: Set<Person> = []
    var brands: [Reference: PersonAnswer.Agency] = [:]
    for record in records {
      let time = Timestamp.text(record.envelope.occurredAt)
      switch record.event {
      case .productShared(let event) where event.sharer == person:
        answer.shares += 1
      case .productPurchased(let event) where event.creditedSharer == person:
        answer.credits[event.currency, default: Sales()].orders += 1
        answer.credits[event.currency, default: Sales()].gross += Int128(event.total)
        buyers.insert(event.buyer)
      case .agentSignedUp(let event) where event.agent == person:
        brands[event.brand] = .init(brand: event.brand.id, isActive: true, joinedAt: time)
      case .agentLeft(let event) where event.agent == person:
        brands[event.brand]?.isActive = false
      case .shopOpened(let event) where event.owner == person:
        answer.shops.append(event.shop)
      case .brandRegistered(let event) where event.owner == person:
        answer.brands.append(event.brand)
      default:
        break
      }
    }
    answer.buyers = buyers.count
    answer.agencies = brands.sorted { $0.key.position < $1.key.position }.map(\.value)
    return answer
  }

  private func counted(_ share: ProductShared, _ record: Record, _ records: [Record]) -> ShareAnswer
  {
    let shares: [ProductShared] = records.compactMap {
      if case .productShared(let event) = $0.event { event } else { nil }
    }
    var chain = [share]
    while let via = chain[0].via, let parent = shares.first(where: { $0.share == via.id }) {
      chain.insert(parent, at: 0)
    }
    let orders: [ProductPurchased] = records.compactMap {
      guard case .productPurchased(let event) = $0.event else { return nil }
      return event.attribution.share?.id == share.share ? event : nil
    }
    return ShareAnswer(
      share: share.share,
      position: 600,
      product: share.product.id,
      shop: share.shop.id,
      brand: nil,
      sharer: "p\(share.sharer.number)",
      sharedAt: Timestamp.text(record.envelope.occurredAt),
      depth: UInt32(chain.count),
      scene: share.scene,
      community: share.community,
      chain: chain.map(\.share),
      sales: Sales(
        orders: UInt64(orders.count),
        gross: orders.reduce(0) { $0 + Int128($1.total) }
      ),
      units: orders.reduce(0) { $0 + Int128($1.quantity) },
      currency: share.shop.id == "s1" ? "JPY" : "CNY",
      passedOn: UInt64(shares.count { $0.via?.id == share.share })
    )
  }
}
