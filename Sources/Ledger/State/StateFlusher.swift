internal import Foundation
internal import Logging
internal import Marketplace

/// Writes the recent changes of the state to disk in the background.
///
/// `@unchecked`: `condition` guards `busy`; everything else is constant.
final class StateFlusher: @unchecked Sendable {
  private let state: State
  private let logger: Logger
  private let worker = DispatchQueue(label: "ledger-state-flush", qos: .utility)
  private let condition = NSCondition()
  private var busy = false

  init(state: State, logger: Logger) {
    self.state = state
    self.logger = logger
  }

  /// Sets the recent changes aside and has them written, when there are enough.
  ///
  /// Called by the writer between batches. Waits only when twice as much has gathered as one
  /// flush takes: memory is bounded, so a disk slower than the commands slows them down.
  func flushIfDue() {
    let gathered = state.withLock { $0.recent.count }
    guard gathered >= state.flushEvents else { return }
    condition.lock()
    if busy && gathered < 2 * state.flushEvents {
      condition.unlock()
      return
    }
    while busy { condition.wait() }
    busy = true
    condition.unlock()
    guard let flush = setAside() else { return done() }
    worker.async { [self] in
      write(flush)
      done()
    }
  }

  /// Writes what is left and makes the state on disk trusted for the next start.
  func close() {
    condition.lock()
    while busy { condition.wait() }
    condition.unlock()
    if let flush = setAside() { write(flush) }
    do {
      try state.store.close(state.withLock { $0.runs })
    } catch {
      logger.warning("the state could not be closed cleanly", metadata: ["error": "\(error)"])
    }
  }

  /// Writes the recent changes while nobody else has the state.
  func flushNow() {
    guard let flush = setAside() else { return }
    write(flush)
  }

  private func setAside() -> StateFlush? {
    state.withLock { state in
      guard state.recent.count > 0 else { return nil }
      var changes = state.recent
      state.recent = StateChanges()
      // A flush that failed is tried again with what has come since.
      if var failed = state.flushing {
        failed.merge(changes)
        changes = failed
      }
      state.flushing = changes
      return StateFlush(
        changes: changes,
        hash: state.hash,
        position: state.position,
        refusals: state.refusals,
        policy: state.policy,
        lastPerson: state.lastPerson,
        runs: state.runs,
        nextRun: state.nextRun
      )
    }
  }

  private func write(_ flush: StateFlush) {
    do {
      let written = try state.store.write(flush, log: state.log)
      state.withLock { state in
        state.runs = written.runs
        state.nextRun = written.nextRun
        state.flushing = nil
      }
    } catch {
      logger.error(
        "the state could not be flushed; it stays in memory and is tried again",
        metadata: ["error": "\(error)"]
      )
    }
  }

  private func done() {
    condition.lock()
    busy = false
    condition.broadcast()
    condition.unlock()
  }
}

/// What one flush writes: the changes up to a position, and the checkpoint that goes with them.
struct StateFlush: Sendable {
  var changes: StateChanges
  var hash: IdHash
  var position: UInt64
  var refusals: UInt64
  var policy: PolicyInForce
  var lastPerson: UInt64
  var runs: [IdRun]
  var nextRun: UInt64
}
