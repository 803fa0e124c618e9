import Foundation
import JSON
import Testing

/// The pages as a browser without JavaScript gets them.
@Suite(.sharedServer) struct WebPageTests {
  private var server: Server {
    get throws { try #require(Server.shared) }
  }

  private func page(_ path: String, _ options: [String] = []) async throws -> (Reply, String) {
    let reply = try await server.curl([path], options)[0]
    return (reply, String(decoding: reply.body, as: UTF8.self))
  }

  /// What stands in the element with this `data-figure`, without tags.
  private func figure(_ key: String, in html: String) -> String? {
    let parts = html.components(separatedBy: #"data-figure="\#(key)">"#)
    guard parts.count == 2, let cell = parts[1].components(separatedBy: "</dd>").first else {
      return nil
    }
    return cell.replacing(#/<[^>]*>/#, with: "")
  }

  @Test func `the overview shows the latest day and all shops`() async throws {
    let (reply, html) = try await page("/")
    #expect(reply.status == 200 && reply.type == "text/html; charset=utf-8")
    let modes = try await server.get("/v1/shopping-modes?period=day").json
    let last = try #require(modes["periods"]?.array?.last)
    #expect(figure("orders", in: html)?.hasPrefix(Figure.count(last["all"]?["orders"])) == true)
    #expect(
      figure("gross", in: html)?.hasPrefix(Figure.money(last["all"]?["gross"], "CNY")) == true
    )
    #expect(figure("visitors", in: html)?.hasPrefix(Figure.count(last["all"]?["visitors"])) == true)
    #expect(html.contains(#"<a href="/shops/s1">"#))
    #expect(html.contains("as of event <b>26</b>"))
  }

  @Test func `a shop's page shows every figure of its dashboard`() async throws {
    let (_, html) = try await page("/shops/s1")
    let total = try #require(try await server.get("/v1/shops/s1/dashboard").json["total"])
    let money = [
      "gross", "refundsBooked", "refundsCohort", "netBooked", "netCohort", "averageOrderValue",
      "spendPerBuyer",
    ]
    let ratios = ["conversion", "refundRate", "repurchaseRate"]
    var shown = 0
    for member in try #require(total.members) where member.value.members == nil {
      let expected =
        money.contains(member.name)
        ? Figure.money(member.value, "CNY")
        : ratios.contains(member.name) ? Figure.ratio(member.value) : Figure.count(member.value)
      #expect(figure(member.name, in: html) == expected, "\(member.name)")
      shown += 1
    }
    #expect(shown == 17)
  }

  @Test func `days narrow a shop's page`() async throws {
    let (_, html) = try await page("/shops/s1?from=2026-03-02&to=2026-03-02")
    let day = try await server.get("/v1/shops/s1/dashboard?from=2026-03-02&to=2026-03-02").json
    #expect(figure("orders", in: html) == Figure.count(day["total"]?["orders"]))
    let (reply, problem) = try await page("/shops/s1?from=2026-13-02")
    #expect(reply.status == 400 && problem.contains("from=2026-13-02"))
  }

  @Test func `what is not there is told on a page`() async throws {
    let (reply, html) = try await page("/shops/%3Cb%3E")
    #expect(reply.status == 404 && reply.type == "text/html; charset=utf-8")
    #expect(html.contains("no shop &lt;b&gt;"))
  }

  @Test func `the language is asked for by the browser, a link or a cookie`() async throws {
    #expect(try await page("/").1.contains(#"<html lang="en">"#))
    let chinese = #"<html lang="zh-Hans">"#
    #expect(try await page("/", ["-H", "Accept-Language: zh-CN,en;q=0.5"]).1.contains(chinese))
    #expect(try await page("/?lang=zh", ["-H", "Accept-Language: en"]).1.contains(chinese))
    #expect(try await page("/", ["-H", "Cookie: lang=zh"]).1.contains(chinese))
    #expect(try await page("/", ["-H", "Cookie: lang=xx"]).1.contains(#"<html lang="en">"#))
    let (reply, headers) = try await page("/?lang=zh", ["-i"])
    #expect(reply.status == 200)
    #expect(headers.lowercased().contains("set-cookie: lang=zh; path=/"))
    #expect(headers.lowercased().contains("content-security-policy: default-src 'self'"))
  }

  @Test func `what a page loads is kept by the browser`() async throws {
    let (_, html) = try await page("/")
    for (pattern, type) in [
      (#"href="(/assets/page.css?v=[a-z0-9]+)""#, "text/css; charset=utf-8"),
      (#"src="(/assets/page.js?v=[a-z0-9]+)""#, "text/javascript; charset=utf-8"),
      (#"href="(/assets/icon.svg?v=[a-z0-9]+)""#, "image/svg+xml"),
    ] {
      let regex = try Regex(pattern.replacing("?", with: "\\?").replacing(".", with: "\\."))
      let address = try #require(html.firstMatch(of: regex)?.output[1].substring)
      let (reply, content) = try await page(String(address), ["-i"])
      #expect(reply.status == 200 && reply.type == type)
      #expect(content.lowercased().contains("max-age=31536000, immutable"))
    }
  }

  @Test func `a ranking is of one currency, greatest first`() async throws {
    let all = try await server.get("/v1/shops").json
    let ranking = try await server.get("/v1/shops?sort=gross&limit=1000").json
    let expected = try #require(all["shops"]?.array).filter { $0["currency"]?.string == "CNY" }
      .sorted { ($0["gross"]?.integer ?? 0) > ($1["gross"]?.integer ?? 0) }
    #expect(ranking["shops"]?.array == expected)
    #expect(ranking["currency"] == .string("CNY"))
    #expect(ranking["otherCurrencies"] == .array([.string("USD")]))
    let dollars = try await server.get("/v1/shops?sort=gross&currency=USD").json
    #expect(dollars["shops"]?.array?.map { $0["shop"] } == [.string("s2")])
    #expect(try await server.get("/v1/shops?sort=gross&cursor=1").status == 400)
    #expect(try await server.get("/v1/shops?currency=USD").status == 400)
  }

  @Test func `a hierarchy's pages show its figures, the chain and the recruits`() async throws {
    let (_, brand) = try await page("/brands/b1")
    let agency = try await server.get("/v1/agency/b1").json
    for key in ["agents", "active", "roots", "maxLevels", "agentsOverThreshold"] {
      #expect(figure(key, in: brand) == Figure.count(agency[key]), "\(key)")
    }
    let (_, zhao) = try await page("/brands/b1/agents/zhao")
    #expect(zhao.contains(#"<a href="/brands/b1/agents/li">li</a><span aria-current="page">zhao"#))
    let (_, recruits) = try await page("/brands/b1/agents/li/recruits")
    #expect(recruits.hasPrefix(#"<ul class="tree">"#) && recruits.contains(">zhao</a>"))
    let (found, _) = try await page("/brands/b1/agents?agent=zhao", ["-i"])
    #expect(found.status == 303)
    #expect(try await page("/brands/b1/agents/nobody").0.status == 404)
  }

  @Test func `the modes' page shows the mix and what shares did`() async throws {
    let (_, html) = try await page("/modes")
    let modes = try await server.get("/v1/shopping-modes").json
    for key in ["shares", "sharesWithOrders", "ordersFromShares", "greatestCascade"] {
      #expect(figure(key, in: html) == Figure.count(modes["sharing"]?[key]), "\(key)")
    }
    let cascade = try await server.get("/v1/shopping-modes/cascade").json
    #expect(cascade["root"] == .string("g1") && cascade["shares"] == .integer(2))
    #expect(cascade["members"]?[1]?["via"] == .string("g1"))
    #expect(cascade["members"]?[1]?["orders"] == .integer(2))
    #expect(html.components(separatedBy: "<circle class").count == 3)
    #expect(try await page("/modes?shop=s1&brand=b1").0.status == 400)
  }

  @Test func `the log shows its end, what a filter finds, and an event whole`() async throws {
    let (_, end) = try await page("/log")
    #expect(
      try #require(end.range(of: "/log/26")).lowerBound
        < (end.range(of: "/log/25")?.lowerBound ?? end.endIndex)
    )
    let (_, found) = try await page("/log?shop=s1&type=PriceChanged")
    #expect(found.contains(#"<a href="/log/22">22</a>"#) && !found.contains("/log/21\""))
    let (_, event) = try await page("/log/14")
    #expect(event.contains("ProductPurchased") && event.contains("attribution.mode"))
    #expect(try await page("/log/0").0.status == 400)
    #expect(try await page("/log/27").0.status == 404)
  }

  @Test func `the page of operation shows the views and why commands were refused`() async throws {
    let (_, html) = try await page("/operation")
    for view in try #require(try await server.get("/v1/views").json["views"]?.array) {
      #expect(html.contains(#"<tr data-view="\#(view["view"]?.string ?? "")">"#))
    }
    #expect(html.contains("StalePrice"))
  }

  @Test(arguments: [
    [], ["-H", "Origin: http://evil.example"], ["-H", "Origin: null"],
    ["-H", "Origin: http://localhost", "-H", "Sec-Fetch-Site: cross-site"],
  ])
  func `a form is taken from our own pages alone`(fields: [String]) async throws {
    let (reply, html) = try await page("/operation/views/modes/rebuild", ["-X", "POST"] + fields)
    #expect(reply.status == 403 && html.contains("Not from here"))
    #expect(try await server.get("/v1/views").json["views"]?[2]?["generation"] == .integer(1))
  }
}
