/// Puts in place of each generated identifier, a letter and a number, one that sorts anywhere.
///
/// The same identifier becomes the same one again.
func scatterIds(_ line: inout ArraySlice<UInt8>) {
  var scattered: [UInt8] = []
  scattered.reserveCapacity(line.count + 64)
  var next = line.startIndex
  while next < line.endIndex {
    scattered.append(line[next])
    next += 1
    guard scattered.last == UInt8(ascii: "\""), let end = endOfIdentifier(line, from: next) else {
      continue
    }
    let number = line[..<end].reversed().prefix { isDigit($0) }.reversed()
      .reduce(UInt64(0)) { $0 &* 10 &+ UInt64($1 - UInt8(ascii: "0")) }
    scattered.append(line[next])
    scattered += String(mixed(number &+ UInt64(line[next]) << 56), radix: 16).utf8
    next = end
  }
  line = scattered[...]
}

/// Where a text such as `u17` or `s1-17` ends, if it is one.
private func endOfIdentifier(_ line: ArraySlice<UInt8>, from start: Int) -> Int? {
  guard start < line.endIndex, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(line[start]) else {
    return nil
  }
  let end = line[(start + 1)...].firstIndex { !isDigit($0) && $0 != UInt8(ascii: "-") }
  guard let end, end > start + 1, line[end] == UInt8(ascii: "\"") else { return nil }
  return end
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// One to one, and at random to look at; the last steps of SplitMix64.
private func mixed(_ number: UInt64) -> UInt64 {
  var bits = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
  bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
  return bits ^ (bits >> 31)
}
