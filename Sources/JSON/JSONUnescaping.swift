extension JSONParser {
  /// A checked string's content with its escapes resolved.
  static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var units: [UInt16] = []
    var content: [UInt8] = []
    content.reserveCapacity(text.count)
    var at = text.startIndex
    while at < text.endIndex {
      guard text[at] == UInt8(ascii: "\\") else {
        content.append(text[at])
        at += 1
        continue
      }
      let letter = text[at + 1]
      guard letter == UInt8(ascii: "u") else {
        content.append(character(letter))
        at += 2
        continue
      }
      let unit = text[at + 2..<at + 6].reduce(UInt16(0)) { $0 << 4 | (hexDigit($1) ?? 0) }
      at += 6
      units.append(unit)
      // The first of a pair waits for the second.
      guard unit & 0xfc00 != 0xd800 else { continue }
      content += String(decoding: units, as: UTF16.self).utf8
      units.removeAll(keepingCapacity: true)
    }
    return content
  }

  private static func character(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }
}
