import Testing

@testable import HTTPAPI

/// What the command endpoint does with bytes before and after it knows what they mean.
@Suite struct FramingTests {
  private static func lines(_ pieces: [[UInt8]], limit: Int = 8) -> [String?] {
    var framer = LineFramer(limit: limit)
    var lines: [String?] = []
    func take(_ line: LineFramer.Line) {
      switch line {
      case .complete(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
      case .tooLong: lines.append(nil)
      }
    }
    for piece in pieces { framer.add(piece, take) }
    framer.finish(take)
    return lines
  }

  @Test func `lines are the same however they are cut`() {
    let bytes = Array("one\n\n \t\r\n2\r\n123456789\n12345678\n1234567890123456789\nlast".utf8)
    let whole: [String?] = ["one", "2\r", nil, "12345678", nil, "last"]
    #expect(Self.lines([bytes]) == whole)
    #expect(Self.lines(bytes.map { [$0] }) == whole)
    for first in bytes.indices {
      for second in first..<bytes.count {
        let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]].map(Array.init)
        #expect(Self.lines(pieces) == whole)
      }
    }
  }

  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"),
    (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
  ])
  func `a date is written as HTTP wants it`(second: Int, text: String) {
    #expect(HTTPDate.text(second) == text)
  }
}
