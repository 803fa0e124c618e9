import Foundation
import JSON
import Testing

/// The log of a stopped ledger, read as an auditor reads it: with LMDB's tools and protoc only.
@Suite struct RecordTests {
  private static let commands = #"""
    {"id":"r01","type":"OpenShop","actor":"actor-Quxley","data":{"shop":"s1","owner":"owner-Zyxwv","name":"Shop of Secret Melons","currency":"CNY","timeZone":"Asia/Shanghai"}}
    {"id":"r02","type":"RegisterBrand","data":{"brand":"b1","owner":"owner-Zyxwv","name":"Lotus"}}
    {"id":"r03","type":"SignUpAgent","data":{"agent":"agent-Plugh","brand":"b1","entryFee":7}}
    {"id":"r04","type":"SignUpAgent","data":{"agent":"agent-Xyzzy","brand":"b1","sponsor":"agent-Plugh"}}
    {"id":"r05","type":"SignUpAgent","data":{"agent":"agent-Frobo","brand":"b1","sponsor":"agent-Xyzzy"}}
    {"id":"r06","type":"ListProduct","data":{"shop":"s1","product":"p1","title":"Jam","price":900,"stock":10,"brand":"b1","story":"Grandmother Wibble stirred it"}}
    {"id":"r07","type":"AdoptPolicy","data":{"impulseMinutes":10}}
    {"id":"r08","type":"ShareProduct","data":{"share":"g1","product":"p1","sharer":"sharer-Grault"}}
    {"id":"r09","type":"RecordVisit","data":{"visit":"v1","shop":"s1","visitor":"visitor-Garply","entry":{"mode":"search","query":"jam against grief"}}}
    {"id":"r10","type":"Purchase","data":{"order":"o1","product":"p1","buyer":"buyer-Waldo","quantity":1,"price":900,"entry":{"mode":"share","share":"g1"}}}
    {"id":"r11","type":"Purchase","data":{"order":"o2","product":"p1","buyer":"visitor-Garply","quantity":1,"price":900,"entry":{"mode":"search","query":"cheap Wibble jam"}}}
    {"id":"r12","type":"RefundPurchase","data":{"refund":"f1","order":"o1","quantity":1,"amount":900,"restock":true,"reason":"mouldy, says Waldo"}}
    {"id":"r13","type":"ChangePrice","data":{"product":"p1","price":950}}
    {"id":"r14","type":"RetitleProduct","data":{"product":"p1","title":"Old jam"}}
    {"id":"r15","type":"AdjustStock","data":{"product":"p1","by":-1,"reason":"eaten by Fred Thud"}}
    {"id":"r16","type":"DelistProduct","data":{"product":"p1","reason":"ashamed of Thud"}}
    {"id":"r17","type":"RelistProduct","data":{"product":"p1","reason":"Thud repents"}}
    {"id":"r18","type":"ReparentAgent","data":{"agent":"agent-Frobo","brand":"b1","sponsor":"agent-Plugh","reason":"quarrel with Xyzzy"}}
    {"id":"r19","type":"LeaveAgency","data":{"agent":"agent-Plugh","brand":"b1","reason":"tired of it all"}}

