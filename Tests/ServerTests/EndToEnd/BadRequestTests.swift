import Foundation
import JSON
import Testing

/// What is no command and no question is refused, by name, and changes nothing.
@Suite(.sharedServer) struct BadRequestTests {
  private static func change(_ price: String, _ more: String = "") -> String {
    #"{"id":"x1","type":"ChangePrice","data":{"product":"p1","price":\#(price)}\#(more)}"#
  }

  private static func shop(_ field: String, _ value: String) -> String {
    let fields = [
      ("shop", "\"s9\""), ("owner", "\"li\""), ("name", "\"n\""), ("currency", "\"CNY\""),
      ("timeZone", "\"Asia/Shanghai\""),
    ]
    let data = fields.map { "\"\($0)\":\($0 == field ? value : $1)" }.joined(separator: ",")
    return #"{"id":"x1","type":"OpenShop","data":{\#(data)}}"#
  }

  private static func retitle(_ title: String) -> String {
    #"{"id":"x1","type":"RetitleProduct","data":{"product":"p1","title":"\#(title)"}}"#
  }

  private static func visit(_ entry: String) -> String {
    #"{"id":"x1","type":"RecordVisit","data":{"visit":"v","shop":"s1","visitor":"li","#
      + #""entry":\#(entry)}}"#
  }

