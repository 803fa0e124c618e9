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
}
