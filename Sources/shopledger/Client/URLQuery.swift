/// Paths and queries of requests, percent-encoded.
///
/// Source: RFC 3986, 2.3: all but the unreserved characters are encoded.
enum URLQuery {
  typealias Item = (name: String, value: String?)

  /// The path of these segments with the items that have a value.
  static func uri(_ segments: [String], _ items: [Item] = []) -> String {
    let path = segments.map { "/" + encoded($0) }.joined()
    let query = items.compactMap { item in
      item.value.map { item.name + "=" + encoded($0) }
    }
    return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
  }

  private static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
