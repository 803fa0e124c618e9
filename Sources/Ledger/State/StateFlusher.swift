internal import Foundation
internal import Logging
internal import Marketplace

/// Writes the recent changes of the state to disk in the background.
///
/// `@unchecked`: `condition` guards `busy`; everything else is constant.
final class StateFlusher: @unchecked Sendable {
  private let state: State
  private let metrics: LedgerMetrics
  private let logger: Logger
  private let run: @Sendable (_ work: @escaping @Sendable () -> Void) -> Void
  private let condition = NSCondition()
  private var busy = false

  /// `run` has a piece of work done soon, one after the other; by a thread of their own, unless
  /// somebody else sees to it.
  init(
    state: State,
    metrics: LedgerMetrics,
    logger: Logger,
    run: (@Sendable (_ work: @escaping @Sendable () -> Void) -> Void)? = nil
  ) {
    self.state = state
    self.metrics = metrics
    self.logger = logger
    let worker = DispatchQueue(label: "ledger-state-flush", qos: .utility)
    self.run = run ?? { work in worker.async(execute: work) }
  }

  /// Whether there are enough recent changes for a flush.
  var isDue: Bool { state.withLock { $0.recent.count } >= state.flushEvents }

  /// Sets the recent changes aside and has them written, when there are enough and all are durable.
  ///
  /// Called by whoever commits. Waits only when twice as much has gathered as one flush takes:
  /// memory is bounded, so a disk slower than the commands slows them down.
  func flushIfDue() {
    let gathered = state.withLock { $0.undurable.isEmpty ? $0.recent.count : 0 }
    guard gathered >= state.flushEvents else { return }
    condition.lock()
    if busy && gathered < 2 * state.flushEvents {
      condition.unlock()
      return
    }
    while busy { condition.wait() }
    busy = true
    condition.unlock()
    guard let flush = state.withLock({ $0.setAside() }) else { return done() }
    run { [self] in
      write(flush)
      done()
    }
  }

  /// Writes what is left and makes the state on disk trusted for the next start.
  func close() {
    condition.lock()
    while busy { condition.wait() }
    condition.unlock()
    if let flush = state.withLock({ $0.setAside() }) { write(flush) }
    do {
      try state.store.close(state.withLock { $0.runs })
    } catch {
      logger.warning("the state could not be closed cleanly", metadata: ["error": "\(error)"])
    }
  }

  /// Folds what the log has beyond the state, writing whenever enough has gathered.
  ///
  /// - Throws: what reading the log throws.
  func catchUp() throws {
    try state.withLock { contents in
      try contents.replay { contents in
        guard contents.recent.count >= state.flushEvents, let flush = contents.setAside() else {
          return
        }
        write(flush, &contents)
      }
    }
  }

  private func write(_ flush: StateFlush) {
    guard let written = written(flush) else { return }
    state.withLock { $0.take(written) }
  }

  private func write(_ flush: StateFlush, _ contents: inout StateContents) {
    if let written = written(flush) { contents.take(written) }
  }

  /// The runs from now on; nil when the disk refused.
  private func written(_ flush: StateFlush) -> WrittenRuns? {
    let start = ContinuousClock.now
    defer { metrics.flushedState(in: ContinuousClock.now - start) }
    do {
      return try state.store.write(flush, log: state.log)
    } catch {
      logger.error(
        "the state could not be flushed; it stays in memory and is tried again",
        metadata: ["error": "\(error)"]
      )
      return nil
    }
  }

  private func done() {
    condition.lock()
    busy = false
    condition.broadcast()
    condition.unlock()
  }
}

/// What one flush writes: the changes up to a mark, and the checkpoint that goes with them.
struct StateFlush: Sendable {
  var changes: StateChanges
  var hash: IdHash
  var mark: StateMark
  var runs: [IdRun]
  var nextRun: UInt64
}

/// The runs of ids after a flush, and the number of the next.
struct WrittenRuns: Sendable {
  var runs: [IdRun]
  var nextRun: UInt64
}

extension StateContents {
  /// Makes the recent changes the next flush; nil when there are none, or some may yet fail.
  fileprivate mutating func setAside() -> StateFlush? {
    guard undurable.isEmpty, recent.count > 0 else { return nil }
    var changes = recent
    recent = StateChanges(after: changes)
    base = mark
    // A flush that failed is tried again with what has come since.
    if var failed = flushing {
      failed.merge(changes)
      changes = failed
    }
    flushing = changes
    return StateFlush(changes: changes, hash: hash, mark: mark, runs: runs, nextRun: nextRun)
  }

  fileprivate mutating func take(_ written: WrittenRuns) {
    runs = written.runs
    nextRun = written.nextRun
    flushing = nil
  }
}
