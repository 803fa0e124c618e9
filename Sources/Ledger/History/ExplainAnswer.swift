internal import EventLog
internal import JSON
internal import Marketplace
internal import Projectors

/// Where a page of an explanation begins.
struct ExplainCursor: Hashable, Sendable {
  var part: Int
  var move: Int

  var text: String { "\(part).\(move)" }
}

/// How it is known that an explanation leaves nothing out.
struct ExplainEvidence: Sendable {
  /// Where the view's own answer at the position is to be had.
  var path: String
  /// SHA-256 of that answer's bytes, in hexadecimal.
  var answer: String
  /// The figure in that answer; nil where it has none.
  var value: JSONValue?
  var foldVersion: UInt32
  var policy: PolicyInForce
  /// Of the tree over the events up to the position.
  var rootHash: String
  var eventsRead: UInt64
}

extension Explanation {
  /// Writes the figure, its parts and a page of moves.
  func write(
    _ start: ExplainCursor,
    _ limit: Int,
    _ log: LedgerLog,
    _ evidence: ExplainEvidence,
    to json: inout JSONWriter
  ) throws {
    if let total { json.member("value", total) } else { json.member("value", ratio: ratio) }
    json.member("kind", kind.rawValue)
    json.array("parts") { json in
      for part in parts {
        json.object { json in
          json.member("name", part.name)
          json.member("total", part.total)
          json.member("moves", part.moves.count)
        }
      }
    }
    let next = try writeMoves(from: start, limit, log, to: &json)
    json.member("next", ifPresent: next?.text)
    json.object("completeness") { json in
      json.member("agrees", agrees(with: evidence.value))
      json.member("eventsRead", evidence.eventsRead)
      json.member("foldVersion", evidence.foldVersion)
      json.object("policy") { json in
        json.member("position", evidence.policy.position)
        json.member("thresholdLevels", evidence.policy.policy.thresholdLevels)
        json.member("thresholdHeadcount", evidence.policy.policy.thresholdHeadcount)
        json.member("attributionWindowDays", evidence.policy.policy.attributionWindowDays)
        json.member("impulseMinutes", evidence.policy.policy.impulseMinutes)
      }
      json.object("answer") { json in
        json.member("path", evidence.path)
        json.member("sha256", evidence.answer)
      }
      json.member("rootHash", evidence.rootHash)
    }
  }

  private func writeMoves(
    from start: ExplainCursor,
    _ limit: Int,
    _ log: LedgerLog,
    to json: inout JSONWriter
  ) throws -> ExplainCursor? {
    var left = limit
    var next: ExplainCursor?
    try json.array("moves") { json in
      for number in parts.indices where number >= start.part && next == nil {
        let part = parts[number]
        let first = min(number == start.part ? start.move : 0, part.moves.count)
        var running = part.moves[..<first].reduce(0) { $0 + $1.amount }
        for (index, move) in part.moves.enumerated().dropFirst(first) {
          guard left > 0 else {
            next = ExplainCursor(part: number, move: index)
            break
          }
          left -= 1
          running += move.amount
          let record = try log.record(at: move.position)
          try json.object { json in
            json.member("part", part.name)
            json.member("position", move.position)
            json.member("day", Timestamp.dayText(record.envelope.localDay))
            json.member("type", record.event.type)
            json.member("amount", move.amount)
            json.member("running", running)
            json.member("words", try log.sentence(record))
          }
        }
      }
    }
    return next
  }

  /// Whether the view's fold came to the same figure; what it has no place for is 0 there.
  func agrees(with value: JSONValue?) -> Bool {
    if kind == .ratio { return value?.double == ratio }
    switch value {
    case .integer(let number): return Int128(number) == total
    case .number(let text): return Int128(text) == total
    default: return total == 0
    }
  }
}
