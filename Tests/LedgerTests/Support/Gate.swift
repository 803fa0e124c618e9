import Foundation

/// Where a thread waits for as long as the gate is shut.
///
/// `@unchecked`: `isShut` is touched only while `condition` is locked.
final class Gate: @unchecked Sendable {
  private let condition = NSCondition()
  private var isShut = false

  func shut() {
    condition.lock()
    isShut = true
    condition.unlock()
  }

  func open() {
    condition.lock()
    isShut = false
    condition.broadcast()
    condition.unlock()
  }

  func pass() {
    condition.lock()
    while isShut { condition.wait() }
    condition.unlock()
  }
}
