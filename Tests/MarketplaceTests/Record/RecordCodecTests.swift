import Foundation
import Testing

@testable import Marketplace

struct RecordCodecTests {
  private func bytes(_ record: Record) -> [UInt8] {
    var bytes: [UInt8] = []
    record.encode(into: &bytes)
    return bytes
  }

  private func decode(_ bytes: [UInt8]) throws(RecordError) -> Record {
    try Record(decoding: bytes.span.bytes)
  }

  @Test(arguments: RecordSamples.all)
  func `a record is read back as it was written`(record: Record) throws {
    #expect(try decode(bytes(record)) == record)
  }

  @Test
  func `the samples have every event, whole and bare`() {
    #expect(RecordSamples.full.map(\.event.field) == Array(Event.fields))
    #expect(RecordSamples.bare.map(\.event.field) == Array(Event.fields))
  }

  @Test
  func `records are appended to what is there`() {
    var both: [UInt8] = [1, 2, 3]
    for record in RecordSamples.bare.prefix(2) { record.encode(into: &both) }
    #expect(both == [1, 2, 3] + bytes(RecordSamples.bare[0]) + bytes(RecordSamples.bare[1]))
  }

  /// Text of these lengths gives messages whose own length takes one, two and three bytes, and more
  /// than the writer's first memory holds.
  @Test(arguments: [100, 127, 128, 129, 900, 1_100, 16_383, 16_384, 60_000])
  func `a record of any size is read back`(length: Int) throws {
    let product = Reference(id: String(repeating: "p", count: length), position: 2)
    let record = Record(
      envelope: RecordSamples.fullEnvelope,
      event: .productRetitled(
        ProductRetitled(
          product: product,
          shop: RecordSamples.shop,
          title: String(repeating: "é", count: length / 2)
        )
      )
    )
    let bytes = bytes(record)
    #expect(try decode(bytes) == record)
    #expect(
      try protoc("--encode=shopledger.v1.Record", protoc("--decode=shopledger.v1.Record", bytes))
        == bytes
    )
  }

  // MARK: The format, as others read it

  /// Frozen: a log that was written once is read for ever.
  @Test(arguments: zip(RecordSamples.golden, RecordSamples.goldenHex))
  func `the bytes of a record never change`(record: Record, hex: String) {
    let found = bytes(record).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(found == hex)
  }

  /// protoc knows events.proto alone, so that its bytes are those that any reader expects.
  @Test(arguments: RecordSamples.all)
  func `protoc reads a record and writes the same bytes`(record: Record) throws {
    let bytes = bytes(record)
    let text = try protoc("--decode=shopledger.v1.Record", bytes)
    // Unknown fields would stand there by their numbers.
    #expect(String(decoding: text, as: UTF8.self).firstMatch(of: /(?m)^ *[0-9]+[:{ ]/) == nil)
    #expect(try protoc("--encode=shopledger.v1.Record", text) == bytes)
  }

  private func protoc(_ action: String, _ input: [UInt8]) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/Marketplace/Record").standardizedFileURL
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/protoc")
    process.arguments = [action, "--proto_path=\(folder.path)", "events.proto"]
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    try process.run()
    let writer = stdin.fileHandleForWriting
    // Beside the reading, because a pipe holds less than a long record.
    Thread.detachNewThread {
      try? writer.write(contentsOf: input)
      try? writer.close()
    }
    let output = [UInt8](stdout.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return output
  }

  // MARK: What other writers may do

  private static let price = Record(
    envelope: RecordSamples.bareEnvelope,
    event: .priceChanged(
      PriceChanged(
        product: Reference(id: "p", position: 2),
        shop: Reference(id: "s", position: 1),
        from: 0,
        to: 0
      )
    )
  )
  /// The same, spelled by hand.
  private static let priceBytes: [UInt8] = [
    0x08, 7, 0x32, 2, 0x63, 0x31, 0x78, 1,
    0xa2, 1, 14, 0x0a, 5, 0x0a, 1, 0x70, 0x10, 2, 0x12, 5, 0x0a, 1, 0x73, 0x10, 1,
  ]

  @Test(
    arguments: [
      [],
      [0xfa, 0x7f, 0], [0xf8, 0x7f, 0xff, 1], [0xf9, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xfd, 0x7f, 1, 2, 3, 4], [0xfa, 0x7f, 2, 0xff, 0xff],
      [0x78, 0x81, 0x80, 0], [0x78, 0],
    ] as [[UInt8]]
  )
  func `unknown fields are skipped and long varints read`(extra: [UInt8]) throws {
    #expect(try decode(Self.priceBytes + extra) == Self.price)
    #expect(try decode(extra + Self.priceBytes) == Self.price)
  }

  @Test
  func `fields come in any order, and the last of them counts`() throws {
    let head = Array(Self.priceBytes[..<8])
    let event = Array(Self.priceBytes[8...])
    let refund = bytes(RecordSamples.full[11])
    #expect(try decode(event + head) == Self.price)
    #expect(try decode([0x08, 9] + event + head) == Self.price)
    #expect(try decode(refund + event).event == Self.price.event)
    #expect(try decode(event + refund) == RecordSamples.full[11])
  }

  @Test(
    arguments: [
      // The shop before the product; a product that another follows, and one that is none.
      [0x12, 5, 0x0a, 1, 0x73, 0x10, 1, 0x0a, 5, 0x0a, 1, 0x70, 0x10, 2],
      [0x0a, 2, 0x10, 9, 0x0a, 5, 0x0a, 1, 0x70, 0x10, 2, 0x12, 5, 0x0a, 1, 0x73, 0x10, 1],
      [0x08, 3, 0x12, 5, 0x0a, 1, 0x73, 0x10, 1, 0x0a, 5, 0x0a, 1, 0x70, 0x10, 2],
      // The position before the id, and unknown fields before, between and behind.
      [0x0a, 5, 0x10, 2, 0x0a, 1, 0x70, 0x12, 5, 0x10, 1, 0x0a, 1, 0x73],
      [0x78, 1, 0x0a, 5, 0x0a, 1, 0x70, 0x10, 2, 0x7a, 1, 0, 0x12, 5, 0x0a, 1, 0x73, 0x10, 1],
      [0x0a, 5, 0x0a, 1, 0x70, 0x10, 2, 0x12, 5, 0x0a, 1, 0x73, 0x10, 1, 0xf8, 1, 1],
    ] as [[UInt8]]
  )
  func `fields of an event come in any order too`(event: [UInt8]) throws {
    let head: [UInt8] = [0x08, 7, 0x32, 2, 0x63, 0x31, 0x78, 1, 0xa2, 1, UInt8(event.count)]
    #expect(try decode(head + event) == Self.price)
  }

  @Test
  func `damage in an event is found wherever it is`() {
    let head: [UInt8] = [0xa2, 1]
    let shop: [UInt8] = [0x12, 5, 0x0a, 1, 0x73, 0x10, 1]
    let product: [UInt8] = [0x0a, 5, 0x0a, 1, 0x70, 0x10, 2]
    func refuses(_ event: [UInt8], _ error: RecordError) {
      #expect(throws: error) { try decode(head + [UInt8(event.count)] + event) }
    }
    refuses(shop, .missing(field: 1))
    refuses(product, .missing(field: 2))
    refuses(shop + product + [0x7a, 9], .truncated)
    refuses(product + shop + [0x7a, 9], .truncated)
    refuses(product + shop + [0x1a, 0], .wrongWireType(field: 3))
    refuses([0x1a, 0] + shop + product, .wrongWireType(field: 3))
    refuses(product + shop + [0], .badFieldNumber)
  }

  @Test(
    arguments: [
      ([], .missingEvent),
      ([0x08, 7], .missingEvent),
      ([0xc0, 2, 1], .missingEvent),
      ([0xc2, 2, 0], .unknownEvent(field: 40)),
      ([0x82, 2, 0], .unknownEvent(field: 32)),
      ([0x78, 2] + priceBytes, .newerSchema(2)),
      ([0x08], .truncated),
      ([0x11, 1, 2, 3], .truncated),
      ([0x32, 5, 0x61], .truncated),
      ([0x32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], .truncated),
      ([0xfd, 0x7f, 1, 2, 3], .truncated),
      ([0xa2, 1, 2, 0x0a, 1], .truncated),
      ([0x08] + Array(repeating: 0x80, count: 10) + [0], .overlongVarint),
      ([0x08] + Array(repeating: 0xff, count: 9) + [2], .overlongVarint),
      ([0x00, 1], .badFieldNumber),
      ([0x80, 0x80, 0x80, 0x80, 0x10, 1], .badFieldNumber),
      ([0x0a, 0], .wrongWireType(field: 1)),
      ([0x10, 1], .wrongWireType(field: 2)),
      ([0x30, 1], .wrongWireType(field: 6)),
      ([0xa0, 1, 1], .wrongWireType(field: 20)),
      ([0x0b], .wrongWireType(field: 1)),
      ([0xfc, 0x7f], .wrongWireType(field: 2047)),
      ([0x0e, 1], .wrongWireType(field: 1)),
      ([0x40, 0x80, 0x80, 0x80, 0x80, 0x10], .outOfRange(field: 8)),
      ([0x28, 0x80, 0x80, 0x80, 0x80, 0x10], .outOfRange(field: 5)),
      ([0xfa, 1, 6, 0x08, 0x80, 0x80, 0x80, 0x80, 0x08], .outOfRange(field: 1)),
      ([0x32, 2, 0xc0, 0x80], .invalidUTF8(field: 6)),
      ([0x32, 3, 0xed, 0xa0, 0x80], .invalidUTF8(field: 6)),
      ([0x32, 2, 0x61, 0xff], .invalidUTF8(field: 6)),
      ([0x92, 1, 6, 0x12, 2, 0x10, 1, 0x28, 5], .unknownValue(field: 5, value: 5)),
      ([0x92, 1, 7, 0x12, 2, 0x10, 1, 0x28, 0x80, 2], .unknownValue(field: 5, value: 256)),
      ([0xa2, 1, 7, 0x12, 5, 0x0a, 1, 0x73, 0x10, 1], .missing(field: 1)),
      ([0xa2, 1, 7, 0x0a, 5, 0x0a, 1, 0x73, 0x10, 1], .missing(field: 2)),
    ] as [([UInt8], RecordError)]
  )
  func `what is no record is refused`(bytes: [UInt8], error: RecordError) {
    #expect(throws: error) { try decode(bytes) }
  }

  @Test
  func `an unknown event says what is needed`() {
    #expect(
      "\(RecordError.unknownEvent(field: 40))" == "event type 40 needs a newer shopledger"
    )
  }

  @Test(arguments: RecordSamples.full)
  func `a record cut short is refused or lacks fields`(record: Record) throws {
    let whole = bytes(record)
    for count in 0..<whole.count {
      #expect((try? decode(Array(whole[..<count]))) != record)
    }
  }

  /// Whatever is read from damaged bytes is a record, so it can be written and read again.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `random damage gives an error or a record`(seed: UInt64) throws {
    var state = seed
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var read = 0
    for round in 0..<4_000 {
      var damaged = bytes(RecordSamples.all[round % RecordSamples.all.count])
      for _ in 0...random(below: 4) where !damaged.isEmpty {
        let at = random(below: damaged.count)
        switch random(below: 4) {
        case 0: damaged[at] = UInt8(random(below: 256))
        case 1: damaged[at] ^= 1 << UInt8(random(below: 8))
        case 2: damaged.remove(at: at)
        default: damaged.insert(UInt8(random(below: 256)), at: at)
        }
      }
      guard let record = try? decode(damaged) else { continue }
      read += 1
      try #require(try decode(bytes(record)) == record)
    }
    #expect(read > 100)
  }
}
