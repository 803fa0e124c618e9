import JSON

/// Where the views stand, as a table, and what became of a rebuild.
enum ViewsReport {
  static func lines(_ answer: JSONValue, width: Int) -> [String] {
    var table = Table([
      .text("view"), .text("state"), .figure("reflects"), .figure("behind"), .figure("by"),
      .figure("version"), .figure("generation"), .text("detail"),
    ])
    for view in answer["views"]?.array ?? [] {
      table.add([
        Figure.text(view["view"]), Figure.text(view["state"]), Figure.count(view["position"]),
        Figure.count(view["lag"]?["events"]),
        view["lag"]?["seconds"]?.double.map(Figure.duration) ?? Figure.none,
        Figure.count(view["foldVersion"]), Figure.count(view["generation"]), detail(view),
      ])
    }
    return table.lines(width: width)
  }

  static func progress(_ view: JSONValue, _ rebuild: JSONValue) -> Progress {
    Progress(
      label: "rebuild \(Figure.text(view["view"]))",
      unit: .events,
      done: Int(rebuild["position"]?.integer ?? 0),
      total: rebuild["target"]?.integer.map(Int.init),
      rate: rebuild["rate"].map { Figure.count($0) + " events/s" },
      secondsLeft: rebuild["secondsLeft"]?.double
    )
  }

  /// How a rebuild ended, such as `dashboard: generation 4 from 1,200 events in 8.2 s; 40 rows
  /// compared with the generation before, no difference`.
  static func outcome(of name: String, _ rebuild: JSONValue) -> String {
    let differences = rebuild["differences"]?.integer ?? 0
    let found =
      differences == 0
      ? "no difference"
      : "\(Figure.count(differences)) \(differences == 1 ? "differs" : "differ")"
    let seconds = rebuild["seconds"]?.double.map(Figure.duration) ?? Figure.none
    return "\(name): generation \(Figure.count(rebuild["generation"])) from "
      + "\(Figure.count(rebuild["events"])) events in \(seconds); "
      + "\(Figure.count(rebuild["compared"])) rows compared with the generation before, \(found)"
  }

  private static func detail(_ view: JSONValue) -> String {
    if let rebuild = view["rebuild"] { return progress(view, rebuild).sentence }
    return view["detail"].map { Figure.text($0) } ?? ""
  }
}
