import Testing

@testable import Marketplace

/// A command with a field of every kind.
private struct Sample: CommandData, Hashable {
  static let type = "Sample"

  enum Size: Hashable { case small, large }

  var identifier: String
  var optionalIdentifier: String?
  var text: String?
  var number: Int64?
  var flag: Bool?
  var size: Size?
  var entry: Entry?
  var query: String?
  var scene: Scene
  var community: String

  init(_ fields: inout CommandFields) throws(MalformedCommand) {
    identifier = try fields.identifier("identifier")
    optionalIdentifier = try fields.optionalIdentifier("optionalIdentifier")
    text = try fields.optionalText("text", maxBytes: 12)
    number = try fields.optionalInteger("number")
    flag = try fields.optionalBoolean("flag")
    size = try fields.optionalChoice("size", [("small", .small), ("large", .large)])
    let claimed = try fields.optionalEntry("entry")
    entry = claimed?.entry
    query = claimed?.query
    (scene, community) = try fields.optionalScene()
  }

  init(identifier: String) {
    self.identifier = identifier
    scene = .none
    community = ""
  }

  func decide(_ state: inout some MarketplaceState, _ context: DecisionContext) -> Decision {
    Decision([])
  }
}

private let parser = CommandParser(types: CommandParser.table([Sample.self, Strict.self]))

/// A command whose fields must all be there.
private struct Strict: CommandData {
  static let type = "Strict"

  init(_ fields: inout CommandFields) throws(MalformedCommand) {
    _ = try fields.text("text")
    _ = try fields.integer("number")
    _ = try fields.entry("entry")
  }

  func decide(_ state: inout some MarketplaceState, _ context: DecisionContext) -> Decision {
    Decision([])
  }
}

private func parse(_ text: String) throws(MalformedCommand) -> Command {
  var parser = parser
  return try parser.parse(Array(text.utf8)[...])
}

