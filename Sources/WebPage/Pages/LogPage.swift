internal import JSON
internal import Ledger
internal import Marketplace

/// The log itself: its end as it grows, or what a filter finds, and one event whole.
extension WebPage {
  private static let eventsShown = 50
  /// How many pages of the index are looked through for one of ours.
  private static let pagesTried = 40
  static let filterNames = [
    "shop", "product", "share", "order", "buyer", "agent", "brand", "command",
  ]

  func log(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let filtered = Self.filterNames.contains { visit[$0] != nil } || visit["type"] != nil
    let events: [JSONValue]
    var links: Fields = [:]
    if filtered {
      let (found, next) = try await find(visit)
      events = found
      links["next"] = shown(next.map { visit.link(["after": String($0)]) })
    } else {
      let head = try JSONValue(parsing: try await ledger.status())["position"]?.integer ?? 0
      let before = try visit.number("before", in: 1...Int64.max, preset: .max)
      let last = min(head, before - 1)
      events = try await tail(to: Position(max(last, 0)))
      links["older"] = shown(
        last > Self.eventsShown
          ? visit.link(["before": String(last - Int64(Self.eventsShown) + 1)]) : nil
      )
      links["newest"] = shown(before == .max ? nil : "/log")
    }
    var fields: Fields = [
      "filters": Self.filterNames.map { name in
        ["key": name, "name": words[name], "value": visit[name] ?? ""] as Fields
      },
      "types": Event.types.map { type in
        ["name": type, "isChosen": type == visit["type"]] as Fields
      },
      "isFiltered": filtered,
      "order": filtered ? words["oldestFirst"] : words["newestFirst"],
      "events": events.map { Self.row($0, words) },
    ]
    fields.merge(links) { $1 }
    return Page(
      template: "log",
      title: words["sectionLog"],
      section: .log,
      fields: fields
    )
  }

  /// The last events up to a position, the latest first.
  private func tail(to last: Position) async throws -> [JSONValue] {
    guard last > 0 else { return [] }
    var filter = EventFilter()
    filter.after = last - min(last, Position(Self.eventsShown))
    filter.limit = Int(last - filter.after)
    let found = try JSONValue(parsing: try await ledger.events(filter))
    return (found["events"]?.array ?? []).reversed()
  }

  /// The first events behind `after` that meet every filter, and where to go on.
  private func find(_ visit: Visit) async throws -> ([JSONValue], next: Int64?) {
    var filter = EventFilter()
    filter.shop = visit["shop"]
    filter.product = visit["product"]
    filter.share = visit["share"]
    filter.order = visit["order"]
    filter.buyer = visit["buyer"]
    filter.agent = visit["agent"]
    filter.brand = visit["brand"]
    filter.command = visit["command"]
    filter.type = visit["type"]
    filter.after = try visit.number("after", in: 0...Position.max, preset: 0)
    var events: [JSONValue] = []
    // A page of the index is cut before its events are held against the type, so it may be empty.
    for _ in 0..<Self.pagesTried {
      filter.limit = filter.type == nil ? Self.eventsShown - events.count : 500
      let page = try JSONValue(parsing: try await ledger.events(filter))
      events += page["events"]?.array ?? []
      let next = page["next"]?.integer
      if events.count > Self.eventsShown {
        events.removeSubrange(Self.eventsShown...)
        return (events, events.last?["position"]?.integer)
      }
      guard let next, events.count < Self.eventsShown else { return (events, next) }
      filter.after = Position(next)
    }
    return (events, Int64(filter.after))
  }

  // MARK: Rows

  private static func row(_ event: JSONValue, _ words: Words) -> Fields {
    let position = event["position"]?.integer ?? 0
    return [
      "position": words.count(position),
      "link": Link.event(position),
      "time": words.time(event["occurredAt"]?.string),
      "type": event["type"]?.string ?? "",
      "details": details(event["data"]).prefix(6).map { $0 },
    ]
  }

  /// What tells the least of an event where there is little room.
  private static let left: Set<String> = [
    "kind", "title", "currency", "seller", "root", "unitPrice", "stockAfter", "level", "name",
    "timeZone", "levelLimit", "halo", "selfShare", "impulse", "policy",
  ]

  /// What the event says, member by member; names of things lead to what there is about them.
  private static func details(_ data: JSONValue?) -> [Fields] {
    (data?.members ?? []).compactMap { member in
      guard !left.contains(member.name), let text = scalar(member.value) else { return nil }
      return [
        "key": member.name,
        "value": money(member.name, member.value, data?["currency"]?.string) ?? text,
        "link": shown(link(member.name, text, data)),
      ]
    }
  }

  /// An amount with its currency; nil for what is none.
  private static func money(_ name: String, _ value: JSONValue, _ currency: String?) -> String? {
    let amounts = ["price", "unitPrice", "total", "amount", "entryFee"]
    guard amounts.contains(name), let currency else { return nil }
    return Figure.money(value, currency) + " " + currency
  }

  private static func scalar(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    default: nil
    }
  }

  private static func link(_ name: String, _ value: String, _ data: JSONValue?) -> String? {
    switch name {
    case "shop": return Link.shop(value)
    case "brand": return Link.brand(value)
    case "agent", "sponsor":
      return data?["brand"]?.string.map { Link.agent(value, of: $0) }
    case "product", "share", "order": return Link.log([name: value])
    case "buyer", "visitor": return Link.log(["buyer": value])
    case "via": return Link.log(["share": value])
    default: return nil
    }
  }

  // MARK: One event

  func event(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let part = try visit.part("position")
    guard let position = Position(part), position > 0 else {
      throw QueryError.badRequest(words.say("noPosition", part))
    }
    let event = try JSONValue(parsing: try await ledger.event(at: position))
    let envelope = (event.members ?? []).filter { $0.name != "data" && $0.name != "type" }
    let head = try JSONValue(parsing: try await ledger.status())["position"]?.integer ?? 0
    return Page(
      template: "event",
      title: words.say("eventTitle", words.count(position)),
      section: .log,
      fields: [
        "title": words.say("eventTitle", words.count(position)),
        "type": event["type"]?.string ?? "",
        "typeLink": Link.log(["type": event["type"]?.string ?? ""]),
        "before": shown(position > 1 ? Link.event(position - 1) : nil),
        "after": shown(Int64(position) < head ? Link.event(position + 1) : nil),
        "json": "/v1/events/\(position)",
        "envelope": envelope.compactMap { member -> Fields? in
          guard let text = Self.scalar(member.value) else { return nil }
          let link: String? =
            switch member.name {
            case "command": Link.log(["command": text])
            case "causation": Link.to("/log/" + text, [])
            default: nil
            }
          return ["key": member.name, "value": text, "link": shown(link)]
        },
        "data": Self.flat(event["data"], event["data"]?["currency"]?.string),
      ]
    )
  }

  /// Every value of the event's content with its path, amounts in their currency beside them.
  private static func flat(
    _ value: JSONValue?,
    _ currency: String?,
    path: String = ""
  ) -> [Fields] {
    (value?.members ?? []).flatMap { member -> [Fields] in
      let name = path + member.name
      guard let text = scalar(member.value) else {
        return flat(member.value, currency, path: name + ".")
      }
      return [
        [
          "key": name,
          "value": text,
          "link": shown(link(member.name, text, value)),
          "money": shown(money(member.name, member.value, currency)),
        ]
      ]
    }
  }
}
