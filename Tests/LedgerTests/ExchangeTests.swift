import Crypto
import EventLog
import Foundation
import JSON
import Marketplace
import TestSupport
import Testing

@testable import Ledger

/// What is exported whole is the ledger itself, and nothing else is taken for one.
struct ExchangeTests {
  /// A ledger of random commands, its answers, and its export.
  private struct Exported {
    var lines: [String]
    var answers: [(text: String, receipt: Receipt)] = []
    var rootHash: [UInt8]
  }

  private func exported(seed: UInt64, commands count: Int = 600) async throws -> Exported {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    defer { ledger.close() }
    var random = SplitMix64(seed: seed)
    var commands = RandomCommands(seed: seed)
    var answers: [(String, Receipt)] = []
    for number in 0..<count {
      let (data, occurredAt) = commands.next()
      let command = CommandJSON(
        id: "c\(number)",
        occurredAt: ClaimedTime(instant: occurredAt, offsetMinutes: 480),
        actor: random.oneIn(4) ? "actor-\(number)" : nil,
        data: data
      )
      let text = command.spelled(&random)
      answers.append((text, await ledger.submit(text)))
    }
    let export = try ledger.export(EventFilter(), withNames: true)
    return Exported(lines: try lines(export), answers: answers, rootHash: ledger.log.rootHash)
  }

