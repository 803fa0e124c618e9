import JSON

/// Shows how far events have been copied, with the rate since the beginning.
struct TransferProgress {
  private let label: String
  private let started = ContinuousClock.now
  private var display = ProgressDisplay()
  /// Where it began; nil before the first report.
  private var first: UInt64?

  init(_ label: String) {
    self.label = label
  }

  mutating func show(_ done: UInt64, of total: UInt64) {
    let first = first ?? done
    self.first = first
    let rate = Double(done - first) / started.duration(to: .now).inSeconds
    let label = label
    display.show(
      Progress(
        label: label,
        unit: .events,
        done: Int(done),
        total: Int(total),
        rate: done > first ? Figure.count(Int(rate)) + " events/s" : nil,
        secondsLeft: done > first ? Double(total - done) / rate : nil
      )
    )
  }

  func end() {
    display.end()
  }
}
