internal import Synchronization

/// What all streams of commands may have in memory together, in equal shares.
///
/// A sender that reads nothing keeps its share for as long as it is connected, so many of them would
/// take much, were the share not smaller for many.
final class StreamBudget: Sendable {
  /// For all of them.
  private static let bytes = 1 << 26
  /// Enough for the batch that is being flushed and the next, for one of a few.
  private static let greatestShare = 1 << 22
  /// Enough for a piece, however many there are.
  private static let leastShare = 1 << 18

  private let streams = Atomic<Int>(0)

  func enter() {
    streams.add(1, ordering: .relaxed)
  }

  func leave() {
    streams.subtract(1, ordering: .relaxed)
  }

  /// How many bytes one stream may have at the writer, its receipts counted.
  var share: Int {
    let fair = Self.bytes / max(1, streams.load(ordering: .relaxed))
    return min(Self.greatestShare, max(Self.leastShare, fair))
  }
}
