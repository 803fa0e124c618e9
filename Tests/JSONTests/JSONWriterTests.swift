import JSON
import Testing

struct JSONWriterTests {
  @Test
  func `members and elements stand in the order of the calls`() {
    var json = JSONWriter()
    json.object { json in
      json.member("text", "a\"b\\c\n\r\t\u{1}\u{1f}é🍵")
      json.member("absent", ifPresent: nil)
      json.member("empty", ifPresent: "")
      json.member("flag", true)
      json.member("ratio", ratio: nil)
      json.member("share", ratio: 0.25)
      json.member("json", json: Array("[1]".utf8))
      json.object("object") { _ in }
      json.array("array") { json in
        json.value("x")
        json.array { $0.value(Double.infinity) }
        json.value(false)
      }
    }
    #expect(
      json.text
        == #"{"text":"a\"b\\c\n\r\t\u0001\u001fé🍵","flag":true,"ratio":null,"share":0.25,"#
        + #""json":[1],"object":{},"array":["x",[null],false]}"#
    )
  }

  @Test
  func `integers of every width keep all their digits`() {
    var json = JSONWriter()
    json.array { json in
      json.value(0)
      json.value(UInt8.max)
      json.value(Int64.min)
      json.value(UInt64.max)
      json.value(Int128.min)
      json.value(-10)
    }
    #expect(
      json.text
        == "[0,255,-9223372036854775808,18446744073709551615,"
        + "-170141183460469231731687303715884105728,-10]"
    )
  }
}
