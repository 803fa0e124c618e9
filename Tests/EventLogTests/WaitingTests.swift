import Dispatch
import EventLog
import Foundation
import Synchronization
import Testing

struct WaitingTests {
  let directory: TemporaryDirectory
  let log: EventLog

  init() throws {
    directory = try TemporaryDirectory()
    log = try directory.createLog()
  }

  @Test func `events that are there are not waited for`() throws {
    try log.append(records: records(0..<3))
    #expect(log.waitForEvents(after: 2, timeout: .seconds(600)) == 3)
  }

  @Test func `a wait ends at its timeout`() {
    #expect(log.waitForEvents(after: 0, timeout: .nanoseconds(1)) == 0)
  }

  @Test func `a thread that was told to stop does not wait`() {
    #expect(log.waitForEvents(after: 0, timeout: .seconds(600)) { true } == 0)
  }

  /// Whichever of the two is first, the waiting thread goes on: no timeout is met.
  @Test func `a commit wakes a thread that waits`() throws {
    for round in 1...50 as ClosedRange<UInt64> {
      let woken = DispatchSemaphore(value: 0)
      let head = Mutex<UInt64>(0)
      withExtendedLifetime(log) {
        let thread = Thread { [log] in
          let answer = log.waitForEvents(after: round - 1, timeout: .seconds(600))
          head.withLock { $0 = answer }
          woken.signal()
        }
        thread.start()
      }
      try log.append(records: [[1]])
      woken.wait()
      #expect(head.withLock { $0 } == round)
    }
  }

  @Test func `a stopped thread is let go, whichever is first`() {
    for _ in 0..<50 {
      let isStopped = Atomic(false)
      let woken = DispatchSemaphore(value: 0)
      let thread = Thread { [log] in
        _ = log.waitForEvents(after: 0, timeout: .seconds(600)) {
          isStopped.load(ordering: .acquiring)
        }
        woken.signal()
      }
      thread.start()
      isStopped.store(true, ordering: .releasing)
      log.wake()
      woken.wait()
    }
    #expect(log.head == 0)
  }
}
