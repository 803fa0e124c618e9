import EventLog
import Foundation
import JSON
import Marketplace
import TestSupport
import Testing

@testable import Ledger

/// A log that can take no more refuses a batch whole, and nothing of it is to be seen.
struct FullLogTests {
  private static let mapSize = 1 << 20

  private func shop(_ id: String, owner: String, zone: String, currency: String) -> String {
    #"{"id":"open-\#(id)","type":"OpenShop","occurredAt":"2017-03-10T20:00:00Z","#
      + #""data":{"shop":"\#(id)","owner":"\#(owner)","name":"n","currency":"\#(currency)","#
      + #""timeZone":"\#(zone)"}}"#
  }

  private func product(_ id: String, in shop: String, story: Int = 0) -> String {
    let story = String(repeating: "s", count: story)
    return #"{"id":"list-\#(id)","type":"ListProduct","occurredAt":"2017-03-10T20:00:00Z","#
      + #""data":{"shop":"\#(shop)","product":"\#(id)","title":"t","price":1,"stock":2,"#
      + #""story":"\#(story)"}}"#
  }

  private let refused = #"{"id":"r","type":"RetitleProduct","data":{"product":"x","title":"t"}}"#

  /// A shop in New York, a refusal, and more stories than the log has room for.
  private var tooMuch: [String] {
    [shop("late", owner: "newcomer", zone: "America/New_York", currency: "USD"), refused]
      + (0..<60).map { product("late-\($0)", in: "late", story: 20_000) }
  }

