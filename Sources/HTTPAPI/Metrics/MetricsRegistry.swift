public import CoreMetrics
internal import Synchronization

/// Keeps what is counted in this process, and shows it as Prometheus text.
///
/// A backend of swift-metrics: whoever counts knows its interface alone. To count takes no lock.
public final class MetricsRegistry: MetricsFactory {
  private enum Series {
    case counter(CounterSeries)
    case histogram(HistogramSeries)
  }

  private struct Labels: Hashable {
    var names: [String]
    var values: [String]

    init(_ dimensions: [(String, String)]) {
      names = dimensions.map(\.0)
      values = dimensions.map(\.1)
    }

    var pairs: [(name: String, value: String)] { Array(zip(names, values)) }
  }

  private let families = Mutex<[String: [Labels: Series]]>([:])

  /// A registry that has counted nothing.
  public init() {}

  /// Makes a counter, or hands out the one that there is.
  public func makeCounter(
    label: String,
    dimensions: [(String, String)]
  ) -> any CounterHandler {
    families.withLock { families in
      let labels = Labels(dimensions)
      if case .counter(let counter) = families[label]?[labels] { return counter }
      let counter = CounterSeries()
      families[label, default: [:]][labels] = .counter(counter)
      return counter
    }
  }

  /// Makes a histogram of whole numbers, in buckets that double from 1.
  public func makeRecorder(
    label: String,
    dimensions: [(String, String)],
    aggregate: Bool
  ) -> any RecorderHandler {
    histogram(label, dimensions, .counts)
  }

  /// Makes a histogram of times, shown in seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label, dimensions, .times)
  }

  private func histogram(
    _ label: String,
    _ dimensions: [(String, String)],
    _ scale: HistogramSeries.Scale
  ) -> HistogramSeries {
    families.withLock { families in
      let labels = Labels(dimensions)
      if case .histogram(let histogram) = families[label]?[labels] { return histogram }
      let histogram = HistogramSeries(scale)
      families[label, default: [:]][labels] = .histogram(histogram)
      return histogram
    }
  }

  /// Nothing is destroyed: a counter that went away and came back would seem to be set back.
  public func destroyCounter(_ handler: any CounterHandler) {}
  /// As for counters.
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  /// As for counters.
  public func destroyTimer(_ handler: any TimerHandler) {}

  /// Writes every family in the order of the names; `help` says by name what each is.
  func write(to text: inout PrometheusText, help: [String: String]) {
    let families = families.withLock { $0 }
    for (name, series) in families.sorted(by: { $0.key < $1.key }) {
      let sorted = series.sorted { $0.key.values.lexicographicallyPrecedes($1.key.values) }
      guard let first = sorted.first else { continue }
      if case .counter = first.value {
        text.begin(name, .counter, help[name] ?? name)
      } else {
        text.begin(name, .histogram, help[name] ?? name)
      }
      for (labels, series) in sorted {
        switch series {
        case .counter(let counter): text.add(name, labels.pairs, Double(counter.value))
        case .histogram(let histogram): histogram.write(to: &text, name, labels.pairs)
        }
      }
    }
  }
}

private final class CounterSeries: CounterHandler {
  private let count = Atomic<Int64>(0)

  var value: Int64 { count.load(ordering: .relaxed) }

  func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }

  func reset() { count.store(0, ordering: .relaxed) }
}

/// How many values lay at or below each bound, and what they come to.
private final class HistogramSeries: RecorderHandler, TimerHandler {
  enum Scale {
    case counts
    case times
  }

  /// Of times in nanoseconds: 0.1 ms to 10 s.
  private static let times: [Int64] = [
    100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
    100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000,
    10_000_000_000,
  ]
  private static let counts: [Int64] = (0..<16).map { 1 << $0 }

  private let scale: Scale
  private let bounds: [Int64]
  /// Of the values above the bound before; the last one has no bound.
  private let buckets: InlineArray<17, Atomic<Int64>>
  private let sum = Atomic<Int64>(0)

  init(_ scale: Scale) {
    self.scale = scale
    bounds = scale == .times ? Self.times : Self.counts
    buckets = InlineArray { _ in Atomic(0) }
  }

  func record(_ value: Int64) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    buckets[bucket].wrappingAdd(1, ordering: .relaxed)
    sum.wrappingAdd(value, ordering: .relaxed)
  }

  func record(_ value: Double) { record(Int64(value.rounded())) }

  func recordNanoseconds(_ duration: Int64) { record(duration) }

  func write(
    to text: inout PrometheusText,
    _ name: String,
    _ labels: [(name: String, value: String)]
  ) {
    var count: Int64 = 0
    for bucket in 0..<bounds.count {
      count += buckets[bucket].load(ordering: .relaxed)
      let bound = PrometheusText.number(shown(bounds[bucket]))
      text.add(name + "_bucket", labels + [("le", bound)], Double(count))
    }
    count += buckets[bounds.count].load(ordering: .relaxed)
    text.add(name + "_bucket", labels + [("le", "+Inf")], Double(count))
    text.add(name + "_sum", labels, shown(sum.load(ordering: .relaxed)))
    text.add(name + "_count", labels, Double(count))
  }

  private func shown(_ value: Int64) -> Double {
    scale == .times ? Double(value) / 1e9 : Double(value)
  }
}
