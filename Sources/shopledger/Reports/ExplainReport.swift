import JSON

/// The events behind a figure as a table, and how they are known to be all.
enum ExplainReport {
  static func lines(_ answer: JSONValue, width: Int) -> [String] {
    let subject = ["shop", "brand", "agent"].compactMap { name in
      answer[name].map { "\(name) \(Figure.text($0))" }
    }
    let name = ([Figure.text(answer["view"])] + subject).joined(separator: " ")
    var lines = [
      DashboardReport.heading("\(name) · \(Figure.text(answer["figure"]))", answer), "",
    ]
    var figures = Table([.text(""), .figure(""), .figure("")])
    figures.add([Figure.text(answer["figure"]), Figure.text(answer["value"]), ""])
    for part in answer["parts"]?.array ?? [] {
      figures.add([
        "  " + Figure.text(part["name"]), Figure.count(part["total"]),
        "by \(Figure.count(part["moves"])) event\(part["moves"]?.integer == 1 ? "" : "s")",
      ])
    }
    lines += figures.lines(width: width)
    let isRatio = answer["kind"]?.string == "ratio"
    var moves = Table([
      .figure("event"), .figure("day"), .figure("by"), .figure("to"),
      .text(isRatio ? "of" : ""), .text("what happened"),
    ])
    for move in answer["moves"]?.array ?? [] {
      moves.add([
        Figure.count(move["position"]), Figure.text(move["day"]), Figure.count(move["amount"]),
        Figure.count(move["running"]), isRatio ? Figure.text(move["part"]) : "",
        Figure.text(move["words"]),
      ])
    }
    lines += DashboardReport.section(moves, width)
    if let next = answer["next"] { lines += ["", "more with --cursor \(Figure.text(next))"] }
    guard let known = answer["completeness"] else { return lines }
    let agrees = known["agrees"] == .bool(true)
    lines += [
      "",
      agrees
        ? "The view's fold, version \(Figure.text(known["foldVersion"])), comes to the same figure."
        : "The view's fold, version \(Figure.text(known["foldVersion"])), comes to ANOTHER figure.",
      "\(Figure.count(known["eventsRead"])) events were read; the policy in force is of event "
        + "\(Figure.count(known["policy"]?["position"])).",
      "answer     \(Figure.text(known["answer"]?["path"]))",
      "  SHA-256  \(Figure.text(known["answer"]?["sha256"]))",
      "root hash  \(Figure.text(known["rootHash"]))",
    ]
    return lines
  }
}
