import JSON

/// What became of many commands, from their receipts and the summary behind them.
struct ReceiptTally {
  /// Of the malformed and unavailable ones, as many as help to find the fault.
  private static let troublesKept = 5

  private(set) var rejections: [String: Int] = [:]
  private(set) var troubles: [String] = []
  /// The server's counts, which come last; nil until then.
  private(set) var summary: JSONValue?
  /// The line that it came in.
  private(set) var summaryLine: [UInt8] = []

  /// Outcomes that the sender has to see to.
  private static let troubling = ["malformed", "forbidden", "unavailable"]

  /// Counts one line; true when it was a receipt, not the summary.
  ///
  /// - Throws: a `Failure` when the line is no JSON.
  mutating func take(_ line: ArraySlice<UInt8>) throws(Failure) -> Bool {
    let receipt = try Answer(status: 200, body: Array(line)).parsed()
    if let summary = receipt["summary"] {
      self.summary = summary
      summaryLine = Array(line)
      return false
    }
    switch receipt["outcome"]?.string {
    case "rejected": rejections[receipt["rejection"]?.string ?? "?", default: 0] += 1
    case "malformed", "forbidden", "unavailable":
      guard troubles.count < Self.troublesKept else { break }
      let id = receipt["id"]?.string.map { $0 + ": " } ?? ""
      troubles.append((id + (receipt["detail"]?.string ?? "no detail")).printable)
    default: break
    }
    return true
  }

  /// How the program ends: rejections are the business's affair unless asked to be strict.
  func status(strict: Bool) -> ProgramStatus {
    let isWrong = Self.troubling.contains { count($0) > 0 }
    return isWrong || strict && count("rejected") > 0 ? .refused : .done
  }

  /// The counts, the reasons with the most rejections first, and some of the troubles.
  func report(seconds: Double) -> [String] {
    let total = (["accepted", "rejected"] + Self.troubling).reduce(0) { $0 + count($1) }
    let rate = seconds > 0 ? Int(Double(total) / seconds) : 0
    var table = Table([.text(""), .figure(""), .text("")])
    let repeated = count("repeated")
    table.add([
      "accepted", Figure.count(count("accepted")),
      repeated > 0 ? "\(Figure.count(repeated)) answered before" : "",
    ])
    table.add(["rejected", Figure.count(count("rejected")), ""])
    let reasons = rejections.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for reason in reasons {
      table.add(["  " + reason.key, Figure.count(reason.value), ""])
    }
    for outcome in Self.troubling where count(outcome) > 0 {
      table.add([outcome, Figure.count(count(outcome)), ""])
    }
    let heading =
      "\(Figure.count(total)) commands in \(Figure.duration(seconds)), "
      + "\(Figure.count(rate)) a second"
    return [heading] + table.lines(width: .max) + troubles
  }

  private func count(_ outcome: String) -> Int {
    Int(summary?[outcome]?.integer ?? 0)
  }
}
