package import Marketplace

/// Callers that wait for a view, or the log, to reach a position.
///
/// A waiter leaves when its position is reached, when its time is up, or when what it waits for stops;
/// whichever comes first resumes it, and the others find it gone. That may happen between its
/// announcement and its suspension: then it does not suspend.
package struct Waiters {
  private struct Waiter {
    var target: Position
    /// Nil until the caller has suspended.
    var continuation: CheckedContinuation<Void, Never>?
  }

  private var waiting: [UInt64: Waiter] = [:]
  private var lastKey: UInt64 = 0

  package init() {}

  package mutating func announce(target: Position) -> UInt64 {
    lastKey += 1
    waiting[lastKey] = Waiter(target: target)
    return lastKey
  }

  package mutating func suspend(_ key: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
    if waiting[key] == nil {
      continuation.resume()
    } else {
      waiting[key]?.continuation = continuation
    }
  }

  /// Suspends the task until its waiter is resumed.
  ///
  /// - Parameters:
  ///   - seconds: how long at most.
  ///   - suspend: hands the continuation to `suspend(_:_:)`, under the lock of whoever waits.
  ///   - giveUp: calls `resume(_:)` with the waiter's key, under the same lock.
  package static func wait(
    seconds: Double,
    suspend: (CheckedContinuation<Void, Never>) -> Void,
    giveUp: @escaping @Sendable () -> Void
  ) async {
    let timer = Task {
      try await Task.sleep(for: .seconds(seconds))
      giveUp()
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation(suspend)
    } onCancel: {
      giveUp()
    }
    timer.cancel()
  }

  package mutating func resume(_ key: UInt64) {
    waiting.removeValue(forKey: key)?.continuation?.resume()
  }

  package mutating func resume(reached position: Position) {
    let reached = waiting.filter { $0.value.target <= position }
    for key in reached.keys { resume(key) }
  }

  /// The least position that somebody waits for; nil when nobody does.
  package var nextTarget: Position? { waiting.values.map(\.target).min() }

  /// Whether a commit up to `head` would let anyone go on.
  package func wantCommit(upTo head: Position) -> Bool {
    waiting.values.contains { $0.target <= head }
  }
}
