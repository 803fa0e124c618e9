internal import EventLog
internal import Foundation
internal import Logging
internal import Marketplace
internal import Synchronization

/// The one thread that decides and appends.
///
/// It takes every command that waits, decides them in order over the state and over each other,
/// appends the outcome in one commit, and only then answers: so callers share the price of a
/// flush, and nothing is answered that a crash could undo.
final class Writer: Sendable {
  private let queue: CommandQueue
  private let state: State
  private let flusher: StateFlusher
  private let timeZones: TimeZones
  private let configuration: LedgerConfiguration
  private let clock: @Sendable () -> Microseconds
  private let salts: Salts
  private let logger: Logger
  private let failure = Mutex<String?>(nil)
  private let finished = DispatchSemaphore(value: 0)

  init(
    queue: CommandQueue,
    state: State,
    flusher: StateFlusher,
    timeZones: TimeZones,
    configuration: LedgerConfiguration,
    clock: @escaping @Sendable () -> Microseconds,
    salts: Salts,
    logger: Logger
  ) {
    self.queue = queue
    self.state = state
    self.flusher = flusher
    self.timeZones = timeZones
    self.configuration = configuration
    self.clock = clock
    self.salts = salts
    self.logger = logger
  }

  func start() {
    let thread = Thread { [self] in
      while let jobs = queue.take(limit: configuration.batchLimit) { run(jobs) }
      finished.signal()
    }
    thread.name = "ledger-writer"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Answers everything that the closed queue still holds, then returns.
  func join() {
    finished.wait()
    finished.signal()
  }

  /// Why the writer takes nothing any more; nil while it does.
  var stopped: String? { failure.withLock { $0 } }

  private func run(_ jobs: [CommandQueue.Job]) {
    if let reason = stopped {
      refuse(jobs, reason)
      return
    }
    do {
      var batch = newBatch()
      let answers = try state.withLock { _ in try decide(jobs, &batch) }
      if !batch.isEmpty { _ = try state.log.append(batch.appends) }
      state.withLock { $0.merge(batch.changes, recordedUpTo: batch.recordedUpTo) }
      for (job, receipts) in zip(jobs, answers) { job.answer(receipts) }
      flusher.flushIfDue()
    } catch let error as LogError where error.leftLogAsItWas {
      logger.error("append refused", metadata: ["error": "\(error)"])
      refuse(jobs, "\(error)")
    } catch {
      let reason = "the ledger has stopped taking commands: \(error); restart it"
      logger.critical("writer stopped", metadata: ["error": "\(error)"])
      failure.withLock { $0 = reason }
      refuse(jobs, reason)
    }
  }

  /// What it reads of the state at once, only this thread changes.
  private func newBatch() -> Batch {
    Batch(
      state: state,
      timeZones: timeZones,
      maxBackdating: configuration.maxBackdating.map { Int64($0) * 1_000_000 },
      salts: salts
    )
  }

  private func decide(
    _ jobs: [CommandQueue.Job],
    _ batch: inout Batch
  ) throws -> [[Receipt]] {
    var answers: [[Receipt]] = []
    answers.reserveCapacity(jobs.count)
    for job in jobs {
      var receipts: [Receipt] = []
      receipts.reserveCapacity(job.submissions.count)
      for submission in job.submissions {
        receipts.append(try batch.decide(submission, clock: clock()))
      }
      answers.append(receipts)
    }
    return answers
  }

  private func refuse(_ jobs: [CommandQueue.Job], _ reason: String) {
    for job in jobs {
      job.answer(
        job.submissions.map {
          Receipt(id: $0.command.id, outcome: .unavailable(detail: reason))
        }
      )
    }
  }
}

extension LogError {
  /// Whether nothing was written and the next batch may fare better.
  fileprivate var leftLogAsItWas: Bool {
    switch self {
    case .full, .storage: true
    default: false
    }
  }
}
