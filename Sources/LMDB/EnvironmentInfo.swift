import CLMDB

/// What an operator watches.
///
/// The corresponding C functions are `mdb_env_info` and `mdb_reader_list`.
package struct EnvironmentInfo: Hashable, Sendable {
  /// In bytes, as all sizes here.
  package var mapSize: Int
  package var usedBytes: Int
  package var pageSize: Int
  /// The number of the last commit.
  package var lastTransaction: Int
  /// Read transactions open now, in every process.
  package var readers: Int
  /// How many commits the oldest of them is behind; pages freed since then cannot be used again.
  package var oldestReaderLag: Int
}

extension Environment {
  /// Of the library in use.
  ///
  /// The corresponding C function is `mdb_version`.
  package static var version: (major: Int, minor: Int, patch: Int) {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    _ = unsafe mdb_version(&major, &minor, &patch)
    return (Int(major), Int(minor), Int(patch))
  }

  /// As `info.usedBytes`, at the cost of a look at the meta page.
  package var usedBytes: Int { unsafe PageUsage(handle).bytes }

  package var info: EnvironmentInfo {
    let usage = unsafe PageUsage(handle)
    let snapshots = readerSnapshots()
    let oldest = snapshots.min() ?? usage.lastTransaction
    return EnvironmentInfo(
      mapSize: usage.mapSize,
      usedBytes: usage.bytes,
      pageSize: usage.pageSize,
      lastTransaction: usage.lastTransaction,
      readers: snapshots.count,
      oldestReaderLag: max(0, usage.lastTransaction - oldest)
    )
  }

  /// Frees the slots of readers whose process has died; returns how many there were.
  ///
  /// The corresponding C function is `mdb_reader_check`.
  @discardableResult
  package func readerCheck() throws(LMDBError) -> Int {
    var dead: Int32 = 0
    try LMDBError.check(unsafe mdb_reader_check(handle, &dead))
    return Int(dead)
  }

  /// The commit that each open read transaction sees.
  ///
  /// LMDB lists readers only as text: a heading, then a line each with process, thread and
  /// commit, where an idle slot has "-".
  private func readerSnapshots() -> [Int] {
    var text = ""
    unsafe withUnsafeMutablePointer(to: &text) { lines in
      _ = unsafe mdb_reader_list(
        handle,
        { message, lines in
          guard let message = unsafe message, let lines = unsafe lines else { return 0 }
          unsafe lines.assumingMemoryBound(to: String.self).pointee += String(cString: message)
          return 0
        },
        lines
      )
    }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      line.split(separator: " ").last.flatMap { Int($0) }
    }
  }
}
