internal import Hummingbird
internal import Ledger
internal import Marketplace

/// `GET /v1/what-if`: how the figures would differ under another policy.
struct WhatIfRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.get("what-if") { request, _ in
      let fields = [
        "attributionWindowDays", "thresholdLevels", "thresholdHeadcount", "impulseMinutes",
      ]
      let query = try QueryParameters(request, allowed: ["limit"] + fields)
      func field(_ name: String) throws -> Int64? {
        try query.number(name, in: Int64.min...Int64.max)
      }
      let overrides = AdoptPolicy(
        attributionWindowDays: try field("attributionWindowDays"),
        thresholdLevels: try field("thresholdLevels"),
        thresholdHeadcount: try field("thresholdHeadcount"),
        impulseMinutes: try field("impulseMinutes")
      )
      return Response.json(try await ledger.whatIf(overrides, limit: query.limit(default: 100)))
    }
  }
}
