import Glibc

/// Shows progress on standard error: a line redrawn on a terminal, elsewhere a line now and then.
struct ProgressDisplay {
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?

  /// Shows it when 0.1 s, or 5 s off a terminal, have passed since the last one.
  mutating func show(_ progress: @autoclosure () -> Progress) {
    let now = clock.now
    let interval = isTerminal ? Duration.milliseconds(100) : .seconds(5)
    guard let lastShown else {
      lastShown = now
      return
    }
    guard lastShown.duration(to: now) >= interval else { return }
    self.lastShown = now
    if isTerminal {
      let width = Terminal.width(of: STDERR_FILENO)
      Terminal.writeError("\r" + progress().line(width: width - 1) + "\u{1B}[K")
    } else {
      Terminal.writeError(progress().sentence + "\n")
    }
  }

  /// Clears the terminal's line, so that what follows starts on an empty one.
  func end() {
    if isTerminal { Terminal.writeError("\r\u{1B}[K") }
  }
}