    """#

  /// What of them is a person or a person's text.
  private static let people = [
    "actor-Quxley", "owner-Zyxwv", "agent-Plugh", "agent-Xyzzy", "agent-Frobo", "sharer-Grault",
    "visitor-Garply", "buyer-Waldo",
  ]
  private static let texts = [
    "Shop of Secret Melons", "Grandmother Wibble stirred it", "jam against grief",
    "cheap Wibble jam", "mouldy, says Waldo", "eaten by Fred Thud", "ashamed of Thud",
    "Thud repents", "quarrel with Xyzzy", "tired of it all",
  ]

  /// The event of every position, by its field in the published schema.
  private static let events = [
    "shop_opened", "brand_registered", "agent_signed_up", "agent_signed_up", "agent_signed_up",
    "product_listed", "policy_adopted", "product_shared", "visit_recorded", "product_purchased",
    "product_purchased", "purchase_refunded", "price_changed", "product_retitled",
    "stock_adjusted", "product_delisted", "product_relisted", "agent_reparented", "agent_left",
    "agent_reparented", "agent_reparented",
  ]

  @Test func `anybody can read the log, and no person stands in its records`() async throws {
    let directory = try TestDirectory()
    try await withServer(in: directory) { server in
      let receipts = try await server.submit(Self.commands)
      #expect(receipts.allSatisfy { $0["outcome"]?.string != "rejected" })
    }
    let records = try await table("events", directory)
    #expect(records.map(\.key) == (1...21).map { Self.bigEndian($0) })

    var decoded: [String] = []
    for record in records { decoded.append(try await decode(record.value, directory)) }
    for (index, text) in decoded.enumerated() {
      let lines = text.split(separator: "\n")
      #expect(lines.first == "position: \(index + 1)")
      #expect(lines.contains("peer_uid: \(getuid())"))
      #expect(lines.contains("\(Self.events[index]) {"))
      // A field that the schema does not know is printed by its number.
      #expect(!lines.contains { $0.drop { $0 == " " }.first?.isNumber == true })
    }

    let people = try await table("people", directory)
    let names = people.map { String(decoding: $0.value.dropFirst(16), as: UTF8.self) }
    #expect(names.sorted() == Self.people.sorted())
    let texts = try await table("texts", directory)
    #expect(texts.map { String(decoding: $0.value.dropFirst(16), as: UTF8.self) } == Self.texts)
    for word in (Self.people + Self.texts).map({ Array($0.utf8) }) {
      for record in records { #expect(!Self.contains(record.value, word)) }
    }

    // What is bound by a hash is bound where it is first named, by a salt of its own.
    #expect(Set((people + texts).map { $0.value.prefix(16) }).count == people.count + texts.count)
    let hashes = try await sha256((people + texts).map(\.value), directory)
    for (person, hash) in zip(people, hashes) {
      let naming = records.filter { Self.contains($0.value, hash) }
      #expect(naming.count == 1, "\(person.value)")
    }
    for (text, hash) in zip(texts, hashes.dropFirst(people.count)) {
      #expect(records.filter { Self.contains($0.value, hash) }.map(\.key) == [text.key])
    }
  }

  // MARK: The tools

  private struct Row {
    var key: [UInt8]
    var value: [UInt8]
  }

  private func table(_ name: String, _ directory: TestDirectory) async throws -> [Row] {
    let dump = try await Program.run(
      "mdb_dump",
      ["-s", name, directory.path + "/data/log"],
      in: directory
    )
    #expect(dump.status == 0, "\(dump.errors)")
    let rows = dump.lines.filter { $0.hasPrefix(" ") }.map { Self.bytes(hex: $0.dropFirst()) }
    return stride(from: 0, to: rows.count, by: 2).map { Row(key: rows[$0], value: rows[$0 + 1]) }
  }

  private func decode(_ record: [UInt8], _ directory: TestDirectory) async throws -> String {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/Marketplace/Record").standardized.path
    let protoc = try await Program.run(
      "protoc",
      ["--decode=shopledger.v1.Record", "-I", sources, sources + "/events.proto"],
      input: record,
      in: directory
    )
    #expect(protoc.status == 0, "\(protoc.errors)")
    return protoc.text
  }

  private func sha256(_ values: [[UInt8]], _ directory: TestDirectory) async throws -> [[UInt8]] {
    let script = """
      import hashlib, sys
      for line in sys.stdin: print(hashlib.sha256(bytes.fromhex(line)).hexdigest())
      """
    let lines = values.map { value in
      value.map { String(format: "%02x", $0) }.joined() + "\n"
    }
    let python = try Program.python(script, [], input: Array(lines.joined().utf8), in: directory)
    return await python.end().lines.filter { !$0.isEmpty }.map { Self.bytes(hex: $0[...]) }
  }

  // MARK: Bytes

  private static func bigEndian(_ number: UInt64) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  private static func bytes(hex: Substring) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.firstRange(of: part) != nil
  }
}
