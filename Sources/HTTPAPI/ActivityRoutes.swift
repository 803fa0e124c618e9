internal import Hummingbird
internal import Ledger

/// What the writer has been doing, and the widest cascade: questions that the web page asks too.
struct ActivityRoutes {
  let ledger: Ledger

  func add(to router: RouterGroup<APIContext>) {
    router.get("activity") { request, _ in
      let query = try QueryParameters(request, allowed: ["minutes"])
      let minutes = try query.number("minutes", in: 1...1_440) ?? 60
      return Response.json(try await ledger.activity(minutes: minutes))
    }
    router.get("shopping-modes/cascade") { request, _ in
      let query = try QueryParameters(
        request,
        allowed: ["shop", "brand", "from", "to", "after", "wait"]
      )
      if query.text("shop") != nil && query.text("brand") != nil {
        throw Problem.badRequest("shop and brand are given: filter by one of the two")
      }
      let days = try query.days()
      let question = ShoppingModesQuestion(
        shop: query.text("shop"),
        brand: query.text("brand"),
        from: days.from,
        to: days.to
      )
      return Response.json(try await ledger.widestCascade(question, query.freshness()))
    }
  }
}
