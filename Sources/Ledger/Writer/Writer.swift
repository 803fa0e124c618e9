internal import EventLog
internal import Foundation
internal import Logging
internal import Marketplace
internal import Projections
internal import Synchronization

/// Decides and appends: one batch at a time, and the next is decided while one is made durable.
///
/// A batch is every command that waits; they share one commit, and each is answered only when that
/// is durable: so callers share the price of a flush, and nothing is answered that a crash could
/// undo.
///
/// Two threads take turns. Whoever has its turn to decide takes a batch and decides it over all
/// that was decided before; it gives that turn on when it has got the turn to commit. So batches
/// are committed in the order in which they were decided, and a batch never changes its thread,
/// which LMDB forbids and which would cost a wake-up.
///
/// When a commit fails, the state goes back to what the log has, and a batch that was decided
/// meanwhile is decided anew.
final class Writer: Sendable {
  private let queue: CommandQueue
  private let state: State
  private let flusher: StateFlusher
  private let timeZones: TimeZones
  private let configuration: LedgerConfiguration
  private let clock: @Sendable () -> Microseconds
  private let salts: Salts
  private let metrics: LedgerMetrics
  private let logger: Logger
  private let slow: SlowCommands
  private let failure = Mutex<String?>(nil)
  private let finished = DispatchSemaphore(value: 0)
  private let isStarted = Atomic(false)
  private let turnToDecide = NSLock()
  private let turnToCommit = NSLock()

  private static let threads = 2
  /// For so many commands the state is held at a time, then whoever asks it something is let in.
  private static let slice = 64

  init(
    queue: CommandQueue,
    state: State,
    flusher: StateFlusher,
    timeZones: TimeZones,
    configuration: LedgerConfiguration,
    clock: @escaping @Sendable () -> Microseconds,
    salts: Salts,
    metrics: LedgerMetrics,
    logger: Logger
  ) {
    self.queue = queue
    self.state = state
    self.flusher = flusher
    self.timeZones = timeZones
    self.configuration = configuration
    self.clock = clock
    self.salts = salts
    self.metrics = metrics
    self.logger = logger
    slow = SlowCommands(limit: configuration.slow, logger: logger)
  }

