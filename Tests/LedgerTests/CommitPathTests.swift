import Foundation
import LMDB
import Testing

@testable import EventLog
@testable import Ledger

/// A commit writes at the ends of trees only, so that it costs what its bytes cost, however long the
/// history is and whatever the commands are about.
///
/// Counted are the pages of `log/data.mdb` that differ after a commit: LMDB writes a page anew where
/// it changes one, so these are the pages written.
@Suite struct CommitPathTests {
  /// Commands of one commit.
  private static let batch = 500
  private static let products = 2000
  private static let people = 4000

  @Test func `a commit writes the pages that its bytes fill, whatever its commands touch`()
    async throws
  {
    let directory = try TestDirectory()
    // Nothing is flushed to the state meanwhile; that would be another file, and other figures.
    let ledger = try Ledger.open(directory, flushEvents: .max)
    defer { ledger.close() }
    try await makeHistory(ledger)

    let one = try await commit(to: ledger) { index in
      visit("a\(index)", product: 7, visitor: 7)
    }
    let many = try await commit(to: ledger) { index in
      // A stride, so that neighbours in the batch are neighbours nowhere else.
      visit("b\(index)", product: index * 997 % Self.products, visitor: index * 1999 % Self.people)
    }
    let newcomers = try await commit(to: ledger) { index in
      visit("c\(index)", product: index * 997 % Self.products, visitor: Self.people + index)
    }
    let purchases = try await commit(to: ledger) { index in
      """
      {"id":"d\(index)","type":"Purchase","data":{"order":"d\(index)",\
      "product":"\(Self.product(index * 997 % Self.products))",\
      "buyer":"\(Self.person(index * 1999 % Self.people))","quantity":1,"price":100}}
      """
    }
    let refused = try await commit(to: ledger) { index in
      // The shop has no such product.
      visit("e\(index)", product: Self.products + index * 997, visitor: index)
    }
    for commit in [one, many, newcomers, purchases, refused] {
      #expect(commit.pages <= commit.pagesAllowed, "\(commit)")
    }
    // Numbers and positions take a byte more or less.
    #expect(abs(many.pages - one.pages) <= 4, "\(many), \(one)")
  }

  @Test func `a row under a random key would be seen`() throws {
    let directory = try TestDirectory()
    let environment = try Environment(
      directory: directory.path,
      mapSize: 1 << 28,
      create: true
    )
    defer { environment.close() }
    let table = try environment.createTable("rows")
    func write(_ keys: some Sequence<UInt64>) throws -> Int {
      try pagesWritten(to: directory.path) {
        try environment.write { transaction in
          for key in keys {
            let value = [UInt8](repeating: 1, count: 200)
            try transaction.put(table, key: LogFormat.bytes(key), value: value)
          }
        }
      }
    }
    let spread = UInt64.max / 20_000
    _ = try write((0..<20_000).lazy.map { $0 * spread })
    let bytes = Self.batch * (8 + 200)
    let commit = Commit(bytes: bytes, pages: try write((0..<500).lazy.map { .max - 500 + $0 }))
    #expect(commit.pages <= commit.pagesAllowed, "\(commit)")
    let random = Commit(
      bytes: bytes,
      pages: try write((0..<500).lazy.map { $0 * 997 % 20_000 * spread + 1 })
    )
    #expect(random.pages > 4 * random.pagesAllowed, "\(random)")
  }

  // MARK: Commits

  /// What a commit appended and what it wrote.
  private struct Commit: CustomStringConvertible {
    /// Of keys and values.
    var bytes: Int
    var pages: Int

    /// For the way to the end of each of the six tables, LMDB's own two trees, and its meta page.
    static let pagesBesides = 24

    /// A row has 10 bytes beside key and value, and the last part of a page may be too short for
    /// the next row.
    var pagesAllowed: Int { bytes * 5 / 4 / 4096 + Self.pagesBesides }

    var description: String { "\(pages) pages for \(bytes) bytes, \(pagesAllowed) allowed" }
  }

  /// Records a batch in one commit.
  private func commit(
    to ledger: Ledger,
    _ command: (Int) -> String
  ) async throws -> Commit {
    let log = ledger.log
    let commands = (0..<Self.batch).map(command)
    let bytes = try log.byteCount
    let transactions = log.environment.info.lastTransaction
    let before = try pages(in: log.directory)
    let receipts = await ledger.submit(commands)
    #expect(receipts.allSatisfy { $0.recordedAt != nil && !$0.repeated })
    // More of them would be more ends written.
    #expect(log.environment.info.lastTransaction == transactions + 1)
    return Commit(
      bytes: try log.byteCount - bytes,
      pages: try differences(before, pages(in: log.directory))
    )
  }

  /// Some thousands of visits by many to many products, so that a row of each, were there one, would
  /// stand on a page of its own.
  private func makeHistory(_ ledger: Ledger) async throws {
    _ = await ledger.submit(
      """
      {"id":"shop","type":"OpenShop","data":{"shop":"shop","owner":"owner","name":"Shop",\
      "currency":"CNY","timeZone":"Asia/Shanghai"}}
      """
    )
    _ = await ledger.submit(
      (0..<Self.products).map { index in
        """
        {"id":"l\(index)","type":"ListProduct","data":{"shop":"shop",\
        "product":"\(Self.product(index))","title":"Goods","price":100,"stock":1000}}
        """
      }
    )
    for round in 0..<4 {
      let receipts = await ledger.submit(
        (0..<Self.people).map { index in
          visit("h\(round)-\(index)", product: index % Self.products, visitor: index)
        }
      )
      #expect(receipts.allSatisfy { $0.positions != nil })
    }
  }

  private func visit(_ id: String, product: Int, visitor: Int) -> String {
    """
    {"id":"\(id)","type":"RecordVisit","data":{"visit":"\(id)","shop":"shop",\
    "product":"\(Self.product(product))","visitor":"\(Self.person(visitor))",\
    "entry":{"mode":"stroll"}}}
    """
  }

  /// Ids of one length, so that bytes differ by nothing else.
  private static func product(_ index: Int) -> String { "p\(1_000_000 + index)" }
  private static func person(_ index: Int) -> String { "u\(1_000_000 + index)" }

  // MARK: Pages

  private func pagesWritten(to directory: String, by body: () throws -> Void) throws -> Int {
    let before = try pages(in: directory)
    try body()
    return try differences(before, pages(in: directory))
  }

  private func pages(in directory: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: directory + "/data.mdb"))
  }

  private func differences(_ before: Data, _ after: Data) -> Int {
    stride(from: 0, to: after.count, by: 4096).count { start in
      let end = min(start + 4096, after.count)
      return end > before.count || before[start..<end] != after[start..<end]
    }
  }
}

extension EventLog {
  /// Of all keys and values.
  fileprivate var byteCount: Int {
    get throws {
      var count = 0
      try environment.read { transaction in
        for table in [
          tables.events, tables.people, tables.texts, tables.tiles, tables.refusals, tables.meta,
        ] {
          try transaction.scan(table) { key, value in
            count += key.byteCount + value.byteCount
            return true
          }
        }
      }
      return count
    }
  }
}
