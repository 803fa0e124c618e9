import Crypto
import EventLog
import Foundation
import Ledger
import Testing

@testable import Marketplace

/// Logs whose tree is sound and whose records contradict each other, as no ledger writes them.
@Suite struct RecordCheckTests {
  private let directory = StoppedDirectory()

  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout [Record]) -> Void
    var findings: [Finding]
  }

  private static func finding(_ position: UInt64, _ detail: String) -> Finding {
    Finding(check: "records", position: position, detail: detail)
  }

  static let cases = [
    Case(testDescription: "nothing changed", change: { _ in }, findings: []),
    Case(
      testDescription: "another position",
      change: { $0[1].envelope.position = 9 },
      findings: [finding(2, "the record says that it is event 9")]
    ),
    Case(
      testDescription: "recorded at the same time",
      change: { $0[2].envelope.recordedAt = $0[1].envelope.recordedAt },
      findings: [finding(3, "it was recorded no later than the event before")]
    ),
    Case(
      testDescription: "beyond its command",
      change: {
        $0[3].envelope.commandEvent = 1
        $0[3].envelope.commandEvents = 1
      },
      findings: [
        finding(4, "the record says that it is event 1 of 1 of its command"),
        finding(4, "the events of the command before or of its own are not together"),
      ]
    ),
    Case(
      testDescription: "a command within a command",
      change: { $0[1].envelope.commandID = "other" },
      findings: [
        finding(2, "the events of the command before or of its own are not together")
      ]
    ),
    Case(
      testDescription: "a command cut short",
      change: { $0[3].envelope.commandEvents = 2 },
      findings: [finding(4, "the log ends within the command c4")]
    ),
    Case(
      testDescription: "a person's number left out",
      change: { $0[0].envelope.newPeople[1].person = Person(5) },
      findings: [
        Finding(check: "people", position: 1, detail: "person 5 is new where 2 comes next"),
        Finding(check: "people", position: nil, detail: "no readable record names person 2"),
        Finding(check: "people", position: 1, detail: "the name of person 5 is forgotten or lost"),
      ]
    ),
  ]

  @Test(arguments: cases)
  func `what contradicts is named by its event`(_ example: Case) throws {
    var records = try Self.history()
    example.change(&records)
    try write(records)
    var findings: [Finding] = []
    let verification = Verification(LedgerConfiguration(directory: directory.path)) { _, _, _ in
    } found: {
      findings.append($0)
    }
    _ = try verification.run()
    #expect(findings == example.findings)
  }

  /// A command of two events with two new people, then two commands of one.
  private static func history() throws -> [Record] {
    let people = ["ann", "bob"].enumerated().map { index, name in
      NewPerson(person: Person(UInt64(index) + 1), nameHash: Array(SHA256.hash(data: salted(name))))
    }
    return (1...4).map { position in
      let isSecond = position == 2
      return Record(
        envelope: Envelope(
          position: UInt64(position),
          recordedAt: Int64(position) * 1000,
          occurredAt: 0,
          localDay: 0,
          commandID: isSecond ? "c1" : "c\(position)",
          commandDigest: CommandDigest(
            Array(repeating: isSecond ? 1 : UInt8(position), count: 16)
          ),
          commandEvent: isSecond ? 1 : 0,
          commandEvents: position <= 2 ? 2 : 1,
          newPeople: position == 1 ? people : []
        ),
        event: .policyAdopted(PolicyAdopted(policy: .initial))
      )
    }
  }

  private static let salt = [UInt8](repeating: 7, count: 16)

  private static func salted(_ name: String) -> [UInt8] { salt + Array(name.utf8) }

  private func write(_ records: [Record]) throws {
    let log = try EventLog.create(
      directory: directory.logPath,
      identity: [UInt8](repeating: 1, count: 16),
      key: [UInt8](repeating: 2, count: 32)
    )
    defer { log.close() }
    var batch = AppendBatch()
    for record in records { batch.addRecord { record.encode(into: &$0) } }
    batch.addPerson(number: 1, salt: Self.salt, name: "ann")
    batch.addPerson(number: 2, salt: Self.salt, name: "bob")
    _ = try log.append(batch)
    let manifest = #"{"format":1,"ledger":""# + String(repeating: "01", count: 16) + #""}"#
    try Data(manifest.utf8).write(to: URL(fileURLWithPath: directory.path + "/manifest.json"))
  }
}
