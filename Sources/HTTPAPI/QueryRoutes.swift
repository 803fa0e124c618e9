internal import Hummingbird
internal import Ledger
internal import Marketplace

/// Everything that asks and changes nothing.
struct QueryRoutes {
  let ledger: Ledger
  let streams: EventStreams

  func add(to router: RouterGroup<APIContext>) {
    addShops(to: router)
    addThings(to: router)
    addAgency(to: router)
    addModes(to: router)
    addEvents(to: router)
  }

  private func addShops(to router: RouterGroup<APIContext>) {
    router.get("shops") { request, _ in
      let query = try QueryParameters(
        request,
        allowed: ["sort", "currency"] + QueryParameters.paged
      )
      if try query.choice("sort", of: ["gross"]) != nil {
        guard query.text("cursor") == nil else {
          throw Problem.badRequest("a ranking has one page: leave out the cursor, raise the limit")
        }
        return Response.json(
          try await ledger.shopRanking(
            currency: query.text("currency"),
            limit: query.limit(default: 20),
            query.freshness()
          )
        )
      }
      guard query.text("currency") == nil else {
        throw Problem.badRequest("currency is of the ranking: ask with sort=gross too")
      }
      return Response.json(
        try await ledger.shops(
          cursor: query.text("cursor"),
          limit: query.limit(default: 100),
          query.freshness()
        )
      )
    }
    router.get("shops/{shop}") { request, context in
      let query = try QueryParameters(request, allowed: QueryParameters.fresh)
      return Response.json(try await ledger.shop(context.pathPart("shop"), query.freshness()))
    }
    router.get("shops/{shop}/dashboard") { request, context in
      let query = try QueryParameters(request, allowed: ["from", "to"] + QueryParameters.fresh)
      let days = try query.days()
      return Response.json(
        try await ledger.dashboard(
          of: context.pathPart("shop"),
          from: days.from,
          to: days.to,
          query.freshness()
        )
      )
    }
  }

  private func addThings(to router: RouterGroup<APIContext>) {
    router.get("people/{person}") { request, context in
      let query = try QueryParameters(request, allowed: QueryParameters.fresh)
      return Response.json(try await ledger.person(context.pathPart("person"), query.freshness()))
    }
    router.get("products/{product}") { request, context in
      let query = try QueryParameters(request, allowed: QueryParameters.fresh)
      return Response.json(try await ledger.product(context.pathPart("product"), query.freshness()))
    }
    router.get("shares/{share}") { request, context in
      let query = try QueryParameters(request, allowed: QueryParameters.fresh)
      return Response.json(try await ledger.share(context.pathPart("share"), query.freshness()))
    }
    router.get("orders/{order}") { request, context in
      let query = try QueryParameters(request, allowed: QueryParameters.fresh)
      return Response.json(try await ledger.order(context.pathPart("order"), query.freshness()))
    }
  }

  private func addAgency(to router: RouterGroup<APIContext>) {
    router.get("brands") { request, _ in
      let query = try QueryParameters(request, allowed: QueryParameters.paged)
      return Response.json(
        try await ledger.brands(
          cursor: query.text("cursor"),
          limit: query.limit(default: 100),
          query.freshness()
        )
      )
    }
    router.get("agency/{brand}") { request, context in
      let query = try QueryParameters(request, allowed: ["on", "limit"] + QueryParameters.fresh)
      return Response.json(
        try await ledger.agency(
          of: context.pathPart("brand"),
          limit: query.limit(default: 5),
          query.freshness()
        )
      )
    }
    router.get("agency/{brand}/agents") { request, context in
      let query = try QueryParameters(
        request,
        allowed: ["on", "overThreshold"] + QueryParameters.paged
      )
      return Response.json(
        try await ledger.agents(
          of: context.pathPart("brand"),
          overThreshold: query.flag("overThreshold"),
          cursor: query.text("cursor"),
          limit: query.limit(default: 100),
          query.freshness()
        )
      )
    }
    router.get("agency/{brand}/agents/{agent}") { request, context in
      let query = try QueryParameters(request, allowed: ["on"] + QueryParameters.fresh)
      return Response.json(
        try await ledger.agent(
          context.pathPart("agent"),
          of: context.pathPart("brand"),
          query.freshness()
        )
      )
    }
    router.get("agency/{brand}/agents/{agent}/recruits") { request, context in
      let query = try QueryParameters(request, allowed: ["on"] + QueryParameters.paged)
      return Response.json(
        try await ledger.recruits(
          of: context.pathPart("agent"),
          in: context.pathPart("brand"),
          cursor: query.text("cursor"),
          limit: query.limit(default: 100),
          query.freshness()
        )
      )
    }
  }

  private func addModes(to router: RouterGroup<APIContext>) {
    router.get("shopping-modes") { request, _ in
      let query = try QueryParameters(
        request,
        allowed: ["shop", "brand", "currency", "period", "from", "to"] + QueryParameters.fresh
      )
      if query.text("shop") != nil && query.text("brand") != nil {
        throw Problem.badRequest("shop and brand are given: filter by one of the two")
      }
      let days = try query.days()
      let question = ShoppingModesQuestion(
        shop: query.text("shop"),
        brand: query.text("brand"),
        currency: query.text("currency"),
        period: try query.choice("period", of: ["day", "week", "month"]),
        from: days.from,
        to: days.to
      )
      return Response.json(try await ledger.shoppingModes(question, query.freshness()))
    }
  }

  private func addEvents(to router: RouterGroup<APIContext>) {
    router.get("events") { request, context in
      if request.headers[.accept]?.contains("text/event-stream") == true {
        return try await streams.open(request, context)
      }
      let query = try QueryParameters(
        request,
        allowed: ["after", "limit"] + EventFilter.parameters
      )
      var filter = try EventFilter(query)
      filter.limit = try query.limit(default: 500)
      return Response.json(try await ledger.events(filter))
    }
    router.get("events/{position}") { request, context in
      _ = try QueryParameters(request, allowed: [])
      let part = try context.pathPart("position")
      guard let position = Position(part), position > 0 else {
        throw Problem.badRequest("\(part) is no position: give a whole number from 1")
      }
      return Response.json(try await ledger.event(at: position))
    }
    router.get("commands/{id}") { request, context in
      _ = try QueryParameters(request, allowed: [])
      return Response.json(try await ledger.receipt(of: context.pathPart("id")))
    }
  }
}

extension EventFilter {
  /// What a list of events and a stream of them can be narrowed by.
  static let parameters = [
    "shop", "product", "share", "order", "buyer", "agent", "brand", "command", "type",
  ]

  init(_ query: QueryParameters) throws {
    self.init()
    after = try query.number("after", in: 0...Position.max) ?? 0
    shop = query.text("shop")
    product = query.text("product")
    share = query.text("share")
    order = query.text("order")
    buyer = query.text("buyer")
    agent = query.text("agent")
    brand = query.text("brand")
    command = query.text("command")
    type = query.text("type")
  }
}
