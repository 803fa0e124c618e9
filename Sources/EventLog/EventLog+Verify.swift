import LMDB

extension EventLog {
  /// Recomputes the whole tree from the records and holds it against what was committed.
  ///
  /// It covers the events that are there when it begins, and may run beside appends. Read
  /// transactions are short. A damaged page can also end the process, so this is best run in one
  /// of its own.
  ///
  /// - Parameters:
  ///   - sizes: of the trees whose roots are answered, computed from the records as they are.
  ///   - progress: called with the events verified so far, and all there are, now and then.
  ///   - found: called with each thing that is wrong: `.damaged` with the position that is missing
  ///     or differs, where only a group of events can be named with the first of them;
  ///     `.frontierMismatch` when there are too many tiles or too few.
  /// - Returns: the roots asked for, of sizes that the log has.
  /// - Throws: when the log cannot be read on.
  @discardableResult
  package func verifyTree(
    rootsOf sizes: Set<UInt64> = [],
    progress: (_ verified: UInt64, _ total: UInt64) -> Void = { _, _ in },
    found: (LogError) -> Void
  ) throws(LogError) -> [UInt64: [UInt8]] {
    do {
      return try withoutActuallyEscaping(found) { found in
        try TreeVerification(log: self, found: found).run(rootsOf: sizes, progress: progress)
      }
    } catch {
      throw LogError(error)
    }
  }

  /// The same, and throws the first thing that is wrong.
  package func verifyTree(
    progress: (_ verified: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(LogError) {
    var first: LogError?
    try verifyTree(progress: progress) { first = first ?? $0 }
    if let first { throw first }
  }
}

// MARK: - Rows apart from the records

/// A table of what names people or was written by them.
package enum SaltedTable: Sendable {
  /// By the person's number.
  case people
  /// By the position of the event.
  case texts
}

extension EventLog {
  /// Lends the rows with these numbers in order: 16 bytes of salt and the text, as they are stored.
  ///
  /// One read transaction, open until it returns: keep the range to some thousands of rows.
  ///
  /// - Throws: what the body throws.
  package func readSalted(
    _ table: SaltedTable,
    in numbers: ClosedRange<UInt64>,
    _ body: (_ number: UInt64, _ salted: RawSpan) throws -> Void
  ) throws {
    let path = directory
    try snapshot { transaction in
      var next = numbers.lowerBound
      try transaction.scan(
        table == .people ? tables.people : tables.texts,
        from: LogFormat.bytes(numbers.lowerBound)
      ) { key, salted in
        guard let number: UInt64 = LogFormat.integer(key), number <= numbers.upperBound else {
          return false
        }
        // Damaged pages can lead in a circle.
        guard number >= next else {
          throw LogError.incomplete(path: path, part: "order of \(table)")
        }
        next = number + 1
        try body(number, salted)
        return true
      }
    }
  }
}