  /// Bodies, and what the detail has to name.
  private static let bodies: [(body: String, named: String)] = [
    ("", "JSON"),
    (" \n", "JSON"),
    ("nonsense", "JSON"),
    ("[]", "object"),
    ("\"OpenShop\"", "object"),
    ("null", "object"),
    (change("1") + "x", "JSON"),
    (change("1") + change("1"), "JSON"),
    ("{}", "id"),
    (#"{"type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":7,"type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":"","type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":"a b","type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":"-a","type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":"é","type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":"\#(String(repeating: "a", count: 65))","type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":"x1","id":"x1","type":"AdoptPolicy","data":{}}"#, "id"),
    (#"{"id":"x1","data":{}}"#, "type"),
    (#"{"id":"x1","type":"SellShop","data":{}}"#, "SellShop"),
    (#"{"id":"x1","type":["OpenShop"],"data":{}}"#, "type"),
    (#"{"id":"x1","type":"OpenShop"}"#, "data"),
    (#"{"id":"x1","type":"OpenShop","data":[]}"#, "data"),
    (#"{"id":"x1","type":"OpenShop","data":{}}"#, "data.shop"),
    (shop("owner", "7"), "data.owner"),
    (shop("owner", "null"), "data.owner"),
    (shop("owner", "\"l i\""), "data.owner"),
    (shop("shop", "\"s/9\""), "data.shop"),
    (shop("name", "\"\(String(repeating: "n", count: 201))\""), "data.name"),
    (shop("name", "\"\\u0000\""), "data.name"),
    (shop("name", "\"n\",\"colour\":1"), "data.colour"),
    (change("1", #","colour":1"#), "colour"),
    (change("1", #","actor":"a b""#), "actor"),
    (change("\"1\""), "data.price"),
    (change("1.5"), "data.price"),
    (change("1e3"), "data.price"),
    (change("01"), "JSON"),
    (change("true"), "data.price"),
    (change("null"), "data.price"),
    (change("9223372036854775808"), "data.price"),
    (change("-9223372036854775809"), "data.price"),
    (change("1" + String(repeating: "0", count: 400)), "data.price"),
    (change("1", #","occurredAt":"2026-03-01T00:00:00""#), "occurredAt"),
    (change("1", #","occurredAt":"2026-02-30T00:00:00Z""#), "occurredAt"),
    (change("1", #","occurredAt":"yesterday""#), "occurredAt"),
    (change("1", #","occurredAt":1772323200"#), "occurredAt"),
    (retitle(String(repeating: "手", count: 67)), "data.title"),
    (retitle("\\ud800"), "JSON"),
    (retitle("a\u{1}"), "JSON"),
    (visit("{}"), "data.entry.mode"),
    (visit(#"{"mode":"fly"}"#), "data.entry.mode"),
    (visit(#"{"mode":"share"}"#), "data.entry.share"),
    (visit(#"{"mode":"stroll","share":"g1"}"#), "data.entry.share"),
    (visit(#"{"mode":"stroll","scene":"moon"}"#), "data.entry.scene"),
    (visit(#"{"mode":"search","intent":"both"}"#), "data.entry.intent"),
    (visit(#"{"mode":"search","query":"\#(String(repeating: "q", count: 2001))"}"#), "query"),
    (
      #"{"id":"x1","type":"ListProduct","data":{"shop":"s1","product":"p","title":"t","price":1,"#
        + #""stock":1,"story":"\#(String(repeating: "s", count: 20_001))"}}"#,
      "data.story"
    ),
    (
      #"{"id":"x1","type":"ListProduct","data":{"shop":"s1","product":"p","title":"t","price":1,"#
        + #""stock":1,"kind":"toy"}}"#,
      "data.kind"
    ),
    (
      #"{"id":"x1","type":"RegisterBrand","data":{"brand":"b","owner":"o","name":"n","#
        + #""levelLimit":256}}"#,
      "levelLimit"
    ),
    (
      #"{"id":"x1","type":"SignUpAgent","data":{"brand":"b1","agent":"o","entryFee":-1}}"#,
      "entryFee"
    ),
    (
      #"{"id":"x1","type":"RefundPurchase","data":{"refund":"r","order":"o1","quantity":1,"#
        + #""amount":1,"restock":"yes"}}"#,
      "data.restock"
    ),
    (String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000), "levels"),
    (retitle(String(repeating: "a", count: 300_000)), "262144"),
    (retitle(String(repeating: "a", count: 4_000_000)), "262144"),
  ]

  /// Sends a body, then asks on the same connection whether anything was appended.
  private func expectMalformed(_ body: [UInt8], named: String) async throws {
    let server = try #require(Server.shared)
    let replies = try await server.curl(
      ["/v1/commands", "/v1/status"],
      ["-H", "Content-Type: application/json", "-H", "Expect:"],
      body
    )
    #expect(replies[0].status == 400 && replies[0].type == "application/problem+json")
    let detail = try replies[0].json["detail"]?.string ?? ""
    #expect(detail.contains(named), "\(String(decoding: body.prefix(200), as: UTF8.self))")
    #expect(try replies[0].json["status"] == .integer(400))
    #expect(replies[1].status == 200 && replies[1].connects == 0)
    #expect(try replies[1].json["position"] == .integer(26))
  }

  @Test(arguments: bodies.indices)
  func `what is no command is told what is wrong with it`(index: Int) async throws {
    let (body, named) = Self.bodies[index]
    try await expectMalformed(Array(body.utf8), named: named)
  }

  @Test(arguments: [[0xFF, 0xFE], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]])
  func `what is no UTF-8 is no command`(bytes: [UInt8]) async throws {
    let halves = Self.retitle("%").split(separator: "%").map { Array($0.utf8) }
    try await expectMalformed(halves[0] + bytes + halves[1], named: "UTF-8")
  }

  @Test(arguments: [
    ("shops/s99", "s99"), ("shops/s99/dashboard", "s99"), ("agency/b99", "b99"),
    ("agency/b99/agents", "b99"), ("agency/b99/agents/li", "b99"),
    ("agency/b1/agents/nobody", "nobody"), ("agency/b1/agents/chen", "chen"),
    ("agency/b1/agents/nobody/recruits", "nobody"), ("agency/b1/agents/chen/recruits", "chen"),
    ("people/nobody", "nobody"), ("products/p99", "p99"), ("shares/g99", "g99"),
    ("orders/o99", "o99"), ("orders/o7", "o7"), ("commands/c99", "c99"), ("events/27", "27"),
    ("events?shop=s99", "s99"), ("events?product=p99", "p99"), ("events?share=g99", "g99"),
    ("events?order=o99", "o99"), ("events?buyer=nobody", "nobody"),
    ("events?agent=nobody", "nobody"), ("events?brand=b99", "b99"),
    ("events?command=c99", "c99"), ("shopping-modes?shop=s99", "s99"),
    ("shopping-modes?brand=b99", "b99"), ("nowhere", "nowhere"), ("", "/v1/"),
    ("shops/s1/nothing", "nothing"), ("shops/%E5%BA%97", "店"),
  ])
  func `what is unknown is named`(path: String, named: String) async throws {
    let reply = try await #require(Server.shared).get("/v1/" + path)
    #expect(reply.status == 404 && reply.type == "application/problem+json")
    #expect(try reply.json["detail"]?.string?.contains(named) == true)
  }

  @Test(arguments: [
    ("shops?colour=red", "colour"), ("shops?asOf=27", "event 26"), ("shops?asOf=x", "asOf=x"),
    ("shops?asOf=3&after=2", "after"), ("events?asOf=3", "asOf"), ("status?after=1", "after"),
    ("shops?cursor=zz", "cursor"),
    ("shops?cursor=18446744073709551615", "cursor"), ("shops?cursor=-1", "cursor"),
    ("brands?cursor=zz", "cursor"),
    ("agency/b1/agents?cursor=zz", "cursor"), ("agency/b1/agents?overThreshold=yes", "yes"),
    ("agency/b1/agents/li/recruits?cursor=zz", "cursor"), ("shops?limit=0", "limit"),
    ("brands?limit=1001", "limit"), ("events?limit=1001", "limit"), ("events?limit=-1", "limit"),
    ("agency/b1?limit=ten", "limit"), ("shops?wait=301", "wait"), ("shops?wait=-1", "wait"),
    ("shops?after=-1", "after"), ("shops?after=18446744073709551616", "after"),
    ("events?after=x", "after"), ("shops/s1/dashboard?from=2026-03-02&to=2026-03-01", "from"),
    ("shops/s1/dashboard?from=2026-02-30", "from"), ("shops/s1/dashboard?to=today", "to"),
    ("shopping-modes?shop=s1&brand=b1", "brand"), ("shopping-modes?period=year", "period"),
    ("shopping-modes?from=1", "from"),
    ("events?type=Sold", "type"), ("events/0", "0"),
    ("events/last", "last"), ("shops/%FF", "%FF"), ("shops?limit=1&limit=2", "limit"),
  ])
  func `what is no question is told what is wrong with it`(
    path: String,
    named: String
  ) async throws {
    let reply = try await #require(Server.shared).get("/v1/" + path)
    #expect(reply.status == 400 && reply.type == "application/problem+json")
    #expect(try reply.json["detail"]?.string?.contains(named) == true)
  }

  @Test(arguments: [
    "shops?cursor=18446744073709551614", "events?after=18446744073709551615",
    "events?shop=s1&after=18446744073709551615", "events?command=c01&after=18446744073709551615",
    "agency/b1/agents?limit=1000", "shops/s1/dashboard?from=0001-01-01&to=9999-12-31",
    "shops?asOf=0", "shops?asOf=26", "brands?asOf=1970-01-01T00:00:00Z",
    "shopping-modes?currency=XXX", "shopping-modes?period=day&from=0001-01-01&to=9999-12-31",
  ])
  func `the ends of every range are answered`(path: String) async throws {
    let reply = try await #require(Server.shared).get("/v1/" + path)
    #expect(reply.status == 200)
    #expect(try reply.json.members != nil)
  }

  @Test(arguments: [
    ("DELETE", "/v1/shops"), ("GET", "/v1/commands"), ("POST", "/v1/shops"),
    ("PUT", "/v1/commands"), ("GET", "/v1/views/dashboard/rebuild"),
    ("POST", "/v1/views/x/rebuild"),
  ])
  func `what is done nowhere is a problem`(method: String, path: String) async throws {
    let reply = try await #require(Server.shared).curl([path], ["-X", method])[0]
    #expect(reply.status == 404 && reply.type == "application/problem+json")
  }

  @Test func `header fields beyond the limit end the connection, not the server`() async throws {
    let server = try #require(Server.shared)
    let field = "X-Long: " + String(repeating: "a", count: 40_000)
    let reply = try await server.curl(["/v1/status"], ["-H", field])[0]
    #expect(reply.status == 0 || reply.status == 431 || reply.status == 400)
    #expect(try await server.get("/v1/status").status == 200)
  }
}
