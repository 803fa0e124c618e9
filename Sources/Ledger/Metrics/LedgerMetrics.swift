internal import CoreMetrics
internal import Marketplace

/// What the ledger counts of its own work; where that is kept is the factory's affair.
///
/// Everything is made beforehand, so that counting is an addition, and a batch is counted when it
/// has been answered.
struct LedgerMetrics: Sendable {
  /// By the type of the command; see `CommandRegistry.types`.
  private let byType: [ObjectIdentifier: Outcomes]
  private let refusals: [Counter]
  let malformed: Counter
  let forbidden: Counter
  private let batchCommands: Recorder
  private let batch: Timer
  private let commit: Timer
  private let stateFlush: Timer

  private struct Outcomes: Sendable {
    let accepted: Counter
    let repeated: Counter
    let rejected: Counter
    let unavailable: Counter
  }

  /// Each name with what it counts; those that end in `_seconds` are times.
  package static let help: [String: String] = [
    "shopledger_commands_total":
      "Commands by type and what became of them; repeated ones had been answered before.",
    "shopledger_refusals_total": "Commands refused by a rule for the first time, by the reason.",
    "shopledger_batch_commands": "Commands that shared one commit.",
    "shopledger_batch_seconds": "From a batch being taken from the queue to its answers.",
    "shopledger_commit_seconds":
      "Appending a batch to the log: hashing, writing and flushing it to the disk.",
    "shopledger_state_flush_seconds":
      "Writing the state's recent changes to disk, which happens in the background.",
  ]

  init(_ factory: any MetricsFactory) {
    func counter(_ type: String, _ outcome: String) -> Counter {
      Counter(
        label: "shopledger_commands_total",
        dimensions: [("type", type), ("outcome", outcome)],
        factory: factory
      )
    }
    var byType: [ObjectIdentifier: Outcomes] = [:]
    for type in CommandRegistry.types {
      byType[ObjectIdentifier(type)] = Outcomes(
        accepted: counter(type.type, "accepted"),
        repeated: counter(type.type, "repeated"),
        rejected: counter(type.type, "rejected"),
        unavailable: counter(type.type, "unavailable")
      )
    }
    self.byType = byType
    malformed = counter("none", "malformed")
    forbidden = counter("none", "forbidden")
    // The reasons' numbers begin at 1, and none is left out.
    refusals = Rejection.Reason.allCases.map {
      Counter(
        label: "shopledger_refusals_total",
        dimensions: [("reason", $0.name)],
        factory: factory
      )
    }
    batchCommands = Recorder(label: "shopledger_batch_commands", factory: factory)
    batch = Timer(label: "shopledger_batch_seconds", factory: factory)
    commit = Timer(label: "shopledger_commit_seconds", factory: factory)
    stateFlush = Timer(label: "shopledger_state_flush_seconds", factory: factory)
  }

  /// Counts a batch; `receipts` by job, nil when none of it could be committed.
  func count(_ jobs: [CommandQueue.Job], _ receipts: [[Receipt]]?, took: Duration) {
    batchCommands.record(jobs.reduce(0) { $0 + $1.submissions.count })
    batch.recordNanoseconds(took.nanoseconds)
    guard let receipts else {
      for job in jobs { count(unavailable: job.submissions) }
      return
    }
    for (job, receipts) in zip(jobs, receipts) {
      for (submission, receipt) in zip(job.submissions, receipts) {
        count(receipt, of: submission)
      }
    }
  }

  func count(unavailable submissions: [Submission]) {
    for submission in submissions { outcomes(of: submission)?.unavailable.increment() }
  }

  private func count(_ receipt: Receipt, of submission: Submission) {
    guard let outcomes = outcomes(of: submission) else { return }
    if receipt.repeated { return outcomes.repeated.increment() }
    switch receipt.outcome {
    case .accepted: outcomes.accepted.increment()
    case .rejected(let rejection, _):
      outcomes.rejected.increment()
      refusals[Int(rejection.reason.rawValue) - 1].increment()
    case .unavailable: outcomes.unavailable.increment()
    case .malformed, .forbidden: break
    }
  }

  private func outcomes(of submission: Submission) -> Outcomes? {
    byType[ObjectIdentifier(type(of: submission.command.data))]
  }

  func committed(in time: Duration) { commit.recordNanoseconds(time.nanoseconds) }

  func flushedState(in time: Duration) { stateFlush.recordNanoseconds(time.nanoseconds) }
}

extension Duration {
  /// Up to some centuries.
  var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }

  var milliseconds: Double { Double(nanoseconds) / 1e6 }
}

extension Ledger {
  /// What is counted, by the metric's name.
  package static var metricsHelp: [String: String] { LedgerMetrics.help }
}
