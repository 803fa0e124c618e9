import Dispatch
import Foundation

/// A thread that can be joined.
///
/// LMDB wants a write transaction to begin and end on one thread, and folding blocks; neither suits
/// the threads that tasks share.
package final class Worker: Sendable {
  private let ended = DispatchSemaphore(value: 0)

  package init(name: String, _ work: @escaping @Sendable () -> Void) {
    let thread = Thread { [ended] in
      // Views can wait, commands cannot: when the cores are short, the writer and the parsers go
      // first, and the views catch up behind them. On Linux this is the thread's own niceness.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
      // Set from within, the name is the kernel's too.
      Thread.current.name = name
      work()
      ended.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits until the work is done, calling `nudge` as long as it is not.
  ///
  /// Nudging again and again closes the gap between the worker's look at a flag and its wait.
  package func join(nudge: () -> Void) {
    repeat { nudge() } while ended.wait(timeout: .now() + .milliseconds(20)) == .timedOut
    ended.signal()
  }
}
