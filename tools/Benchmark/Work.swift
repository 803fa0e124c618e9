import Foundation
import Synchronization

/// Work that blocks, on a thread of its own.
final class Work<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let ended = NSCondition()

  init(_ body: @escaping @Sendable () throws -> Value) {
    Thread.detachNewThread { [self] in
      let outcome = Result { try body() }
      result.withLock { $0 = outcome }
      ended.lock()
      ended.broadcast()
      ended.unlock()
    }
  }

  /// Waits for the work.
  func value() throws -> Value {
    ended.lock()
    defer { ended.unlock() }
    while true {
      if let outcome = result.withLock({ $0 }) { return try outcome.get() }
      ended.wait()
    }
  }
}
