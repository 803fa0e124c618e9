import Testing

@testable import Marketplace

/// Takes whatever fields are there.
private struct Loose: CommandData {
  static let type = "Loose"

  init(_ fields: inout CommandFields) throws(MalformedCommand) {
    for name in ["a", "b", "c"] { _ = try fields.optionalText(name) }
    for name in ["n", "m"] { _ = try fields.optionalInteger(name) }
    _ = try fields.optionalBoolean("f")
    _ = try fields.optionalEntry("entry")
  }

  func decide(_ state: inout some MarketplaceState, _ context: DecisionContext) -> Decision {
    Decision([])
  }
}

private struct Other: CommandData {
  static let type = "Loos"

  init(_ fields: inout CommandFields) throws(MalformedCommand) {
    _ = try Loose(&fields)
  }

  func decide(_ state: inout some MarketplaceState, _ context: DecisionContext) -> Decision {
    Decision([])
  }
}

private let types = CommandParser.table([Loose.self, Other.self])

private func content(_ rest: String, type: String = "Loose") throws -> [UInt8] {
  let text = #"{"id":"c1","type":"\#(type)",\#(rest)}"#
  var parser = CommandParser(types: types)
  _ = try parser.parse(Array(text.utf8)[...])
  return parser.content
}

struct CommandContentTests {
  @Test
  func `the bytes are those that digests are taken of`() throws {
    let found = try content(
      #""occurredAt":"1970-01-01T08:00:00.000001+08:00","#
        + #""data":{"n":-1,"b":"\u00e9","f":true,"entry":{"mode":"stroll"},"a":""}"#
    )
    let expected: [UInt8] =
      Array("Loose".utf8) + [0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
      + Array("o".utf8) + [0, 0, 0, 5]
      + [0, 0, 0, 1] + Array("as".utf8) + [0, 0, 0, 0]
      + [0, 0, 0, 1] + Array("bs".utf8) + [0, 0, 0, 2, 0xc3, 0xa9]
      + [0, 0, 0, 5] + Array("entryo".utf8) + [0, 0, 0, 1, 0, 0, 0, 4] + Array("modes".utf8)
      + [0, 0, 0, 6] + Array("stroll".utf8)
      + [0, 0, 0, 1] + Array("ft".utf8)
      + [0, 0, 0, 1] + Array("ni".utf8) + Array(repeating: 0xff, count: 8)
    #expect(found == expected)
  }

  @Test(arguments: [
    #""data":{"a":"é","n":0}"#,
    #" "data" : { "n" : -0 , "a" : "\u00e9" } "#,
    #""data":{"\u0061":"é","n":0},"actor":"li","correlation":"x""#,
  ])
  func `spacing, order, escapes, actor and correlation leave no trace`(rest: String) throws {
    #expect(try content(rest) == content(#""data":{"n":0,"a":"é"}"#))
  }

  @Test
  func `an instant is the same in every offset`() throws {
    let times = [
      "2017-03-10T00:00:00Z", "2017-03-10t08:00:00.0+08:00", "2017-03-09T19:00:00.0000009-05:00",
    ]
    let contents = try times.map { try content(#""occurredAt":"\#($0)","data":{}"#) }
    #expect(Set(contents).count == 1)
  }

  @Test
  func `different contents have different bytes`() throws {
    let different = [
      #""data":{}"#, #""data":{"a":""}"#, #""data":{"a":"b"}"#, #""data":{"b":"a"}"#,
      #""data":{"a":"é"}"#, #""data":{"a":"e\u0301"}"#, #""data":{"a":"1"}"#, #""data":{"n":1}"#,
      #""data":{"m":1}"#, #""data":{"n":0}"#, #""data":{"f":false}"#, #""data":{"f":true}"#,
      #""data":{"a":"b","b":"c"}"#, #""data":{"a":"bc","b":""}"#, #""data":{"a":"","b":"bc"}"#,
      #""data":{"entry":{"mode":"search"}}"#, #""data":{"entry":{"mode":"search","query":""}}"#,
      #""occurredAt":"1970-01-01T00:00:00Z","data":{}"#,
      #""occurredAt":"1970-01-01T00:00:00.000001Z","data":{}"#,
    ]
    let contents = try different.map { try content($0) } + [content(#""data":{}"#, type: "Loos")]
    #expect(Set(contents).count == different.count + 1)
  }
}
