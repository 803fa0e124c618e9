import Marketplace
import Synchronization

/// A clock that stands still until the test moves it.
final class TestClock: Sendable {
  private let time: Mutex<Microseconds>

  /// Past everything that the random commands claim.
  static let start: Microseconds = 1_800_000_000_000_000

  init(_ start: Microseconds = TestClock.start) {
    time = Mutex(start)
  }

  var now: Microseconds {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }
}
