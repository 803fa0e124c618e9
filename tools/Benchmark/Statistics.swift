/// The middle of some measurements, and how far apart they were.
struct Spread {
  var median: Double
  var least: Double
  var greatest: Double

  /// Of at least one measurement.
  init(_ measurements: [Double]) {
    precondition(!measurements.isEmpty, "a spread of nothing")
    let sorted = measurements.sorted()
    let middle = sorted.count / 2
    median =
      sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    least = sorted[0]
    greatest = sorted[sorted.count - 1]
  }

  /// Of the quotients of measurements that were made in turn, round by round.
  init(_ measurements: [Double], per references: [Double]) {
    precondition(measurements.count == references.count, "not measured in turn")
    self.init(zip(measurements, references).map { $0 / $1 })
  }
}

/// Exact percentiles of times, in nanoseconds.
struct Latencies {
  private var sorted: [UInt64]

  /// Of all the times, in any order; at least one.
  init(_ nanoseconds: [UInt64]) {
    precondition(!nanoseconds.isEmpty, "percentiles of nothing")
    sorted = nanoseconds.sorted()
  }

  /// The least time that at least this part of all times does not exceed, in milliseconds.
  func milliseconds(_ part: Double) -> Double {
    let rank = Int((part * Double(sorted.count)).rounded(.up))
    return Double(sorted[max(rank, 1) - 1]) / 1e6
  }
}
