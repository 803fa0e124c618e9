import EventLog
import Marketplace
import TestSupport
import Testing

@testable import Ledger

/// The same command is answered once, however often and in whatever spelling it comes.
struct ReceiptTests {
  private let policy = #"{"id":"p","type":"AdoptPolicy","data":{"impulseMinutes":5}}"#
  private let otherPolicy = #"{"id":"p","type":"AdoptPolicy","data":{"impulseMinutes":6}}"#
  private let refused = #"{"id":"r","type":"RetitleProduct","data":{"product":"x","title":"t"}}"#
  private let otherRefused =
    #"{"id":"r","type":"RetitleProduct","data":{"product":"x","title":"u"}}"#

  private func accepted(_ id: String, _ position: Position, at time: Microseconds) -> Receipt {
    Receipt(id: id, outcome: .accepted(first: position, last: position, recordedAt: time))
  }

  // MARK: Repeats

  /// What comes between the first answer and the second.
  enum Between: CaseIterable {
    case nothing
    case aCommit
    case aFlush
    case aRestart
    case aRebuiltState
  }

  @Test(arguments: Between.allCases)
  func `the same id and content get the first answer, and other content none`(
    between: Between
  ) async throws {
    var directory = try TestDirectory()
    let clock = TestClock()
    var ledger = try Ledger.open(directory, clock: clock, flushEvents: between == .aFlush ? 1 : 99)
    let shop =
      #"{"id":"s","type":"OpenShop","data":"#
      + #"{"shop":"s1","owner":"o","name":"n","currency":"CNY","timeZone":"UTC"}}"#
    let first: [Receipt]
    let second: [Receipt]
    let wanted = [policy, refused, otherPolicy, otherRefused]
    if between == .nothing {
      let all = await ledger.submit([policy, refused] + wanted)
      first = Array(all[..<2])
      second = Array(all[2...])
    } else {
      first = await ledger.submit([policy, refused])
      clock.now += 1_000_000
      #expect(await ledger.submit(shop).positions == 2...2)
      switch between {
      case .nothing, .aCommit: break
      case .aFlush:
        try await ledger.settle()
        #expect(ledger.state.withLock { $0.recent.events } == 0)
      case .aRestart:
        ledger.close()
        ledger = try Ledger.open(directory, clock: clock)
      case .aRebuiltState:
        try await ledger.settle()
        let copy = try directory.copy(marked: false)
        ledger.close()
        directory = copy
        ledger = try Ledger.open(directory, clock: clock)
      }
      second = await ledger.submit(wanted)
    }
    #expect(first[0] == accepted("p", 1, at: TestClock.start))
    #expect(first[1].rejection == .unknownProduct)
    #expect(Array(second[..<2]) == first.map(\.again))
    #expect(second[2...].map(\.rejection) == [.commandIdReused, .commandIdReused])
    #expect(second[2...].map(\.repeated) == [false, false])
    // A refused reuse is not what the id stands for from now on.
    #expect(await ledger.submit([policy, refused]) == first.map(\.again))
    #expect(ledger.log.head == (between == .nothing ? 1 : 2))
    ledger.close()
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `spelling, offset, actor and correlation are no content`(seed: UInt64) async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    var random = SplitMix64(seed: seed)
    let instant: Microseconds = 1_500_000_000_250_000
    var command = CommandJSON(
      id: "c",
      occurredAt: ClaimedTime(instant: instant, offsetMinutes: 480),
      data: OpenShop(
        shop: "s",
        owner: "o",
        name: "茶 \"and\" \\ tea 🍵",
        currency: "CNY",
        timeZone: "Asia/Shanghai"
      )
    )
    let first = await ledger.submit(command.spelled(&random))
    #expect(first == accepted("c", 1, at: TestClock.start))
    for offset in [0, -570, 345] as [Int32] {
      command.occurredAt?.offsetMinutes = offset
      command.actor = "a\(offset.magnitude)"
      command.correlation = "c\(offset.magnitude)"
      #expect(await ledger.submit(command.spelled(&random)) == first.again, "seed \(seed)")
    }
    command.occurredAt?.instant += 1
    #expect(await ledger.submit(command.spelled(&random)).rejection == .commandIdReused)
    command.occurredAt = nil
    #expect(await ledger.submit(command.spelled(&random)).rejection == .commandIdReused)
    ledger.close()
  }

  @Test func `a stream of refusals is flushed too`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory, flushEvents: 10)
    for number in 0..<100 {
      let id = #"{"id":"r\#(number)","type":"RetitleProduct","#
      let receipt = await ledger.submit(id + #""data":{"product":"x","title":"t"}}"#)
      #expect(receipt.rejection == .unknownProduct)
    }
    try await ledger.settle()
    #expect(ledger.state.withLock { $0.recent.ids.count } < 20)
    let again = await ledger.submit(
      #"{"id":"r7","type":"RetitleProduct","data":{"product":"x","title":"t"}}"#
    )
    #expect(again.repeated)
    ledger.close()
  }

  // MARK: Order

  @Test func `receipts keep the order of the commands, malformed ones among them`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    let receipts = await ledger.submit([
      "no JSON", policy, #"{"id":"m","type":"Nothing","data":{}}"#, refused, policy, "[]",
    ])
    #expect(receipts.map(\.id) == ["", "p", "m", "r", "p", ""])
    #expect(receipts.map(\.repeated) == [false, false, false, false, true, false])
    #expect(receipts[1].positions == 1...1)
    #expect(receipts[3].rejection == .unknownProduct)
    for index in [0, 2, 5] {
      guard case .malformed = receipts[index].outcome else {
        Issue.record("\(receipts[index]) is no malformed command")
        continue
      }
    }
    #expect(await ledger.submit([] as [String]) == [])
    #expect(await ledger.submit(["{", "}"]).map(\.id) == ["", ""])
    #expect(ledger.log.head == 1)
    ledger.close()
  }

  @Test func `many connections get each their own answers, and positions have no gap`() async throws
  {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory, flushEvents: 50) { $0.queueCapacity = 40 }
    let receipts = await withTaskGroup(of: [[Receipt]].self) { group in
      for connection in 0..<8 {
        group.addTask {
          var answers: [[Receipt]] = []
          for round in 0..<10 {
            let commands = (0..<7).map { number in
              let id = "b\(connection)-\(round)-\(number)"
              return #"{"id":"\#(id)","type":"RegisterBrand","#
                + #""data":{"brand":"\#(id)","owner":"o\#(connection)","name":"n"}}"#
            }
            answers.append(await ledger.submit(commands, peer: UInt32(connection)))
          }
          return answers
        }
      }
      return await group.reduce(into: []) { $0 += [$1] }
    }
    let positions = receipts.joined().joined().compactMap { $0.positions?.lowerBound }
    #expect(positions.sorted() == Array(1...560))
    let records = try ledger.records()
    for receipt in receipts.joined().joined() {
      let position = try #require(receipt.positions?.lowerBound)
      let record = records[Int(position) - 1]
      #expect(record.envelope.commandID == receipt.id)
      #expect(record.envelope.peer.map { receipt.id.hasPrefix("b\($0)-") } == true)
    }
    // Each connection's commands are decided in its order.
    for answers in receipts {
      let own = answers.joined().compactMap { $0.positions?.lowerBound }
      #expect(own == own.sorted())
    }
    ledger.close()
  }
}