  private func lines(_ export: LogExport) throws -> [String] {
    var export = export
    var text: [UInt8] = []
    while let piece = try export.next() { text += piece }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func take(_ lines: [String], into directory: String) throws -> String {
    var configuration = LedgerConfiguration(directory: directory)
    configuration.mapSize = 1 << 28
    let ledger = try LogImport(configuration)
    do {
      for line in lines { try ledger.take(Array(line.utf8)[...]) }
      return try ledger.finish { _ in }.rootHash
    } catch {
      ledger.abandon()
      throw error
    }
  }

  @Test(arguments: [21, 22, 23] as [UInt64])
  func `a whole export makes the same ledger again`(seed: UInt64) async throws {
    let first = try await exported(seed: seed)
    let directory = try TestDirectory()
    let root = try take(first.lines, into: directory.path)
    #expect(root == Ledger.hex(first.rootHash), "seed \(seed)")
    let ledger = try Ledger.open(directory)
    defer { ledger.close() }
    #expect(ledger.log.rootHash == first.rootHash)
    let again = try lines(try ledger.export(EventFilter(), withNames: true))
    #expect(again.dropFirst() == first.lines.dropFirst(), "seed \(seed)")
    // The first line says that this may part from the other.
    let next = first.lines[0].replacingOccurrences(of: #""epoch":1"#, with: #""epoch":2"#)
    #expect(again[0] == next)
    // Every id that was accepted is known, with its content.
    for (text, receipt) in first.answers where receipt.positions != nil {
      #expect(await ledger.submit(text) == receipt.again, "seed \(seed)")
    }
  }

  @Test func `an empty ledger is exported and imported too`() async throws {
    let first = try await exported(seed: 1, commands: 0)
    #expect(first.lines.count == 2)
    let directory = try TestDirectory()
    let root = try take(first.lines, into: directory.path)
    #expect(root == Ledger.hex(first.rootHash))
  }

  @Test func `without names there are no names, and the records give the same root`() async throws {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    defer { ledger.close() }
    let shop =
      #"{"id":"1","type":"OpenShop","actor":"clerk-x","data":{"shop":"s","owner":"mei-x","#
      + #""name":"Secret words","currency":"CNY","timeZone":"UTC"}}"#
    let visit =
      #"{"id":"2","type":"RecordVisit","data":{"visit":"v","shop":"s","visitor":"li-x","#
      + #""entry":{"mode":"search","query":"Secret wish"}}}"#
    #expect(await ledger.submit([shop, visit]).allSatisfy { $0.positions != nil })
    let lines = try lines(try ledger.export(EventFilter(), withNames: false))
    let text = lines.joined()
    for name in ["clerk-x", "mei-x", "li-x", "Secret", Data(ledger.log.key).base64EncodedString()] {
      #expect(!text.contains(name))
    }
    let records = try lines.dropFirst().dropLast().map { line in
      let event = try JSONValue(parsing: line.utf8)
      #expect(event["data"]?["type"] != nil)
      return try #require(Data(base64Encoded: event["record"]?.string ?? ""))
    }
    // RFC 6962, 2.1, for two leaves.
    func leaf(_ record: Data) -> Data { Data(SHA256.hash(data: Data([0]) + record)) }
    let root = SHA256.hash(data: Data([1]) + leaf(records[0]) + leaf(records[1]))
    #expect(Array(root) == ledger.log.rootHash)
    let other = try TestDirectory()
    #expect(throws: ImportError.self) { try take(lines, into: other.path + "/data") }
  }

  @Test func `a selection has the events that meet every filter, and makes no ledger`() async throws
  {
    let directory = try TestDirectory()
    let ledger = try Ledger.open(directory)
    defer { ledger.close() }
    for name in ["a", "b"] {
      let shop =
        #"{"id":"\#(name)","type":"OpenShop","data":{"shop":"\#(name)","owner":"o","name":"n","#
        + #""currency":"CNY","timeZone":"UTC"}}"#
      let visit =
        #"{"id":"v\#(name)","type":"RecordVisit","data":{"visit":"v\#(name)","shop":"\#(name)","#
        + #""visitor":"o","entry":{"mode":"stroll"}}}"#
      _ = await ledger.submit([shop, visit])
    }
    var filter = EventFilter()
    filter.shop = "b"
    let ofShop = try lines(try ledger.export(filter, withNames: true))
    #expect(try ids(ofShop) == ["export-4", "3", "4", "export-4-end"])
    filter.type = "VisitRecorded"
    #expect(try ids(lines(try ledger.export(filter, withNames: true))).dropFirst().first == "4")
    filter.shop = "c"
    #expect(throws: QueryError.self) { try ledger.export(filter, withNames: true) }
    let other = try TestDirectory()
    #expect(throws: ImportError.self) { try take(ofShop, into: other.path + "/data") }
  }

  private func ids(_ lines: [String]) throws -> [String] {
    try lines.compactMap { try JSONValue(parsing: $0.utf8)["id"]?.string }
  }

  // MARK: Damage

  @Test func `a file that is not whole, or not as it was, leaves nothing behind`() async throws {
    let lines = try await exported(seed: 24, commands: 200).lines
    let middle = lines.count / 2
    let named = try #require(lines.firstIndex { $0.contains(#""people":""#) })
    let worded = try #require(lines.firstIndex { $0.contains(#""textrow":""#) })
    let damaged: [(String, [String])] = [
      ("nothing", []),
      ("the first line alone", Array(lines[..<1])),
      ("cut off", Array(lines[..<middle])),
      ("without its last line", Array(lines.dropLast())),
      ("without its first line", Array(lines.dropFirst())),
      ("without one event", Array(lines[..<middle] + lines[(middle + 1)...])),
      ("with one event twice", Array(lines[...middle] + lines[middle...])),
      ("with two swapped", swapped(lines, middle)),
      ("with more behind its end", lines + [lines[1]]),
      ("with another record", changed(lines, middle, "record")),
      ("with another salt", changed(lines, worded, "textrow")),
      ("with another name", edited(lines, named, #"("people":"\d+:[^:]+:)"#, "$1x")),
      ("without a name", edited(lines, named, #""people":"[^"]*","#, "")),
      ("without a text", edited(lines, worded, #""textrow":"[^"]*","#, "")),
      ("with another root", edited(lines, 0, #""rootHash":"..."#, #""rootHash":"000"#)),
      ("with no JSON", Array(lines[..<middle]) + ["{"] + Array(lines[middle...])),
    ]
    for (what, lines) in damaged {
      let directory = try TestDirectory()
      #expect(throws: ImportError.self, "\(what)") {
        try take(lines, into: directory.path + "/data")
      }
      #expect(try directory.names() == [], "\(what)")
    }
  }

  private func swapped(_ lines: [String], _ index: Int) -> [String] {
    var lines = lines
    lines.swapAt(index, index + 1)
    return lines
  }

  private func edited(
    _ lines: [String],
    _ index: Int,
    _ pattern: String,
    _ replacement: String
  ) -> [String] {
    var lines = lines
    lines[index] = lines[index].replacingOccurrences(
      of: pattern,
      with: replacement,
      options: .regularExpression
    )
    return lines
  }

  /// One bit in the bytes that an attribute has in base64.
  private func changed(_ lines: [String], _ index: Int, _ attribute: String) -> [String] {
    guard let event = try? JSONValue(parsing: lines[index].utf8),
      let text = event[attribute]?.string, var bytes = Data(base64Encoded: text)
    else { return [] }
    bytes[bytes.count / 2] ^= 1
    var lines = lines
    lines[index] = lines[index].replacingOccurrences(of: text, with: bytes.base64EncodedString())
    return lines
  }

  @Test func `a directory with a ledger is not imported into`() async throws {
    let directory = try TestDirectory()
    try Ledger.open(directory).close()
    let lines = try await exported(seed: 1, commands: 3).lines
    #expect(throws: LedgerError.self) { try take(lines, into: directory.path) }
    #expect(try directory.names().contains("manifest.json"))
  }
}
