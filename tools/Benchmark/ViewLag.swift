import Glibc
import JSON

/// How far the views were behind, looked at a hundred times a second.
struct ViewLag: Sendable {
  /// By the view's name, the ages in nanoseconds of the oldest event that was not folded.
  private(set) var samples: [String: [UInt64]] = [:]

  /// Looks until a time.
  init(socket: String, until deadline: UInt64) throws {
    let connection = try HTTPConnection(socket: socket)
    while monotonicNanoseconds() < deadline {
      let answer = try JSONValue(parsing: connection.get("/v1/views"))
      for view in answer["views"]?.array ?? [] {
        guard let name = view["view"]?.string, let lag = view["lag"]?["seconds"]?.double else {
          throw Failure("/v1/views names no lag")
        }
        samples[name, default: []].append(UInt64(max(0, lag) * 1e9))
      }
      usleep(10_000)
    }
  }

  init() {}

  mutating func add(_ other: ViewLag) {
    samples.merge(other.samples) { $0 + $1 }
  }

  /// A line for each view.
  func lines(behind writer: String, _ machine: Machine) -> [Line] {
    samples.sorted { $0.key < $1.key }.map { view, samples in
      let milliseconds = samples.map { Double($0) / 1e6 }
      let flush = machine.flush.milliseconds(0.5)
      return Line(
        row: "e",
        what: "lag of \(view), \(writer)",
        figure: Spread(milliseconds),
        unit: "ms",
        ratio: Spread(milliseconds.map { $0 / flush }),
        reference: "a flush",
        latencies: Latencies(samples)
      )
    }
  }
}
