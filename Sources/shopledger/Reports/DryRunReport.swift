import JSON

/// What a command would do, in words.
enum DryRunReport {
  static func lines(_ answer: JSONValue) -> [String] {
    let events = answer["events"]?.array ?? []
    let crossings = answer["crossings"]?.array ?? []
    let position = Figure.count(answer["position"])
    return [
      "nothing is recorded; after event \(position) it would be accepted"
        + (events.count == 1 ? ":" : ", with \(events.count) events:")
    ]
      + events.map { event in
        "  \(Figure.text(event["type"]))  " + ThingReport.compact(event["data"] ?? .object([]))
      }
      + crossings.map { crossing in
        "\(Figure.text(crossing["agent"])) would reach "
          + size(crossing["levels"], crossing["headcount"])
          + " at brand \(Figure.text(crossing["brand"])), from "
          + size(crossing["levelsBefore"], crossing["headcountBefore"])
          + "; the policy marks "
          + size(answer["threshold"]?["levels"], answer["threshold"]?["headcount"])
      }
  }

  private static func size(_ levels: JSONValue?, _ people: JSONValue?) -> String {
    let levels = levels?.integer == 1 ? "1 level" : "\(Figure.count(levels)) levels"
    let people = people?.integer == 1 ? "1 person" : "\(Figure.count(people)) people"
    return levels + " and " + people
  }
}
