import Dispatch
import EventLog
package import LMDB
package import Marketplace
import Synchronization

extension View {
  /// Lends one snapshot of the rows, with the position that they reflect.
  ///
  /// Folding goes on meanwhile; the snapshot keeps the pages it sees from being reused, so be short.
  ///
  /// - Throws: `ViewError.building` or `.stopped` when there are no rows to show; what `body`
  ///   throws.
  package func read<Answer>(
    _ body: (_ rows: SnapshotRows, _ position: Position) throws -> Answer
  ) throws -> Answer {
    let generation = try shared.withLock { shared in
      guard let generation = shared.generation else {
        throw ViewError.stopped(detail: "the ledger is closed")
      }
      if let build = shared.build {
        if let detail = shared.failure { throw ViewError.stopped(detail: detail) }
        throw ViewError.building(build.progress)
      }
      return generation
    }
    return try generation.read(body)
  }

  /// Waits until the rows reflect `target`, for `seconds` at most.
  ///
  /// - Returns: the position reached, which is less when time is up, the view stops or the task is
  ///   cancelled.
  package func wait(for target: Position, seconds: Double) async -> Position {
    let key = shared.withLock { shared -> UInt64? in
      guard shared.position < target, shared.failure == nil, !shared.isStopping else { return nil }
      return shared.waiters.announce(target: target)
    }
    guard let key else { return position }
    wakeup.signal()
    await Waiters.wait(seconds: seconds) { continuation in
      shared.withLock { $0.waiters.suspend(key, continuation) }
    } giveUp: { [weak self] in
      self?.giveUp(key)
    }
    return position
  }

  /// The last event folded into what readers see.
  package var position: Position { shared.withLock { $0.position } }

  /// Of the generation that readers see; nil when the ledger is closed.
  package var environmentInfo: EnvironmentInfo? {
    shared.withLock { $0.generation }?.environment.info
  }

  /// How the view stands; `now` is the time against which its lag is told.
  package func status(at now: Microseconds) -> ViewStatus {
    var status = shared.withLock { shared in
      ViewStatus(
        name: name,
        state: shared.state,
        position: shared.position,
        lagEvents: 0,
        lagSeconds: 0,
        foldVersion: foldVersion,
        generation: shared.generation?.number ?? 0,
        detail: shared.failure,
        progress: shared.rebuild?.progress ?? shared.build?.progress,
        lastRebuild: shared.lastRebuild
      )
    }
    let head = log.head
    guard head > status.position else { return status }
    status.lagEvents = head - status.position
    let oldest = try? log.record(at: status.position + 1) {
      try LentRecord.read($0) { $0.recordedAt }
    }
    if let oldest { status.lagSeconds = max(0, Double(now - oldest) / 1e6) }
    return status
  }

  private func giveUp(_ key: UInt64) {
    shared.withLock { $0.waiters.resume(key) }
  }
}
