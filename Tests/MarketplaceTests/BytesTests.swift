import Marketplace
import Testing

@Suite struct BytesTests {
  @Test(arguments: [0, 1, 127, 128, 1 << 32, UInt64(Int64.max), .max])
  func `a varint reads back`(value: UInt64) {
    var writer = ByteWriter()
    writer.put(varint: value)
    writer.put(varint: Int128(value))
    writer.put(varint: -Int128(value))
    var offset = 0
    let span = writer.bytes.span.bytes
    #expect(span.varint(at: &offset) == value)
    #expect(span.wideVarint(at: &offset) == Int128(value))
    #expect(span.wideVarint(at: &offset) == -Int128(value))
    #expect(offset == writer.bytes.count)
  }

  @Test(arguments: [Int128.max, .min, 1 << 64, 1 << 70 - 1])
  func `a wide varint reads back`(value: Int128) {
    var writer = ByteWriter()
    writer.put(varint: value)
    var offset = 0
    #expect(writer.bytes.span.bytes.wideVarint(at: &offset) == value)
    #expect(offset == writer.bytes.count)
  }

  @Test(arguments: [0, 1, -1, 63, -64, 64, .max, .min] as [Int32])
  func `a signed varint reads back, and is short near zero`(value: Int32) {
    var writer = ByteWriter()
    writer.put(signedVarint: value)
    var offset = 0
    #expect(writer.bytes.span.bytes.signedVarint(at: &offset) == value)
    #expect((writer.bytes.count == 1) == (-64...63).contains(value))
  }
}
