internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger

/// The server at work: its views, what it records and refuses, and the little that one may do.
extension WebPage {
  func operation(_ visit: Visit) async throws -> Page {
    let words = visit.words
    let status = try JSONValue(parsing: try await ledger.status())
    let views = try JSONValue(parsing: try await ledger.views())
    let activity = try JSONValue(parsing: try await ledger.activity(minutes: 60))
    let refused = activity["refused"]
    return Page(
      template: "operation",
      title: words["sectionOperation"],
      section: .operation,
      position: status["position"]?.integer,
      fields: [
        "facts": Self.facts(status, words),
        "rootHash": status["log"]?["rootHash"]?.string ?? "",
        "detail": shown(status["detail"]?.string),
        "views": zip(Self.views(views, words), views["views"]?.array ?? []).map {
          $0.merging(Self.generations($1, words)) { $1 }
        },
        "activity": [Self.chart(activity["minutes"]?.array ?? [], words)],
        "refusalsTotal": words.count(refused?["total"]),
        "refusalsCounted": words.count(refused?["latest"]),
        "reasons": Self.reasons(refused?["reasons"], words),
      ]
    )
  }

  private static func facts(_ status: JSONValue, _ words: Words) -> [Fields] {
    let log = status["log"]
    let uptime = Figure.duration(status["uptimeSeconds"]?.double ?? 0)
    let size = Figure.bytes(Int(log?["bytes"]?.integer ?? 0))
    return [
      ["position", words.count(status["position"])],
      ["writer", words["writer" + (status["writer"]?.string ?? "").capitalizedFirst]],
      ["queuedCommands", words.count(status["queuedCommands"])],
      ["peopleNamed", words.count(status["people"])],
      ["logBytes", size],
      ["readers", words.count(log?["readers"])],
      ["uptime", uptime],
      ["version", status["version"]?.string ?? ""],
    ].map { ["key": $0[0], "name": words[$0[0]], "figure": $0[1]] }
  }

  /// What of a view the overview does not show: versions, the last rebuild, and one under way.
  private static func generations(_ view: JSONValue, _ words: Words) -> Fields {
    let rebuild = view["rebuild"]
    let last = view["lastRebuild"]
    let name = view["view"]?.string ?? ""
    var fields: Fields = [
      "foldVersion": words.count(view["foldVersion"]),
      "generation": words.count(view["generation"]),
      "detail": shown(view["detail"]?.string),
      "isBusy": rebuild != nil,
      "rebuildLink": "/operation/views/\(Link.encoded(name))/rebuild",
      "rollbackLink": "/operation/views/\(Link.encoded(name))/rollback",
      "last": false,
      "progress": false,
    ]
    if let rebuild {
      let (position, target) = (rebuild["position"]?.double ?? 0, rebuild["target"]?.double ?? 0)
      fields["progress"] =
        [
          "value": position,
          "max": max(target, 1),
          "said": words.say(
            "rebuildProgress",
            words.count(rebuild["position"]),
            words.count(rebuild["target"]),
            words.count(rebuild["rate"])
          ),
          "left": shown(rebuild["secondsLeft"]?.double.map { Figure.duration($0) }),
        ] as Fields
    }
    if let last {
      let differences = last["differences"]?.integer ?? 0
      let failure = last["failure"]?.string
      fields["last"] =
        [
          "style": failure != nil || differences > 0 ? "bad" : "good",
          "said": failure
            ?? words.say(
              differences > 0 ? "rebuildDiffers" : "rebuildSame",
              words.count(last["compared"]),
              words.count(differences)
            ),
          "first": shown(last["firstDifference"]?.string),
          "took": words.say(
            "rebuildTook",
            words.count(last["events"]),
            Figure.duration(last["seconds"]?.double ?? 0)
          ),
        ] as Fields
    }
    return fields
  }

  private static func chart(_ minutes: [JSONValue], _ words: Words) -> Fields {
    ColumnChart(
      caption: words["eventsByMinute"],
      columns: minutes.map { String(($0["start"]?.string ?? "").dropFirst(11).prefix(5)) },
      columnsName: words["minute"],
      series: [
        ColumnChart.Series(
          name: words["events"],
          style: "plain",
          values: minutes.map { $0["events"]?.double ?? 0 },
          texts: minutes.map { words.count($0["events"]) }
        )
      ],
      tick: words.compact
    ).fields
  }

  private static func reasons(_ reasons: JSONValue?, _ words: Words) -> [Fields] {
    let members = reasons?.members ?? []
    let greatest = members.first?.value.double ?? 0
    return members.map { reason in
      [
        "name": reason.name,
        "count": words.count(reason.value),
        "bar": Bar.svg((reason.value.double ?? 0) / max(greatest, 1)),
      ]
    }
  }

  // MARK: Forms

  /// Does what a form asks, and leads back to the page; a page of another site may ask nothing.
  func form<Context: RequestContext>(
    _ path: RouterPath,
    on router: Router<Context>,
    _ perform: @escaping @Sendable (Visit) async throws -> Void
  ) {
    router.post(path) { request, context in
      let visit = Visit(request, context.parameters)
      guard Self.isFromOurselves(request) else {
        return respond(Page(forbidden: visit), to: visit)
      }
      do {
        try await perform(visit)
        return Response.redirect(to: "/operation", type: .normal)
      } catch let error as QueryError {
        return respond(Page(error, visit), to: visit)
      }
    }
  }

  /// Browsers say from which page a form was sent: it must be one that we served.
  ///
  /// Source: RFC 6454, section 7, and the Fetch standard's `Sec-Fetch-Site`.
  static func isFromOurselves(_ request: Request) -> Bool {
    if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
      return site == "same-origin"
    }
    guard let origin = request.headers[.origin], let host = request.head.authority else {
      return false
    }
    return origin == "http://" + host || origin == "https://" + host
  }
}

extension Page {
  init(forbidden visit: Visit) {
    self.init(
      template: "error",
      title: visit.words["forbidden"],
      section: nil,
      status: .forbidden,
      fields: [
        "title": visit.words["forbidden"], "detail": visit.words["forbiddenDetail"], "code": 403,
      ]
    )
  }
}
