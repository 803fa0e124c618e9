package import Marketplace

/// How fast a fold over the log goes.
package struct Pace: Sendable {
  private let first: Position
  private let started = ContinuousClock.now
  package var position: Position
  package var target: Position

  package init(from first: Position, to target: Position) {
    self.first = first
    position = first
    self.target = target
  }

  package var progress: Progress {
    let elapsed = (ContinuousClock.now - started).seconds
    let rate = elapsed > 0 ? Double(position - first) / elapsed : 0
    return Progress(position: position, target: target, eventsPerSecond: rate)
  }
}

extension Duration {
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
