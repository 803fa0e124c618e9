internal import Dispatch
internal import EventLog
internal import Glibc
package import Marketplace
internal import Projections
internal import Synchronization

/// Lets tasks wait for events that are not there yet.
///
/// One thread waits for all of them, and while nobody does it sleeps: so a commit costs the writer
/// one signal more at most, however many wait.
final class HeadFollower: Sendable {
  private struct Shared {
    var waiters = Waiters()
    var worker: Worker?
    /// Whether the thread sleeps until it is signalled.
    var isIdle = false
    var isStopping = false
  }

  /// After it has let somebody go, the thread rests for so long: a flood of commits then wakes
  /// each task two hundred times a second, and not three thousand times.
  private static let restMicroseconds: UInt32 = 5_000

  private let log: EventLog
  private let shared = Mutex(Shared())
  /// Signalled when somebody begins to wait, and at the stop.
  private let wakeup = DispatchSemaphore(value: 0)

  init(_ log: EventLog) {
    self.log = log
  }

  /// Waits until the log has an event past `position`, for `seconds` at most.
  ///
  /// - Returns: the head, which is no further when time is up, the ledger stops or the task is
  ///   cancelled.
  func wait(past position: Position, seconds: Double) async -> Position {
    let key = shared.withLock { shared -> UInt64? in
      guard log.head <= position, !shared.isStopping else { return nil }
      if shared.worker == nil { shared.worker = Worker(name: "follower") { self.run() } }
      if shared.isIdle { wakeup.signal() }
      shared.isIdle = false
      return shared.waiters.announce(target: position + 1)
    }
    guard let key else { return log.head }
    await Waiters.wait(seconds: seconds) { continuation in
      shared.withLock { $0.waiters.suspend(key, continuation) }
    } giveUp: { [weak self] in
      self?.giveUp(key)
    }
    return log.head
  }

  /// Lets everybody go, and ends the thread.
  func stop() {
    let worker = shared.withLock { shared in
      shared.isStopping = true
      shared.waiters.resume(reached: .max)
      return shared.worker
    }
    worker?.join { [self] in
      wakeup.signal()
      log.wake()
    }
  }

  private func giveUp(_ key: UInt64) {
    shared.withLock { $0.waiters.resume(key) }
  }

  private var isStopping: Bool { shared.withLock { $0.isStopping } }

  private func run() {
    while !isStopping {
      guard let target = nextTarget() else {
        wakeup.wait()
        continue
      }
      let head = log.waitForEvents(after: target - 1, timeout: .seconds(1)) { isStopping }
      guard head >= target else { continue }
      shared.withLock { $0.waiters.resume(reached: head) }
      usleep(Self.restMicroseconds)
    }
  }

  /// Nil when nobody waits: then the next who does signals.
  private func nextTarget() -> Position? {
    shared.withLock { shared in
      let target = shared.waiters.nextTarget
      shared.isIdle = target == nil
      return target
    }
  }
}

extension Ledger {
  /// Waits until there is an event past `position`, for `seconds` at most; answers the head.
  package func waitForEvents(past position: Position, seconds: Double) async -> Position {
    await headFollower.wait(past: position, seconds: seconds)
  }

  /// The position of the last event that is durable; 0 when there is none.
  package var head: Position { log.head }
}
