import JSON
import Testing

struct JSONDocumentTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue(parsing: text.utf8)
  }

  @Test(arguments: [
    ("null", JSONValue.null),
    (" \t\r\n true ", .bool(true)),
    ("false", .bool(false)),
    ("0", .integer(0)),
    ("-0", .integer(0)),
    ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number("9223372036854775808")),
    ("-9223372036854775809", .number("-9223372036854775809")),
    ("340282366920938463463374607431768211455", .number("340282366920938463463374607431768211455")),
    ("1.0", .number("1.0")),
    ("-1.5E+3", .number("-1.5E+3")),
    ("1e3", .number("1e3")),
    (#""""#, .string("")),
    (#""微商 é 🍵""#, .string("微商 é 🍵")),
    (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")),
    (#""\u00e9\u5FAE\ud83c\udf75\u0000x""#, .string("é微🍵\0x")),
    ("[]", .array([])),
    ("[ 1 , [ ] , {} ]", .array([.integer(1), .array([]), .object([])])),
    (
      #"{"b":1,"a":{"c":[true]},"":null}"#,
      .object([
        .init("b", .integer(1)), .init("a", .object([.init("c", .array([.bool(true)]))])),
        .init("", .null),
      ])
    ),
  ])
  func `a text is read as its value`(text: String, value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test(arguments: [
    ("", 0, "expected a value"),
    ("  ", 2, "expected a value"),
    ("tru", 0, "expected a value"),
    ("nulL", 0, "expected a value"),
    ("'a'", 0, "expected a value"),
    ("NaN", 0, "expected a value"),
    ("\u{feff}1", 0, "expected a value"),
    ("1 2", 2, "expected the end of the text"),
    ("{} ,", 3, "expected the end of the text"),
    ("01", 0, "expected a number without leading zeros"),
    ("-012", 1, "expected a number without leading zeros"),
    ("-", 1, "expected a digit"),
    ("+1", 0, "expected a value"),
    (".5", 0, "expected a value"),
    ("1.", 2, "expected a digit"),
    ("1.e3", 2, "expected a digit"),
    ("1e", 2, "expected a digit"),
    ("1e+", 3, "expected a digit"),
    ("0x10", 1, "expected the end of the text"),
    ("[1,]", 3, "expected a value"),
    ("[1 2]", 3, "expected ',' or ']'"),
    ("[1", 2, "expected ',' or ']'"),
    ("[", 1, "expected a value"),
    ("{\"a\":1,}", 7, "expected a key in quotes"),
    ("{a:1}", 1, "expected a key in quotes"),
    ("{\"a\" 1}", 5, "expected ':'"),
    ("{\"a\":}", 5, "expected a value"),
    ("{\"a\":1", 6, "expected ',' or '}'"),
    ("{\"a\":1]", 6, "expected ',' or '}'"),
    ("{\"a\":1,\"b\":2,\"a\":3}", 13, "expected the key \"a\" once, not twice"),
    ("{\"a\":1,\"\\u0061\":2}", 7, "expected the key \"a\" once, not twice"),
    ("\"a", 2, "expected '\"' at the end of the string"),
    ("\"a\n\"", 2, "expected control characters in strings to be escaped"),
    ("\"\u{1f}\"", 1, "expected control characters in strings to be escaped"),
    (#""\x""#, 1, "expected one of the escapes of JSON"),
    (#""\u12g4""#, 1, "expected four hex digits"),
    (#""\u12"#, 1, "expected four hex digits"),
    (#""\"#, 1, "expected an escape"),
    (#""\ud800""#, 1, "expected a surrogate only in a pair"),
    (#""\ud800A""#, 1, "expected a surrogate only in a pair"),
    (#""\ud800\u0041""#, 1, "expected a surrogate only in a pair"),
    (#""\udc00""#, 1, "expected a surrogate only in a pair"),
  ])
  func `what is no JSON is refused where it stops being JSON`(
    text: String,
    offset: Int,
    detail: String
  ) {
    #expect(throws: JSONError(offset: offset, detail: detail)) { try parse(text) }
  }

  @Test(
    arguments: [
      [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x20], [0xe0, 0x80, 0x80],
      [0xe0, 0x9f, 0xbf], [0xe1, 0x80], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xef, 0xbf, 0x20],
      [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
      [0xf1, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff],
    ] as [[UInt8]]
  )
  func `bytes that are no UTF-8 are refused`(bytes: [UInt8]) {
    let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    #expect(throws: JSONError(offset: 1, detail: "expected valid UTF-8")) {
      try JSONValue(parsing: text)
    }
    #expect(throws: JSONError(offset: 1, detail: "expected valid UTF-8")) {
      try JSONValue(parsing: text.dropLast())
    }
  }

  @Test
  func `every character survives, raw and escaped`() throws {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value), value % 61 == 0 || value < 0x900 else { continue }
      let text = String(Character(scalar))
      let units = text.utf16.map { unit in
        let digits = String(unit, radix: 16)
        return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
      }
      try #require(try parse("\"\(units.joined())\"") == .string(text))
      guard value >= 0x20, text != "\"", text != "\\" else { continue }
      try #require(try parse("\"\(text)\"") == .string(text))
    }
  }

  @Test
  func `nesting ends at sixteen levels`() throws {
    let deepest = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
    #expect(throws: Never.self) { try parse(deepest) }
    #expect(throws: JSONError(offset: 16, detail: "expected no more than 16 levels of nesting")) {
      try parse(String(repeating: "[", count: 100_000))
    }
  }

  @Test(arguments: [2, 15, 16, 17, 18, 100])
  func `a repeated key is found among any number of them`(count: Int) throws {
    let keys = (0..<count).map { "\"key\($0)\":\($0)" }
    #expect(try parse("{" + keys.joined(separator: ",") + "}").members?.count == count)
    for repeated in [0, count / 2, count - 1] {
      let text = "{" + keys.joined(separator: ",") + ",\"key\(repeated)\":0}"
      let error = #expect(throws: JSONError.self) { try parse(text) }
      #expect(error?.detail == "expected the key \"key\(repeated)\" once, not twice")
    }
  }

  /// A slice in the middle of a buffer is read for itself, with offsets of its own.
  @Test
  func `a slice is read without its surroundings`() throws {
    let buffer = Array(#"[1]{"a":"b"}]"#.utf8)
    let document = try JSONDocument(parsing: buffer[3..<12])
    let root = try #require(document.root)
    #expect(document.member("a", of: root).flatMap(document.string) == "b")
    #expect(throws: JSONError(offset: 9, detail: "expected the end of the text")) {
      try JSONDocument(parsing: buffer[3...])
    }
  }

  @Test
  func `what was whole before an error can still be read`() throws {
    var document = JSONDocument()
    #expect(throws: JSONError(offset: 26, detail: "expected a value")) {
      try document.read(Array(#"{"id":"c1","data":{"a":[1,"#.utf8)[...])
    }
    let root = try #require(document.root)
    #expect(document.member("id", of: root).flatMap(document.string) == "c1")
    let data = try #require(document.member("data", of: root))
    #expect(document.member("a", of: data).map(document.kind) == .array)
    #expect(document.member("b", of: data) == nil)
  }

  /// Any damage gives a value or an error, and what parses means the same when written again.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `random damage never traps`(seed: UInt64) throws {
    let whole = Array(
      #"{"id":"c\u00e9\ud83c\udf75","data":{"price":-12e3,"list":[1,true,null,""],"名":"é"}}"#.utf8
    )
    var state = seed
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var document = JSONDocument()
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0...random(below: 3) {
        switch random(below: 3) {
        case 0: bytes[random(below: bytes.count)] = UInt8(random(below: 256))
        case 1: bytes.remove(at: random(below: bytes.count))
        default: bytes.insert(whole[random(below: whole.count)], at: random(below: bytes.count))
        }
      }
      var error: JSONError?
      do throws(JSONError) { try document.read(bytes[...]) } catch let thrown { error = thrown }
      if let root = document.root { _ = document.member("data", of: root) }
      if let error {
        #expect((0...bytes.count).contains(error.offset))
        #expect(throws: error) { try JSONValue(parsing: bytes) }
      } else {
        let value = try JSONValue(parsing: bytes)
        #expect(try JSONValue(parsing: value.text.utf8) == value)
      }
    }
  }

  @Test
  func `values answer for their own kind only`() throws {
    let value = try parse(#"{"a":[1,2.5,"x",true,null],"b":{"c":7}}"#)
    let list = try #require(value["a"])
    #expect(list[0]?.integer == 1)
    #expect(list.array?.map(\.double) == [1, 2.5, nil, nil, nil])
    #expect(list.array?.map(\.string) == [nil, nil, "x", nil, nil])
    #expect(list.array?.map(\.bool) == [nil, nil, nil, true, nil])
    #expect(list.array?.map(\.isNull) == [false, false, false, false, true])
    #expect(list[5] == nil && list[-1] == nil && list["a"] == nil && list.members == nil)
    #expect(value["b"]?["c"]?.integer == 7)
    #expect(value["c"] == nil && value.array == nil && value[0] == nil)
  }
}

extension JSONValue {
  /// Written again, without a space.
  fileprivate var text: String {
    switch self {
    case .object(let members):
      "{"
        + members.map { JSONValue.string($0.name).text + ":" + $0.value.text }
        .joined(separator: ",") + "}"
    case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
    case .string(let text):
      {
        var json = JSONWriter()
        json.value(text)
        return json.text
      }()
    case .integer(let number): "\(number)"
    case .number(let text): text
    case .bool(let flag): "\(flag)"
    case .null: "null"
    }
  }
}
