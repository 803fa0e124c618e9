import Foundation
import JSON
import Testing

/// Every question of the interface, with answers reckoned by hand from the scenario.
@Suite(.sharedServer) struct QuestionTests {
  private func expect(_ path: String, _ wanted: String) async throws {
    let separator = path.contains("?") ? "&" : "?"
    let isView = !path.hasPrefix("events") && !path.hasPrefix("commands")
    let fresh = isView ? separator + "after=26&wait=60" : ""
    let reply = try await #require(Server.shared).get("/v1/" + path + fresh)
    #expect(reply.status == 200 && reply.type == "application/json")
    let answer = try reply.json.sorted(without: ["recordedAt", "peer"])
    let expected = try JSONValue(wanted).sorted()
    #expect(answer == expected)
  }

  /// Figures of no day: everything 0, and the ratios null.
  private static let noKinds = #"""
    {"branded":{"orders":0,"gross":0},"native":{"orders":0,"gross":0},
    "fresh":{"orders":0,"gross":0},"handicraft":{"orders":0,"gross":0},
    "other":{"orders":0,"gross":0}}
    """#

  @Test func `a dashboard adds up what happened in a shop`() async throws {
    try await expect(
      "shops/s1/dashboard",
      #"""
      {"shop":"s1","name":"七里香小铺","currency":"CNY","timeZone":"Asia/Shanghai","position":26,
      "total":{"visits":3,"visitors":3,"orders":5,"units":8,"buyers":4,"gross":12000,
        "refundsBooked":900,"refundsCohort":900,"netBooked":11100,"netCohort":11100,
        "averageOrderValue":2400.0,"spendPerBuyer":3000.0,"conversion":1.0,"refundRate":0.075,
        "repurchaseRate":0.25,"impulseOrders":1,"stockOuts":1,
        "kinds":{"branded":{"orders":1,"gross":7500},"native":{"orders":0,"gross":0},
          "fresh":{"orders":0,"gross":0},"handicraft":{"orders":4,"gross":4500},
          "other":{"orders":0,"gross":0}},
        "modes":{"stroll":{"orders":1,"gross":1800},"share":{"orders":2,"gross":1800},
          "search":{"orders":1,"gross":7500},"unknown":{"orders":1,"gross":900}}},
      "days":[
        {"day":"2026-03-01","visits":1,"visitors":1,"orders":1,"units":2,"buyers":1,"gross":1800,
        "refundsBooked":0,"refundsCohort":900,"netBooked":1800,"netCohort":900,
        "averageOrderValue":1800.0,"spendPerBuyer":1800.0,"conversion":1.0,"refundRate":0.5,
        "repurchaseRate":0.0,"impulseOrders":1,"stockOuts":0,
        "kinds":{"branded":{"orders":0,"gross":0},"native":{"orders":0,"gross":0},
          "fresh":{"orders":0,"gross":0},"handicraft":{"orders":1,"gross":1800},
          "other":{"orders":0,"gross":0}},
        "modes":{"stroll":{"orders":1,"gross":1800},"share":{"orders":0,"gross":0},
          "search":{"orders":0,"gross":0},"unknown":{"orders":0,"gross":0}}},
        {"day":"2026-03-02","visits":2,"visitors":2,"orders":4,"units":6,"buyers":4,"gross":10200,
        "refundsBooked":0,"refundsCohort":0,"netBooked":10200,"netCohort":10200,
        "averageOrderValue":2550.0,"spendPerBuyer":2550.0,"conversion":1.0,"refundRate":0.0,
        "repurchaseRate":0.25,"impulseOrders":0,"stockOuts":1,
        "kinds":{"branded":{"orders":1,"gross":7500},"native":{"orders":0,"gross":0},
          "fresh":{"orders":0,"gross":0},"handicraft":{"orders":3,"gross":2700},
          "other":{"orders":0,"gross":0}},
        "modes":{"stroll":{"orders":0,"gross":0},"share":{"orders":2,"gross":1800},
          "search":{"orders":1,"gross":7500},"unknown":{"orders":1,"gross":900}}},
        {"day":"2026-03-03","visits":0,"visitors":0,"orders":0,"units":0,"buyers":0,"gross":0,
        "refundsBooked":900,"refundsCohort":0,"netBooked":-900,"netCohort":0,
        "averageOrderValue":null,"spendPerBuyer":null,"conversion":null,"refundRate":null,
        "repurchaseRate":null,"impulseOrders":0,"stockOuts":0,"kinds":\#(Self.noKinds),
        "modes":{"stroll":{"orders":0,"gross":0},"share":{"orders":0,"gross":0},
          "search":{"orders":0,"gross":0},"unknown":{"orders":0,"gross":0}}}],
      "productsListed":2,
      "topProducts":[{"product":"p1","title":"手工香皂","units":5,"gross":4500},
        {"product":"p2","title":"Lotus Tea","units":3,"gross":7500}]}
      """#
    )
  }

  @Test func `a range of days counts those days only`() async throws {
    let server = try #require(Server.shared)
    let path = "/v1/shops/s1/dashboard?from=2026-03-02&to=2026-03-02&after=26&wait=60"
    let answer = try await server.get(path).json
    #expect(answer["days"]?.array?.map { $0["day"] } == [.string("2026-03-02")])
    #expect(answer["total"]?["gross"] == .integer(10200))
    #expect(answer["total"]?["buyers"] == .integer(4))
    // The day is the shop's: what is the 1st and the 3rd in Shanghai is a day less in New York.
    let hill = try await server.get("/v1/shops/s2/dashboard?after=26&wait=60").json
    #expect(hill["days"]?.array?.compactMap { $0["day"]?.string } == ["2026-02-28", "2026-03-02"])
  }

  @Test(arguments: [
    (
      "shops",
      #"""
      {"shops":[{"shop":"s1","name":"七里香小铺","currency":"CNY","timeZone":"Asia/Shanghai",
      "openedAt":"2026-03-01T08:00:00+08:00","orders":5,"gross":12000},
      {"shop":"s2","name":"Hill Shop","currency":"USD","timeZone":"America/New_York",
      "openedAt":"2026-03-01T08:00:00+08:00","orders":1,"gross":1200}],"position":26}
      """#
    ),
    (
      "shops/s1",
      #"""
      {"shop":"s1","name":"七里香小铺","currency":"CNY","timeZone":"Asia/Shanghai","owner":"li",
      "openedAt":"2026-03-01T08:00:00+08:00","orders":5,"gross":12000,"productsListed":2,
      "position":26}
      """#
    ),
    (
      "brands",
      #"""
      {"brands":[{"brand":"b1","name":"Lotus","levelLimit":5,"currency":"CNY",
      "timeZone":"Asia/Shanghai","agents":3,"active":2}],"position":26}
      """#
    ),
    (
      "agency/b1",
      #"""
      {"brand":"b1","position":26,"agents":3,"active":2,"roots":1,"maxLevels":2,
      "agentsByLevel":{"1":1,"2":1},"agentsOverThreshold":0,
      "threshold":{"levels":3,"headcount":3},
      "largest":[{"agent":"li","levels":2,"headcount":2,"directRecruits":1}]}
      """#
    ),
    (
      "agency/b1/agents?overThreshold=true",
      #"{"brand":"b1","position":26,"agents":[]}"#
    ),
    (
      "agency/b1/agents/li",
      #"""
      {"agent":"li","brand":"b1","position":26,"level":1,"levels":2,"headcount":2,
      "membersByLevel":{"1":1,"2":1},"directRecruits":1,"joinedAt":"2026-03-01T08:10:00+08:00",
      "entryFees":3000,"chain":[],
      "peak":{"levels":3,"levelsAt":6,"headcount":3,"headcountAt":6}}
      """#
    ),
    (
      "agency/b1/agents/zhao",
      #"""
      {"agent":"zhao","brand":"b1","position":26,"sponsor":"li","level":2,"levels":1,"headcount":1,
      "membersByLevel":{"1":1},"directRecruits":0,"joinedAt":"2026-03-01T08:30:00+08:00",
      "entryFees":0,"chain":["li"],
      "peak":{"levels":1,"levelsAt":6,"headcount":1,"headcountAt":6}}
      """#
    ),
    (
      "agency/b1/agents/li/recruits",
      #"""
      {"agent":"li","brand":"b1","position":26,
      "recruits":[{"agent":"zhao","levels":1,"headcount":1,"directRecruits":0}]}
      """#
    ),
    (
      "people/dong",
      #"""
      {"person":"dong","position":26,
      "sharer":{"shares":1,"orders":2,"gross":{"CNY":1800},"buyers":2},
      "agencies":[],"shops":[],"brands":[]}
      """#
    ),
    (
      "people/li",
      #"""
      {"person":"li","position":26,"sharer":{"shares":0,"orders":0,"gross":{},"buyers":0},
      "agencies":[{"brand":"b1","active":true,"joinedAt":"2026-03-01T08:10:00+08:00"}],
      "shops":["s1"],"brands":[]}
      """#
    ),
    (
      "products/p1",
      #"""
      {"product":"p1","position":26,"shop":"s1","seller":"li","kind":"handicraft",
      "title":"手工香皂","currency":"CNY","price":1000,"stock":6,"listed":true,
      "story":"Grandmother's recipe","listedAt":"2026-03-01T09:00:00+08:00"}
      """#
    ),
    (
      "shares/g2",
      #"""
      {"share":"g2","position":26,"product":"p1","shop":"s1","sharer":"dong",
      "sharedAt":"2026-03-01T10:06:00+08:00","depth":2,"scene":"circle","community":"妈妈群",
      "chain":["g1","g2"],"orders":2,"units":2,"gross":1800,"currency":"CNY","passedOn":0}
      """#
    ),
    (
      "orders/o1",
      #"""
      {"order":"o1","position":26,"event":14,"orderedAt":"2026-03-01T10:20:00+08:00",
      "day":"2026-03-01","product":"p1","title":"手工皂","shop":"s1","seller":"li",
      "kind":"handicraft","buyer":"chen","quantity":2,"unitPrice":900,"total":1800,
      "currency":"CNY","mode":"stroll","visit":"v1","refundedQuantity":1,"refundedAmount":900,
      "netAmount":900}
      """#
    ),
    (
      "orders/o6",
      #"""
      {"order":"o6","position":26,"event":24,"orderedAt":"2026-03-03T10:00:00+08:00",
      "day":"2026-03-02","product":"p3","title":"Mug","shop":"s2","seller":"wang","kind":"other",
      "buyer":"hana","quantity":1,"unitPrice":1200,"total":1200,"currency":"USD","mode":"unknown",
      "refundedQuantity":0,"refundedAmount":0,"netAmount":1200}
      """#
    ),
    (
      "commands/c26",
      #"""
      {"id":"c26","outcome":"rejected","rejection":"StalePrice",
      "detail":"p1 costs 1000 now, not 900; show the new price and send again"}
      """#
    ),
    (
      "events/14",
      #"""
      {"position":14,"occurredAt":"2026-03-01T10:20:00+08:00","localDay":"2026-03-01",
      "type":"ProductPurchased","command":"c14","data":{"order":"o1","product":"p1","shop":"s1",
      "seller":"li","kind":"handicraft","title":"手工皂","currency":"CNY","buyer":"chen",
      "unitPrice":900,"quantity":2,"total":1800,"stockAfter":8,
      "attribution":{"mode":"stroll","scene":"homeFeed","visit":"v1","rule":1},"halo":false,
      "selfShare":false,"impulse":true,"policy":10}}
      """#
    ),
    (
      "events?command=c25",
      #"""
      {"events":[{"position":25,"occurredAt":"2026-03-03T11:00:00+08:00","localDay":"2026-03-03",
      "type":"AgentLeft","command":"c25","data":{"brand":"b1","agent":"mei","sponsor":"li",
      "cause":"left","reason":"moved away"}},
      {"position":26,"occurredAt":"2026-03-03T11:00:00+08:00","localDay":"2026-03-03",
      "type":"AgentReparented","command":"c25","causation":25,"data":{"brand":"b1","agent":"zhao",
      "from":"mei","to":"li","level":2,"cause":"sponsorLeft"}}]}
      """#
    ),
    (
      "events?type=ShopOpened&limit=1&shop=s1",
      #"""
      {"events":[{"position":1,"occurredAt":"2026-03-01T08:00:00+08:00","localDay":"2026-03-01",
      "type":"ShopOpened","command":"c01","actor":"li","correlation":"opening","data":{
      "shop":"s1","owner":"li","name":"七里香小铺","currency":"CNY","timeZone":"Asia/Shanghai"}}],
      "next":1}
      """#
    ),
  ])
  func `each question has its answer`(path: String, wanted: String) async throws {
    try await expect(path, wanted)
  }

  @Test func `the modes of all shops are told in one currency`() async throws {
    try await expect(
      "shopping-modes",
      #"""
      {"position":26,"currency":"CNY","otherCurrencies":["USD"],
      "days":{"first":"2026-03-01","last":"2026-03-02"},
      "all":{"visits":3,"visitors":3,"orders":6,"units":9,"buyers":5,"gross":12000,
        "conversion":1.0},
      "modes":{"stroll":{"visits":1,"visitors":1,"orders":1,"units":2,"buyers":1,"gross":1800,
        "conversion":1.0,"shareOfOrders":0.16666666666666666,"shareOfGross":0.15},
      "share":{"visits":1,"visitors":1,"orders":2,"units":2,"buyers":2,"gross":1800,
        "conversion":1.0,"shareOfOrders":0.3333333333333333,"shareOfGross":0.15},
      "search":{"visits":1,"visitors":1,"orders":1,"units":3,"buyers":1,"gross":7500,
        "conversion":1.0,"shareOfOrders":0.16666666666666666,"shareOfGross":0.625},
      "unknown":{"visits":0,"visitors":0,"orders":2,"units":2,"buyers":2,"gross":900,
        "conversion":null,"shareOfOrders":0.3333333333333333,"shareOfGross":0.075}},
      "sharing":{"shares":2,"sharesWithOrders":1,"ordersFromShares":2,"mostOrdersFromOneShare":2,
        "depths":{"1":1,"2":1},"greatestCascade":2,"deepOrderShare":1.0},
      "search":{"product":{"visits":0,"orders":0},"brand":{"visits":1,"orders":1}},
      "scenes":{"circle":{"visits":1,"orders":2},"homeFeed":{"visits":1,"orders":1}}}
      """#
    )
  }

  @Test(
    arguments: [
      ("shop=s1", [1, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 7, 8]),
      ("product=p1", [7, 11, 12, 13, 14, 16, 19, 20, 21, 22, 23]),
      ("order=o1", [14, 21]), ("share=g2", [13, 15, 16, 20]),
      // A buyer's visits are theirs, and an agent's recruits come and go under them.
      ("buyer=chen", [11, 14, 20, 21]), ("agent=mei", [5, 6, 25, 26]),
      ("brand=b1&type=AgentSignedUp", [4, 5, 6]), ("buyer=chen&type=PurchaseRefunded", [21]),
      ("shop=s1&product=p2&type=ProductPurchased", [18]), ("shop=s2&buyer=chen", []),
      ("type=PolicyAdopted", [10]), ("after=24", [25, 26]), ("shop=s1&after=22", [23]),
      ("command=c25&type=AgentLeft", [25]), ("command=c26&after=0", nil),
    ] as [(String, [Int64]?)]
  )
  func `filters are all met`(query: String, positions: [Int64]?) async throws {
    let reply = try await #require(Server.shared).get("/v1/events?" + query)
    guard let positions else {
      #expect(reply.status == 404)
      return
    }
    let events = try reply.json["events"]?.array
    #expect(events?.compactMap { $0["position"]?.integer } == positions.sorted())
    #expect(try reply.json["next"] == nil)
  }

  @Test(arguments: [1, 3, 26], ["", "&shop=s1", "&type=ProductPurchased"])
  func `pages put together are the whole`(limit: Int, filter: String) async throws {
    let server = try #require(Server.shared)
    let whole = try await server.get("/v1/events?limit=1000" + filter).json["events"]?.array
    var pages: [JSONValue] = []
    var after: Int64? = 0
    while let next = after {
      let page = try await server.get("/v1/events?limit=\(limit)&after=\(next)" + filter).json
      pages += page["events"]?.array ?? []
      after = page["next"]?.integer
    }
    #expect(pages == whole && !pages.isEmpty)
  }

  @Test(arguments: [
    ("shops", "shops"), ("brands", "brands"), ("agency/b1/agents", "agents"),
    ("agency/b1/agents/li/recruits", "recruits"),
  ])
  func `lists go on behind their cursor`(path: String, member: String) async throws {
    let server = try #require(Server.shared)
    let whole = try await server.get("/v1/\(path)").json[member]?.array
    var pages: [JSONValue] = []
    var query = "?limit=1"
    while true {
      let page = try await server.get("/v1/\(path)\(query)").json
      #expect(page[member]?.array?.count ?? 2 <= 1)
      pages += page[member]?.array ?? []
      guard let next = page["next"] else { break }
      query = "?limit=1&cursor=" + (next.string ?? next.integer.map(String.init) ?? "")
    }
    #expect(pages == whole && !pages.isEmpty)
  }

  @Test func `operators see the log's head and where the views stand`() async throws {
    let server = try #require(Server.shared)
    _ = try await answers(server)
    let status = try await server.get("/v1/status").json
    #expect(status["position"] == .integer(26))
    #expect(status["pid"] == .integer(Int64(server.program.id)))
    for member in ["version", "startedAt", "uptimeSeconds", "directory", "log", "views"] {
      #expect(status[member] != nil, "\(member)")
    }
    let views = try await server.get("/v1/views").json["views"]?.array ?? []
    let names = ["dashboard", "agency", "modes", "people", "index"]
    #expect(views.map { $0["view"]?.string } == names)
    for view in views {
      #expect(view["position"] == .integer(26) && view["state"] == .string("live"))
      #expect(view["lag"]?["events"] == .integer(0) && view["lag"]?["seconds"] != nil)
      #expect(view["foldVersion"]?.integer != nil && view["generation"]?.integer != nil)
    }
    for probe in ["/healthz", "/readyz"] {
      let status = try await server.get(probe).status
      #expect(status == 200)
    }
  }
}
