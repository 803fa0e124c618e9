extension Array {
  /// Sorts by a number, and leaves equal ones in their order.
  ///
  /// Costs a pass over the array for each 8 bits in which the numbers differ at all, so a few for
  /// positions and people of one batch; no comparison. Uses as much memory again.
  mutating func radixSort(by number: (Element) -> UInt64) {
    guard let first = self.first.map(number) else { return }
    var differing: UInt64 = 0
    for element in self { differing |= number(element) ^ first }
    var shift = UInt64(differing.trailingZeroBitCount)
    guard differing != 0 else { return }
    var other = self
    while shift < 64, differing >> shift != 0 {
      if differing >> shift & 0xFF != 0 {
        scatter(into: &other, by: { Int(truncatingIfNeeded: number($0) >> shift & 0xFF) })
        swap(&self, &other)
      }
      shift += 8
    }
  }

  /// Writes the elements in the order of their digits, which lie below 256.
  private func scatter(into other: inout [Element], by digit: (Element) -> Int) {
    var next = [256 of Int](repeating: 0)
    for element in self { next[digit(element)] += 1 }
    var start = 0
    for digit in next.indices {
      let count = next[digit]
      next[digit] = start
      start += count
    }
    other.withUnsafeMutableBufferPointer { other in
      for element in self {
        let digit = digit(element)
        other[next[digit]] = element
        next[digit] += 1
      }
    }
  }
}
