import JSON
import Testing

@testable import shopledger

@Suite struct ClientTests {
  @Test(arguments: 1...9)
  func `lines are whole however the text is cut`(size: Int) {
    let text = Array("one\n\ntwo\nthree\n".utf8)
    var splitter = LineSplitter()
    var lines: [String] = []
    for start in stride(from: 0, to: text.count, by: size) {
      splitter.split(text[start..<min(start + size, text.count)]) {
        lines.append(String(decoding: $0, as: UTF8.self))
      }
    }
    #expect(lines == ["one", "", "two", "three"])
  }

  @Test(arguments: 1...40)
  func `server-sent events are whole however the text is cut`(size: Int) {
    let text = Array(
      ": hello\nretry: 5\n\nid: 7\ndata: one\n\n: alive\nid: 9\n\nevent: end\ndata:a\ndata: b\n\nid: 10\ndata: cut"
        .utf8
    )
    var reader = EventStreamReader()
    var events: [EventStreamReader.Event] = []
    for start in stride(from: 0, to: text.count, by: size) {
      reader.read(text[start..<min(start + size, text.count)]) { events.append($0) }
    }
    #expect(
      events == [
        EventStreamReader.Event(name: "message", data: Array("one".utf8)),
        EventStreamReader.Event(name: "end", data: Array("a\nb".utf8)),
      ]
    )
    // What was cut off is not seen: its event has not been had.
    #expect(reader.lastID == 9)
  }

  @Test func `a path is encoded, and items without a value are left out`() {
    let uri = URLQuery.uri(["v1", "people", "a/b 李"], [("after", "7"), ("to", nil), ("q", "a&b")])
    #expect(uri == "/v1/people/a%2Fb%20%E6%9D%8E?after=7&q=a%26b")
  }

  @Test(arguments: [
    (404, ProgramStatus.refused), (422, .refused), (409, .refused), (504, .refused),
    (503, .unavailable),
  ])
  func `a problem document becomes one sentence`(status: Int, expected: ProgramStatus) {
    let body = #"{"title":"StalePrice","status":0,"detail":"p1 costs 900 now"}"#
    let answer = Answer(status: status, body: Array(body.utf8))
    #expect(throws: Failure(expected, "StalePrice: p1 costs 900 now")) { try answer.checked() }
  }

  @Test func `a problem without a document is told by its status`() {
    let answer = Answer(status: 500, body: Array("oops".utf8))
    #expect(throws: Failure(.refused, "the server answered 500")) { try answer.checked() }
  }

  private func tally(_ lines: [String]) throws -> ReceiptTally {
    var tally = ReceiptTally()
    for line in lines { _ = try tally.take(ArraySlice(line.utf8)) }
    return tally
  }

  @Test func `receipts are summed up, the most frequent reason first`() throws {
    let tally = try tally([
      #"{"id":"a","outcome":"rejected","rejection":"NoChange"}"#,
      #"{"id":"b","outcome":"rejected","rejection":"StalePrice"}"#,
      #"{"id":"c","outcome":"rejected","rejection":"StalePrice"}"#,
      #"{"outcome":"malformed","detail":"no type"}"#,
      #"{"summary":{"accepted":1200,"repeated":2,"rejected":3,"malformed":1,"unavailable":0}}"#,
    ])
    #expect(
      tally.report(seconds: 2) == [
        "1,204 commands in 2.0 s, 602 a second",
        "accepted      1,200  2 answered before",
        "rejected          3",
        "  StalePrice      2",
        "  NoChange        1",
        "malformed         1",
        "no type",
      ]
    )
    #expect(tally.status(strict: false) == .refused)
  }

  @Test(arguments: [(false, ProgramStatus.done), (true, .refused)])
  func `rejections fail only when asked to`(strict: Bool, expected: ProgramStatus) throws {
    let tally = try tally([
      #"{"summary":{"accepted":1,"repeated":0,"rejected":3,"malformed":0,"unavailable":0}}"#
    ])
    #expect(tally.status(strict: strict) == expected)
  }

  private func command(_ fields: [String]) throws -> String {
    var builder = CommandBuilder()
    for field in fields { try builder.add(field) }
    let bytes = builder.command(type: "T", id: "i", occurredAt: nil, actor: "li")
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `fields become JSON of the type that they have`() throws {
    let text = try command([
      "order=12", "quantity=2", "restock=true", "reason=a=b", "entry.mode=share",
      "entry.share=7", "x:=[1,null]", "price=cheap", "title=",
    ])
    #expect(
      text == #"{"id":"i","type":"T","actor":"li","data":{"order":"12","quantity":2,"#
        + #""restock":true,"reason":"a=b","entry":{"mode":"share","share":"7"},"#
        + #""x":[1,null],"price":"cheap","title":""}}"#
    )
  }

  @Test(arguments: [
    (["price"], "price is no field; write key=value or key:=JSON"),
    (["=1"], "=1 is no field; write key=value or key:=JSON"),
    (["a..b=1"], "a..b=1 has an empty name in its key"),
    (["a=1", "a=2"], "a is given twice"),
    (["a=1", "a.b=2"], "a.b is given twice"),
    (["a.b=1", "a=2"], "a is given twice"),
  ])
  func `a field that cannot be is wrong usage`(fields: [String], sentence: String) {
    #expect(throws: Failure(.usage, sentence)) { try command(fields) }
  }

  @Test func `what is no JSON behind := is wrong usage`() {
    #expect(throws: Failure.self) { try command(["a:={"]) }
  }

  @Test(arguments: [["root", "wu"], ["root", "wu", "li"], ["li", "wu", "root"]])
  func `a chain is drawn from the root down`(chain: [String]) {
    let lines = AgencyReport.chain(.array(chain.map(JSONValue.string)), to: "li")
    #expect(lines == ["root", "└─ wu", "   └─ li"])
  }
}