private func sample(_ data: String) throws -> Sample {
  let command = try parse(#"{"id":"c1","type":"Sample","data":\#(data)}"#)
  return try #require(command.data as? Sample)
}

struct CommandParserTests {
  @Test
  func `a whole command is read, whatever the order and the escapes`() throws {
    let command = try parse(
      #" {"data":{"text":"\u5fae商","identifier":"s1"},"correlation":"x:1","actor":"li.4","#
        + #""occurredAt":"2017-03-10T08:00:00.5+08:00","type":"S\u0061mple","id":"c-1"} "#
    )
    var data = Sample(identifier: "s1")
    data.text = "微商"
    #expect(command.id == "c-1")
    #expect(
      command.occurredAt == ClaimedTime(instant: 1_489_104_000_500_000, offsetMinutes: 480)
    )
    #expect(command.actor == "li.4")
    #expect(command.correlation == "x:1")
    #expect(command.data as? Sample == data)
  }

  @Test
  func `what may be absent is absent`() throws {
    let command = try parse(#"{"id":"c1","type":"Sample","data":{"identifier":"s1"}}"#)
    #expect(command.occurredAt == nil && command.actor == nil && command.correlation == nil)
    #expect(command.data as? Sample == Sample(identifier: "s1"))
  }

  @Test
  func `every field is read as its type`() throws {
    var expected = Sample(identifier: String(repeating: "Z", count: 64))
    expected.optionalIdentifier = "9._:-a"
    expected.text = "twelve bytes"
    expected.number = .min
    expected.flag = false
    expected.size = .large
    expected.entry = Entry(mode: .search, scene: .circle, community: "茶友", intent: .brand)
    expected.query = ""
    expected.scene = .qrCode
    #expect(
      try sample(
        #"{"identifier":"\#(expected.identifier)","optionalIdentifier":"9._:-a","#
          + #""text":"twelve bytes","number":-9223372036854775808,"flag":false,"size":"large","#
          + #""entry":{"mode":"search","query":"","intent":"brand","scene":"circle","#
          + #""community":"茶友"},"scene":"qrCode"}"#
      ) == expected
    )
  }

  @Test(arguments: [
    (#"{"mode":"stroll"}"#, Entry(mode: .stroll)),
    (#"{"mode":"stroll","scene":"homeFeed"}"#, Entry(mode: .stroll, scene: .homeFeed)),
    (#"{"mode":"share","share":"g1"}"#, Entry(mode: .share, share: "g1")),
    (
      #"{"scene":"circle","share":"g1","mode":"share"}"#,
      Entry(mode: .share, share: "g1", scene: .circle)
    ),
    (#"{"mode":"search"}"#, Entry(mode: .search)),
    (#"{"mode":"search","intent":"product"}"#, Entry(mode: .search, intent: .product)),
  ])
  func `an entry has the fields of its mode`(text: String, entry: Entry) throws {
    #expect(try sample(#"{"identifier":"a","entry":\#(text)}"#).entry == entry)
  }

  private static let noIdentifier =
    "is no identifier; give 1 to 64 of A-Z a-z 0-9 . _ : -, the first a letter or digit"
  private static let scenes =
    #"is none of its values; give "moments", "groupChat", "privateChat", "circle", "homeFeed", "#
    + #""miniProgram", "officialAccount", "qrCode", "other""#

  @Test(arguments: [
    (#"{}"#, "data.identifier is missing; give an identifier"),
    (#"{"identifier":null}"#, "data.identifier is null; give an identifier"),
    (#"{"identifier":7}"#, "data.identifier is a number; give an identifier"),
    (#"{"identifier":""}"#, "data.identifier \(noIdentifier)"),
    (#"{"identifier":"-a"}"#, "data.identifier \(noIdentifier)"),
    (#"{"identifier":".a"}"#, "data.identifier \(noIdentifier)"),
    (#"{"identifier":"a b"}"#, "data.identifier \(noIdentifier)"),
    (#"{"identifier":"a/b"}"#, "data.identifier \(noIdentifier)"),
    (#"{"identifier":"é"}"#, "data.identifier \(noIdentifier)"),
    (#"{"identifier":"a\u0000"}"#, "data.identifier \(noIdentifier)"),
    (
      #"{"identifier":"\#(String(repeating: "a", count: 65))"}"#,
      "data.identifier \(noIdentifier)"
    ),
    (
      #"{"identifier":"\#(String(repeating: "a", count: 500))"}"#,
      "data.identifier \(noIdentifier)"
    ),
    (
      #"{"identifier":"a","optionalIdentifier":null}"#,
      "data.optionalIdentifier is null; give an identifier"
    ),
    (#"{"identifier":"a","text":["x"]}"#, "data.text is an array; give a text"),
    (
      #"{"identifier":"a","text":"é23456789012"}"#,
      "data.text has 13 bytes of UTF-8; give at most 12"
    ),
    (#"{"identifier":"a","text":"a\u0000b"}"#, "data.text contains U+0000; leave it out"),
    (#"{"identifier":"a","number":"1"}"#, "data.number is a string; give a whole number"),
    (
      #"{"identifier":"a","number":1.0}"#,
      "data.number is a number with a fraction or exponent; give a whole number"
    ),
    (
      #"{"identifier":"a","number":1e3}"#,
      "data.number is a number with a fraction or exponent; give a whole number"
    ),
    (
      #"{"identifier":"a","number":9223372036854775808}"#,
      "data.number is beyond signed 64 bits; give a smaller number"
    ),
    (
      #"{"identifier":"a","number":-9223372036854775809}"#,
      "data.number is beyond signed 64 bits; give a smaller number"
    ),
    (
      #"{"identifier":"a","number":99999999999999999999999999}"#,
      "data.number is beyond signed 64 bits; give a smaller number"
    ),
    (#"{"identifier":"a","flag":"true"}"#, "data.flag is a string; give true or false"),
    (#"{"identifier":"a","flag":0}"#, "data.flag is a number; give true or false"),
    (
      #"{"identifier":"a","size":"Small"}"#,
      #"data.size is none of its values; give "small", "large""#
    ),
    (
      #"{"identifier":"a","size":null}"#,
      #"data.size is none of its values; give "small", "large""#
    ),
    (#"{"identifier":"a","sise":"small"}"#, "data.sise is unknown; leave it out"),
    (#"{"identifier":"a","scene":"park"}"#, "data.scene \(scenes)"),
    (#"{"identifier":"a","scene":""}"#, "data.scene \(scenes)"),
    (
      #"{"identifier":"a","scene":"other","community":"x"}"#,
      #"data.community stands only beside "scene":"circle"; leave it out"#
    ),
    (
      #"{"identifier":"a","scene":"circle","community":""}"#,
      "data.community is empty; leave it out"
    ),
    (#"{"identifier":"a","entry":"stroll"}"#, "data.entry is a string; give an object"),
    (
      #"{"identifier":"a","entry":{}}"#,
      #"data.entry.mode is missing; give "stroll", "share" or "search""#
    ),
    (
      #"{"identifier":"a","entry":{"mode":"unknown"}}"#,
      #"data.entry.mode is none of its values; give "stroll", "share", "search""#
    ),
    (
      #"{"identifier":"a","entry":{"mode":"share"}}"#,
      "data.entry.share is missing; give an identifier"
    ),
    (
      #"{"identifier":"a","entry":{"mode":"stroll","share":"g1"}}"#,
      "data.entry.share is unknown; leave it out"
    ),
    (
      #"{"identifier":"a","entry":{"mode":"share","share":"g1","query":"x"}}"#,
      "data.entry.query is unknown; leave it out"
    ),
    (
      #"{"identifier":"a","entry":{"mode":"search","intent":"none"}}"#,
      #"data.entry.intent is none of its values; give "product", "brand""#
    ),
    (
      #"{"identifier":"a","entry":{"mode":"stroll","community":"x"}}"#,
      #"data.entry.community stands only beside "scene":"circle"; leave it out"#
    ),
  ])
  func `data that breaks a rule is malformed, and the field named`(data: String, detail: String) {
    #expect(throws: MalformedCommand(id: "c1", detail: detail)) { try sample(data) }
  }

  @Test(arguments: [
    ("{}", "data.text is missing; give a text"),
    (#"{"text":"x"}"#, "data.number is missing; give a whole number"),
    (#"{"text":"x","number":1}"#, "data.entry is missing; give an object"),
  ])
  func `required fields are asked for`(data: String, detail: String) {
    #expect(throws: MalformedCommand(id: "c1", detail: detail)) {
      try parse(#"{"id":"c1","type":"Strict","data":\#(data)}"#)
    }
  }

  @Test(arguments: [
    ("[]", "", "the command is no JSON object"),
    ("", "", "the command is no JSON: byte 0: expected a value"),
    (#"{"type":"Sample","data":{}}"#, "", "id is missing; give an identifier"),
    (#"{"id":1,"type":"Sample","data":{}}"#, "", "id is a number; give an identifier"),
    (#"{"id":"c 1","type":"Sample","data":{}}"#, "", "id \(noIdentifier)"),
    (#"{"data":{},"id":"c1"}"#, "c1", "type is missing; give a text"),
    (#"{"type":7,"data":{},"id":"c1"}"#, "c1", "type is a number; give a text"),
    (
      #"{"id":"c1","type":"sample","data":{}}"#, "c1",
      #"type "sample" is unknown; give one of Sample, Strict"#
    ),
    (#"{"id":"c1","type":"Sample"}"#, "c1", "data is missing; give an object"),
    (#"{"id":"c1","type":"Sample","data":[]}"#, "c1", "data is an array; give an object"),
    (#"{"id":"c1","type":"Sample","data":{},"date":1}"#, "c1", "date is unknown; leave it out"),
    (
      #"{"id":"c1","type":"Sample","data":{},"actor":null}"#, "c1",
      "actor is null; give an identifier"
    ),
    (
      #"{"id":"c1","type":"Sample","data":{},"correlation":"a b"}"#, "c1",
      "correlation \(noIdentifier)"
    ),
    (
      #"{"id":"c1","type":"Sample","data":{},"occurredAt":1489104000}"#, "c1",
      "occurredAt is a number; give a time"
    ),
    (
      #"{"id":"c1","type":"Sample","data":{},"occurredAt":"2017-03-10T08:00:00"}"#, "c1",
      "occurredAt has no offset from UTC; end it with Z or such as +08:00"
    ),
    (
      #"{"id":"c1","data":{"price":01}}"#, "c1",
      "the command is no JSON: byte 27: expected a number without leading zeros"
    ),
    (
      #"{"id":"c1","data":{"a":1,"a":1}}"#, "c1",
      #"the command is no JSON: byte 25: expected the key "a" once, not twice"#
    ),
    (#"{"id":"c1""#, "c1", "the command is no JSON: byte 10: expected ',' or '}'"),
  ])
  func `what is no command is malformed, with the id where it can be read`(
    text: String,
    id: String,
    detail: String
  ) {
    #expect(throws: MalformedCommand(id: id, detail: detail)) { try parse(text) }
  }

  @Test
  func `a command of the greatest length is read, and one byte more is not`() throws {
    let text = #"{"id":"c1","type":"Sample","data":{"identifier":"s1"}}"#
    let space = String(repeating: " ", count: CommandParser.maxBytes - text.utf8.count)
    #expect(throws: Never.self) { try parse(text + space) }
    #expect(
      throws: MalformedCommand(detail: "the command has 262145 bytes; give at most 262144")
    ) { try parse(text + space + " ") }
  }

  @Test
  func `of more fields than any command has, one is named as unknown`() {
    let fields = (0..<200).map { ",\"x\($0)\":1" }.joined()
    #expect(throws: MalformedCommand(id: "c1", detail: "data.x0 is unknown; leave it out")) {
      try sample(#"{"identifier":"a"\#(fields)}"#)
    }
    #expect(throws: MalformedCommand(id: "c1", detail: "data.x0 is unknown; leave it out")) {
      try sample(#"{\#(fields.dropFirst()),"identifier":"a"}"#)
    }
  }
}
