internal import EventLog
internal import JSON
internal import Marketplace

/// What the writer has been doing: events by minute, and why it refused commands.
extension Ledger {
  /// How many events were recorded in each of the last minutes, by the ledger's clock.
  ///
  /// Finds the boundaries by halving, since times rise with positions: costs about 20 records a
  /// minute asked for, and a read for each of the latest thousand refusals.
  package func activity(minutes count: Int) async throws -> [UInt8] {
    precondition(count > 0, "there is a minute to look at")
    let minute: Microseconds = 60_000_000
    let head = log.head
    let thisMinute = clock() / minute * minute
    let starts = (0..<count).map { thisMinute - Microseconds(count - 1 - $0) * minute }
    // The last position before each minute, and the head behind the last.
    var ends: [Position] = []
    for start in starts {
      ends.append(try lastRecorded(by: start - 1, upTo: head))
    }
    ends.append(head)
    var json = JSONWriter()
    try json.object { json in
      json.member("position", head)
      json.array("minutes") { json in
        for (index, start) in starts.enumerated() {
          json.object { json in
            json.member("start", Timestamp.text(start))
            json.member("events", ends[index + 1] - ends[index])
          }
        }
      }
      try writeRefused(latest: 1_000, to: &json)
    }
    return json.bytes
  }

  /// How many commands were ever refused, and the latest of them by reason, the commonest first.
  private func writeRefused(latest limit: UInt64, to json: inout JSONWriter) throws {
    let total = try log.refusalCount()
    var counts: [Rejection.Reason: UInt64] = [:]
    for serial in total - min(total, limit)..<total {
      // None when it is overwritten meanwhile, or of a newer program.
      guard let refusal = try log.refusal(serial).flatMap(Refusal.init(row:)) else { continue }
      counts[refusal.rejection.reason, default: 0] += 1
    }
    let reasons = counts.sorted { ($1.value, $0.key.name) < ($0.value, $1.key.name) }
    json.object("refused") { json in
      json.member("total", total)
      json.member("latest", counts.values.reduce(0, +))
      json.object("reasons") { json in
        for (reason, count) in reasons { json.member(reason.name, count) }
      }
    }
  }
}