  @Test func `a batch that does not fit leaves nothing behind`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory) { $0.mapSize = Self.mapSize }
    let early = shop("early", owner: "o", zone: "UTC", currency: "CNY")
    let first = await ledger.submit(early)
    #expect(first.positions == 1...1)

    let receipts = await ledger.submit(tooMuch)
    #expect(receipts.count == 62)
    for receipt in receipts {
      let detail = try #require(receipt.unavailable)
      #expect(detail.contains("its map of 1048576 bytes is used up; reopen it with a larger one"))
    }
    #expect(ledger.log.head == 1)
    #expect(try ledger.log.refusalCount() == 0)
    #expect(try ledger.log.person(2) == nil)
    #expect(try ledger.log.text(at: 2) == nil)
    let (people, position, refusals) = ledger.state.withLock {
      ($0.mark.lastPerson, $0.mark.position, $0.mark.refusals)
    }
    #expect([people, position, refusals] == [1, 1, 0])
    await #expect(throws: QueryError.self) { try await ledger.shop("late", Freshness()) }
    await #expect(throws: QueryError.self) { try await ledger.receipt(of: "open-late") }
    await #expect(throws: QueryError.self) { try await ledger.receipt(of: "r") }

    // Reading goes on, and what was answered stands.
    let answer = try JSONValue(parsing: await ledger.shop("early", Freshness(after: 1)))
    #expect(answer["shop"]?.string == "early")
    #expect(await ledger.submit(early) == first.again)
    ledger.close()
  }

  @Test func `without a slot to read by nothing is taken, and with one it goes on`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory) { _ in }
    let early = shop("early", owner: "o", zone: "UTC", currency: "CNY")
    let first = await ledger.submit(early)

    var held: [LogSnapshot] = []
    while let snapshot = try? ledger.log.snapshot() { held.append(snapshot) }
    #expect(held.count > 400)
    let late = shop("late", owner: "o", zone: "UTC", currency: "CNY")
    let detail = try #require(await ledger.submit(late).unavailable)
    #expect(detail.contains("Every reader slot is taken"))
    await #expect(throws: (any Error).self) { try await ledger.shop("early", Freshness()) }

    held = []
    #expect(await ledger.submit(late).positions == 2...2)
    #expect(await ledger.submit(early) == first.again)
    let answer = try JSONValue(parsing: await ledger.shop("early", Freshness(after: 1)))
    #expect(answer["shop"]?.string == "early")
    ledger.close()
  }

  @Test func `what takes the place of a batch that did not fit is not mixed up with it`()
    async throws
  {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory) { $0.mapSize = Self.mapSize }
    let brands = (0..<2).map { number in
      #"{"id":"b\#(number)","type":"RegisterBrand","occurredAt":"2017-03-10T20:00:00Z","#
        + #""data":{"brand":"b\#(number)","owner":"o","name":"n","levelLimit":\#(number + 1),"#
        + #""timeZone":"\#(number == 0 ? "America/New_York" : "Asia/Shanghai")"}}"#
    }
    func signUp(_ brand: String) -> String {
      #"{"id":"a-\#(brand)","type":"SignUpAgent","occurredAt":"2017-03-10T20:00:00Z","#
        + #""data":{"agent":"a","brand":"\#(brand)"}}"#
    }
    let shopLost = await ledger.submit(tooMuch)
    #expect(shopLost[0].unavailable != nil)
    let shopKept = await ledger.submit([
      shop("kept", owner: "o", zone: "Asia/Shanghai", currency: "CNY"), product("p", in: "kept"),
    ])
    #expect(shopKept.map(\.positions) == [1...1, 2...2])
    let brandLost = await ledger.submit([brands[0], signUp("b0")] + tooMuch)
    #expect(brandLost[0].unavailable != nil)
    let brandKept = await ledger.submit([brands[1], signUp("b1")])
    #expect(brandKept.map(\.positions) == [3...3, 4...4])

    let records = try ledger.records()
    let days = records.map { Timestamp.dayText($0.envelope.localDay) }
    #expect(days == .init(repeating: "2017-03-11", count: 4))
    guard case .productListed(let listed) = records[1].event,
      case .agentSignedUp(let agent) = records[3].event
    else {
      Issue.record("\(records[1].event) and \(records[3].event)")
      return
    }
    #expect(listed.shop == Reference(id: "kept", position: 1))
    #expect(listed.currency == "CNY")
    #expect(try ledger.log.person(listed.seller.number)?.name == "o")
    #expect(agent.brand == Reference(id: "b1", position: 3))
    ledger.close()
  }

  /// Deciding runs ahead of committing, so a batch that fails may have others decided over it.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `batches decided over one that failed are decided anew`(seed: UInt64) async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory) {
      $0.mapSize = Self.mapSize
      $0.batchLimit = 4
    }
    #expect(
      await ledger.submit(shop("s", owner: "o", zone: "UTC", currency: "CNY")).positions == 1...1
    )
    var random = SplitMix64(seed: seed)
    var jobs: [PendingReceipts] = []
    for number in 0..<60 {
      // Too large now and then, and each time a product that the next jobs may sell.
      let story = random.oneIn(4) ? 20_000 : 0
      let count = story > 0 ? 60 : 2
      var commands = (0..<count).map { product("p\(number)-\($0)", in: "s", story: story) }
      let earlier = random.below(number + 1)
      commands.append(
        #"{"id":"o\#(number)","type":"Purchase","data":{"order":"o\#(number)","#
          + #""product":"p\#(earlier)-0","buyer":"b\#(random.below(9))","quantity":1,"price":1}}"#
      )
      jobs.append(await ledger.enqueue(commands.map { ArraySlice($0.utf8) }, peer: nil))
    }
    var accepted: [Position: String] = [1: "open-s"]
    var unavailable = 0
    for job in jobs {
      for receipt in await job.value() {
        if let position = receipt.positions?.lowerBound { accepted[position] = receipt.id }
        unavailable += receipt.unavailable == nil ? 0 : 1
      }
    }
    #expect(unavailable > 0, "seed \(seed)")
    let records = try ledger.records()
    #expect(records.map(\.position) == (1...UInt64(records.count)).map { $0 }, "seed \(seed)")
    let recorded = Dictionary(
      uniqueKeysWithValues: records.map { ($0.position, $0.envelope.commandID) }
    )
    #expect(recorded == accepted, "seed \(seed)")
    // Every order is of a product whose listing is in the log before it.
    for record in records {
      guard case .productPurchased(let order) = record.event else { continue }
      guard case .productListed(let listed) = records[Int(order.product.position) - 1].event else {
        Issue.record("seed \(seed): \(order) is of no product")
        continue
      }
      #expect(listed.product == order.product.id && order.product.position < record.position)
    }
    ledger.close()
  }

  @Test func `opened with a larger map, the log goes on where it ended`() async throws {
    let directory = try TestDirectory()
    var ledger = try Ledger.open(directory) { $0.mapSize = Self.mapSize }
    var accepted = [await ledger.submit(shop("early", owner: "o", zone: "UTC", currency: "CNY"))]
    var number = 0
    while true {
      let receipt = await ledger.submit(product("p\(number)", in: "early", story: 20_000))
      guard receipt.unavailable == nil else { break }
      accepted.append(receipt)
      number += 1
      try #require(number < 100)
    }
    #expect(accepted.map { $0.positions?.lowerBound } == (1...UInt64(accepted.count)).map { $0 })
    ledger.close()

    ledger = try Ledger.open(directory) { $0.mapSize = 64 * Self.mapSize }
    let head = UInt64(accepted.count)
    #expect(ledger.log.head == head)
    let again = product("p\(number)", in: "early", story: 20_000)
    let receipts = await ledger.submit([again] + tooMuch)
    #expect(receipts.map(\.repeated) == .init(repeating: false, count: 63))
    #expect(receipts[0].positions == head + 1...head + 1)
    #expect(receipts[1].positions == head + 2...head + 2)
    #expect(receipts[2].rejection == .unknownProduct)
    #expect(receipts[62].positions == head + 62...head + 62)
    ledger.close()
  }
}
