internal import JSON
internal import Marketplace

/// What a command would do, were it sent now.
enum Preview: Sendable {
  /// It would get this receipt, and record nothing.
  case answered(Receipt)
  case accepted(WouldRecord)
}

/// The events of a command that was not sent, and what they would lead to.
struct WouldRecord: Sendable {
  /// Positions and times are those of now; whoever records first takes them.
  var records: [Record]
  /// The private text of the first event.
  var text: String?
  /// Who would be named for the first time.
  var newcomers: [Person: String]
  var policy: Policy
  var crossings: [Crossing]
}

/// The answer to a dry run.
package enum DryRunAnswer: Sendable {
  /// It would get this receipt, and record nothing: malformed, refused, or answered before.
  case receipt(Receipt)
  /// It would be accepted; a JSON object tells its events and what they would cross.
  case accepted([UInt8])
}

/// Deciding without recording.
extension Ledger {
  /// Decides one command over the same state as the writer, and records nothing, not even its id.
  ///
  /// Sees everything that was decided before it, and answers when that is durable. The state is
  /// locked for one command's time; nothing enters the writer's queue.
  ///
  /// - Throws: what reading the log throws.
  package func dryRun(_ command: GatheredCommands) async throws -> DryRunAnswer {
    precondition(command.count == 1, "a dry run takes one command")
    guard let submission = command.submissions.first else {
      return .receipt(command.receipts([])[0])
    }
    if let reason = writer.stopped { return .receipt(command.unavailable(reason)[0]) }
    while true {
      let now = clock()
      let (preview, seen, rollbacks) = try state.withLock { state in
        try state.catchUp()
        return (try writer.preview(submission, over: &state, at: now), state.mark, state.rollbacks)
      }
      guard try await isDurable(seen, rollbacks) else { continue }
      switch preview {
      case .answered(let receipt): return .receipt(receipt)
      case .accepted(let events): return .accepted(try json(of: events, submission, seen.position))
      }
    }
  }

  private func json(
    of preview: WouldRecord,
    _ submission: Submission,
    _ position: Position
  ) throws -> [UInt8] {
    let log = LedgerLog(log: log)
    func name(_ person: Person) throws -> String {
      try preview.newcomers[person] ?? log.name(of: person)
    }
    var json = JSONWriter()
    try json.object { json in
      json.member("id", submission.command.id)
      json.member("outcome", "accepted")
      json.member("dryRun", true)
      json.member("position", position)
      try json.array("events") { json in
        for (index, record) in preview.records.enumerated() {
          let text = index == 0 ? preview.text : nil
          try json.object { try record.writeWhatHappened(to: &$0, names: name, text: text) }
        }
      }
      json.object("threshold") { json in
        json.member("levels", preview.policy.thresholdLevels)
        json.member("headcount", preview.policy.thresholdHeadcount)
      }
      try json.array("crossings") { json in
        for crossing in preview.crossings {
          try json.object { json in
            json.member("brand", crossing.brand)
            json.member("agent", try name(crossing.agent))
            json.member("levels", crossing.after.levels)
            json.member("headcount", crossing.after.headcount)
            json.member("levelsBefore", crossing.before?.levels ?? 0)
            json.member("headcountBefore", crossing.before?.headcount ?? 0)
          }
        }
      }
    }
    return json.bytes
  }
}
