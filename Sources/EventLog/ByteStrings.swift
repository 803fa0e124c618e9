/// Many byte strings in one allocation, which is kept when they are removed.
struct ByteStrings: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each string ends in `bytes`.
  private var ends: [Int] = []

  var count: Int { ends.count }

  func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// Adds what the body appends; nothing, when it throws.
  mutating func add<Failure: Error>(
    _ body: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let start = ends.last ?? 0
    do throws(Failure) {
      try body(&bytes)
    } catch {
      bytes.removeSubrange(start...)
      throw error
    }
    precondition(bytes.count >= start, "a body removed bytes that it did not add")
    ends.append(bytes.count)
  }

  /// Lends one string.
  func withBytes<Result, Failure: Error>(
    _ index: Int,
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes.span.bytes.extracting(range(index)))
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }
}
