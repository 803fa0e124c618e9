import Dispatch
import Synchronization

/// Wakes threads that wait for the next commit.
///
/// A semaphore for each waiter, since the standard library has no condition variable; its
/// deadline is of the steady clock, so a change of the wall clock delays nobody.
final class CommitSignal: Sendable {
  private let waiters = Mutex<[DispatchSemaphore]>([])

  /// Lets every waiter go.
  ///
  /// What they wait for must have been stored before.
  func wake() {
    let waiting = waiters.withLock { waiters in
      defer { waiters.removeAll() }
      return waiters
    }
    for waiter in waiting { waiter.signal() }
  }

  /// Waits for the next `wake`, but not when `isSatisfied` answers true, and no longer than that.
  ///
  /// No `wake` can slip in between that answer and the wait.
  func wait(_ timeout: Duration, unless isSatisfied: () -> Bool) {
    let semaphore = DispatchSemaphore(value: 0)
    let deadline = DispatchTime.now() + timeout.dispatchInterval
    let isWaiting = waiters.withLock { waiters in
      if isSatisfied() { return false }
      waiters.append(semaphore)
      return true
    }
    if isWaiting, semaphore.wait(timeout: deadline) == .timedOut {
      waiters.withLock { $0.removeAll { $0 === semaphore } }
    }
  }
}

extension Duration {
  /// To the nanosecond, up to some centuries.
  fileprivate var dispatchInterval: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .never : .nanoseconds(Int(whole) + Int(attoseconds / 1_000_000_000))
  }
}
