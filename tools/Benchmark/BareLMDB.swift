/// LMDB alone, appending the records that the ledger would have written; see bare-lmdb.c.
final class BareLMDB {
  private let program: Child

  /// A new environment in `directory`, with the first `history` records in it.
  init(program path: String, directory: String, records: String, history: Int) throws {
    program = try Child([path, directory, records], errors: directory + ".errors", talks: true)
    _ = try append(history, batch: 4096)
  }

  /// Appends the next records, so many to a commit; answers the nanoseconds of each commit.
  func append(_ count: Int, batch: Int) throws -> [UInt64] {
    let times = try program.ask("append \(batch) \(count)").split(separator: " ").map { UInt64($0) }
    guard times.count == (count + batch - 1) / batch else {
      throw Failure("bare LMDB answered \(times.count) commits of \(count) records by \(batch)")
    }
    return times.compactMap(\.self)
  }

  /// Appends, and answers the records a second.
  func rate(_ count: Int, batch: Int) throws -> Double {
    Double(count) * 1e9 / Double(try append(count, batch: batch).reduce(0, +))
  }

  /// Reads every record by one cursor; answers the records a second.
  func scanRate() throws -> Double {
    let answer = try program.ask("scan").split(separator: " ").compactMap { Double($0) }
    guard answer.count == 3 else { throw Failure("bare LMDB did not scan") }
    return answer[1] * 1e9 / answer[0]
  }
}