  func start() {
    for number in 1...Self.threads {
      let thread = Thread { [self] in
        // Set from within, the name is the kernel's too.
        Thread.current.name = "ledger-writer-\(number)"
        var hand = newHand()
        while work(&hand) {}
        finished.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    isStarted.store(true, ordering: .releasing)
  }

  /// Answers everything that the closed queue still holds, then returns.
  ///
  /// At once where it was never started, and its steps were taken by somebody else.
  func join() {
    guard isStarted.load(ordering: .acquiring) else { return }
    for _ in 0..<Self.threads { finished.wait() }
    for _ in 0..<Self.threads { finished.signal() }
  }

  /// Why the writer takes nothing any more; nil while it does.
  var stopped: String? { failure.withLock { $0 } }

  private func newDecider() -> Decider {
    Decider(
      state: StateContents(log: state.log, store: state.store),
      timeZones: timeZones,
      maxBackdating: configuration.maxBackdating.map { Int64($0) * 1_000_000 },
      salts: salts
    )
  }

  // MARK: The steps of a batch

  /// A batch in the hands of one thread, with what that thread keeps from one to the next.
  struct Hand {
    fileprivate var decider: Decider
    fileprivate(set) var jobs: [CommandQueue.Job] = []
    fileprivate var decided = Decided(answers: .success([]), rollbacks: 0)
    fileprivate var course = BatchCourse()
  }

  func newHand() -> Hand { Hand(decider: newDecider()) }

  /// Takes a batch from the queue to its answers; false when the queue is closed and empty.
  private func work(_ hand: inout Hand) -> Bool {
    guard queue.wait() else { return false }
    turnToDecide.lock()
    guard take(&hand) else {
      turnToDecide.unlock()
      return true
    }
    turnToCommit.lock()
    settle(&hand)
    turnToDecide.unlock()
    let receipts = commit(&hand)
    turnToCommit.unlock()
    finish(&hand, receipts)
    return true
  }

  /// Takes a batch and decides it over all that was decided before; false when none waits.
  ///
  /// Belongs to whoever has the turn to decide.
  func take(_ hand: inout Hand) -> Bool {
    hand.jobs = queue.take(limit: configuration.batchLimit)
    guard !hand.jobs.isEmpty else { return false }
    hand.course = BatchCourse()
    if flusher.isDue {
      // A flush takes what is durable, so the batch that is being committed has to be.
      turnToCommit.withLock { flusher.flushIfDue() }
    }
    hand.course.flushed = .now
    hand.decided = decide(hand.jobs, with: &hand.decider)
    hand.course.decided = .now
    return true
  }

  /// Makes sure that the batch is decided over what is durable now, once it is its turn to be
  /// committed and before another is decided.
  func settle(_ hand: inout Hand) {
    hand.course.turned = .now
    if state.withLock({ $0.rollbacks }) != hand.decided.rollbacks {
      // An older batch failed meanwhile, and took this one with it.
      hand.decided = decide(hand.jobs, with: &hand.decider)
    }
  }

  /// Makes the batch durable and answers it, or says that it is unavailable.
  ///
  /// - Returns: the receipts by job; nil when it is unavailable.
  func commit(_ hand: inout Hand) -> [[Receipt]]? {
    commit(hand.jobs, hand.decided, &hand.decider)
  }

  /// Lets the next batch be taken, and counts this one.
  func finish(_ hand: inout Hand, _ receipts: [[Receipt]]?) {
    queue.done()
    // Everybody has their answer: nobody waits while this is counted.
    hand.course.answered = .now
    metrics.count(hand.jobs, receipts, took: hand.course.answered - hand.course.taken)
    slow.note(hand.jobs, hand.course)
    hand.jobs = []
    hand.decided = Decided(answers: .success([]), rollbacks: 0)
  }

  /// What deciding a batch came to.
  fileprivate struct Decided {
    /// By job, or why the batch cannot be committed.
    var answers: Result<[[Receipt]], any Error>
    var isEmpty = true
    /// How many rollbacks the state had seen: with another, it no longer knows of this batch.
    var rollbacks: Int
  }

  // MARK: Deciding

  private func decide(_ jobs: [CommandQueue.Job], with decider: inout Decider) -> Decided {
    decider.appends.removeAll()
    let (rollbacks, caughtUp) = state.withLock { state in
      let caughtUp = Result { try state.catchUp() }
      state.undurable.begin(after: state.mark)
      return (state.rollbacks, caughtUp)
    }
    var decided = Decided(answers: .success([]), rollbacks: rollbacks)
    do {
      try caughtUp.get()
      if let reason = stopped { throw Stopped(reason: reason) }
      var answers: [[Receipt]] = []
      answers.reserveCapacity(jobs.count)
      for job in jobs {
        var receipts: [Receipt] = []
        receipts.reserveCapacity(job.submissions.count)
        while receipts.count < job.submissions.count {
          let goesOn = try state.withLock { state in
            guard state.rollbacks == rollbacks else { return false }
            try decideSlice(of: job, &receipts, with: &decider, over: &state)
            decided.isEmpty = state.undurable.last.isEmpty
            return true
          }
          guard goesOn else { return decided }
        }
        answers.append(receipts)
      }
      decided.answers = .success(answers)
    } catch {
      decided.answers = .failure(error)
    }
    return decided
  }

  private func decideSlice(
    of job: CommandQueue.Job,
    _ receipts: inout [Receipt],
    with decider: inout Decider,
    over state: inout StateContents
  ) throws {
    swap(&decider.state, &state)
    defer {
      decider.state.snapshot = nil
      swap(&decider.state, &state)
    }
    decider.state.snapshot = try self.state.log.snapshot()
    let end = min(receipts.count + Self.slice, job.submissions.count)
    for submission in job.submissions[receipts.count..<end] {
      receipts.append(try decider.decide(submission, clock: clock()))
    }
  }

  /// Decides one command for show, over the state as it is now: on any thread, while the caller has
  /// the state locked.
  func preview(
    _ submission: Submission,
    over state: inout StateContents,
    at time: Microseconds
  ) throws -> Preview {
    var decider = newDecider()
    swap(&decider.state, &state)
    defer {
      decider.state.snapshot = nil
      swap(&decider.state, &state)
    }
    decider.state.snapshot = try self.state.log.snapshot()
    return try decider.preview(submission, clock: time)
  }

  // MARK: Committing

  /// - Returns: the receipts by job; nil when nothing could be committed.
  private func commit(
    _ jobs: [CommandQueue.Job],
    _ decided: Decided,
    _ decider: inout Decider
  ) -> [[Receipt]]? {
    do {
      let answers = try decided.answers.get()
      if !decided.isEmpty { try append(&decider) }
      state.withLock { $0.undurable.confirmFirst() }
      for (job, receipts) in zip(jobs, answers) { job.answer(receipts) }
      flusher.flushIfDue()
      return answers
    } catch let error as Stopped {
      state.withLock { $0.undurable.confirmFirst() }
      refuse(jobs, error.reason)
    } catch let error where Shortage.mayPass(error) || (error as? LogError)?.leftLogAsItWas == true
    {
      logger.error("append refused", metadata: ["error": "\(error)"])
      rollBack()
      refuse(jobs, stopped ?? "\(error)")
    } catch {
      stop(because: error)
      rollBack()
      refuse(jobs, stopped ?? "\(error)")
    }
    return nil
  }

  private func append(_ decider: inout Decider) throws {
    let records = state.withLock { $0.undurable.first.records }
    for record in records { decider.appends.addRecord { record.encode(into: &$0) } }
    let start = ContinuousClock.now
    _ = try state.log.append(decider.appends)
    metrics.committed(in: ContinuousClock.now - start)
  }

  /// Forgets what was decided and is not in the log.
  private func rollBack() {
    do {
      try state.withLock { try $0.rollBack() }
    } catch let error where Shortage.mayPass(error) {
      // The state says so, and is caught up before the next decision.
      logger.error("the state is behind", metadata: ["error": "\(error)"])
    } catch {
      stop(because: error)
    }
  }

  private func stop(because error: any Error) {
    logger.critical("writer stopped", metadata: ["error": "\(error)"])
    failure.withLock { failure in
      failure = failure ?? "the ledger has stopped taking commands: \(error); restart it"
    }
  }

  private struct Stopped: Error {
    var reason: String
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
