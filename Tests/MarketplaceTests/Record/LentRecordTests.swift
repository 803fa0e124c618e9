import TestSupport
import Testing

@testable import Marketplace

struct LentRecordTests {
  @Test(arguments: RecordSamples.all)
  func `a fold reads what was written`(record: Record) throws {
    var bytes: [UInt8] = []
    record.encode(into: &bytes)
    #expect(try LentDifferences.found(in: bytes.span.bytes, from: record) == [])
  }

  @Test(
    arguments: [
      ([], .missingEvent),
      ([0x08, 7], .missingEvent),
      ([0x08], .truncated),
      ([0x32, 5, 0x61], .truncated),
      ([0x0a, 0], .wrongWireType(field: 1)),
      ([0xc0, 2, 1], .missingEvent),
      ([0xc2, 2, 0], .unknownEvent(field: 40)),
      ([0x78, 2, 0xa2, 1, 0], .newerSchema(2)),
      ([0xa2, 1, 2, 0x0a, 1], .truncated),
      ([0xa2, 1, 0], .missing(field: 2)),
      ([0xa2, 1, 2, 0x10, 1], .wrongWireType(field: 2)),
    ] as [([UInt8], RecordError)]
  )
  func `what no fold can read is refused`(bytes: [UInt8], error: RecordError) {
    #expect(throws: error) {
      try LentRecord.read(bytes.span.bytes) { record in
        guard case .priceChanged(let event) = try record.event() else { return }
        _ = try event.shop
      }
    }
  }

  @Test
  func `fields come in any order, and the last of them counts`() throws {
    let bytes: [UInt8] = [
      0xa2, 1, 14, 0x12, 2, 0x10, 9, 0x12, 2, 0x10, 1, 0x0a, 4, 0x10, 7, 0x10, 2, 0x08, 6, 0x08, 7,
    ]
    try LentRecord.read(bytes.span.bytes) { record in
      #expect(record.position == 7)
      guard case .priceChanged(let event) = try record.event() else {
        Issue.record("\(record.type)")
        return
      }
      #expect(try event.shop == 1)
      #expect(try event.product == 2)
    }
  }

  /// Where a damaged record can still be decoded, folds read the same of it.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `random damage gives an error or what decoding gives`(seed: UInt64) throws {
    var state = seed
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var read = 0
    for round in 0..<4_000 {
      var bytes: [UInt8] = []
      RecordSamples.all[round % RecordSamples.all.count].encode(into: &bytes)
      for _ in 0...random(below: 3) {
        bytes[random(below: bytes.count)] = UInt8(random(below: 256))
      }
      guard let record = try? Record(decoding: bytes.span.bytes) else {
        _ = try? LentDifferences.found(in: bytes.span.bytes, from: nil)
        continue
      }
      read += 1
      #expect(try LentDifferences.found(in: bytes.span.bytes, from: record) == [])
    }
    #expect(read > 100)
  }
}
