internal import Hummingbird
internal import Ledger
internal import Marketplace

/// Why a figure is what it is.
struct ExplainRoutes {
  let ledger: Ledger

  private static let named = ["figure"] + QueryParameters.paged
  private static let byDay = named + ["day", "from", "to"]

  func add(to router: RouterGroup<APIContext>) {
    router.get("explain/dashboard/{shop}") { request, context in
      let query = try QueryParameters(request, allowed: Self.byDay)
      return try await explain(.dashboard(shop: context.pathPart("shop")), query)
    }
    router.get("explain/agency/{brand}") { request, context in
      let query = try QueryParameters(request, allowed: Self.named)
      return try await explain(.agency(brand: context.pathPart("brand"), agent: nil), query)
    }
    router.get("explain/agency/{brand}/agents/{agent}") { request, context in
      let query = try QueryParameters(request, allowed: Self.named)
      let subject = ExplainQuestion.Subject.agency(
        brand: try context.pathPart("brand"),
        agent: try context.pathPart("agent")
      )
      return try await explain(subject, query)
    }
    router.get("explain/modes") { request, _ in
      let query = try QueryParameters(
        request,
        allowed: Self.byDay + ["shop", "brand", "currency"]
      )
      if query.text("shop") != nil && query.text("brand") != nil {
        throw Problem.badRequest("shop and brand are given: filter by one of the two")
      }
      let subject = ExplainQuestion.Subject.modes(
        shop: query.text("shop"),
        brand: query.text("brand"),
        currency: query.text("currency")
      )
      return try await explain(subject, query)
    }
  }

  private func explain(
    _ subject: ExplainQuestion.Subject,
    _ query: QueryParameters
  ) async throws -> Response {
    guard let figure = query.text("figure") else {
      throw Problem.badRequest(
        "no figure is given: name one by its place in the view's answer, such as figure=gross"
      )
    }
    var days = try query.days()
    if let day = try query.day("day") {
      guard days.from == nil, days.to == nil else {
        throw Problem.badRequest("day is given with from or to: give either")
      }
      days = (day, day)
    }
    let question = ExplainQuestion(
      subject,
      figure: figure,
      from: days.from,
      to: days.to,
      limit: try query.limit(default: 100),
      cursor: query.text("cursor")
    )
    return Response.json(try await ledger.explain(question, query.freshness()))
  }
}
