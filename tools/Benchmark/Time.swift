import Glibc

/// Nanoseconds by the clock that no one sets.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// How long the body took, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = monotonicNanoseconds()
  try body()
  return seconds(since: start)
}

func seconds(since start: UInt64) -> Double {
  Double(monotonicNanoseconds() - start) / 1e9
}
