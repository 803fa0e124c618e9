import EventLog
import Foundation
import Projectors
import Synchronization

@testable import Marketplace
@testable import Projections

/// A fresh directory with a log to fold and room for its view; removed in the end.
final class Store {
  let directory: String
  /// Of all its events and of no other store's.
  let day: Day
  let notices = Notices()
  private(set) var log: EventLog
  private(set) var ends: [Position] = []

  init() throws {
    day = Self.lastDay.wrappingAdd(1, ordering: .relaxed).newValue
    directory = NSTemporaryDirectory() + "shopledger-view-" + UUID().uuidString
    log = try EventLog.create(
      directory: directory + "/log",
      identity: Array(repeating: 7, count: 16),
      key: Array(repeating: 9, count: 32)
    )
  }

  private static let lastDay = Atomic<Day>(17_000)

  deinit {
    try? FileManager.default.removeItem(atPath: directory)
  }

  var viewDirectory: String { directory + "/views/tally" }

  func path(_ name: String) -> String { viewDirectory + "/" + name }

  func names() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: viewDirectory))
  }

  func text(_ name: String) -> String? { Files.text(at: path(name)) }

  func open(
    _ projector: any Projector.Type = Tally.self,
    limits: ViewLimits = ViewLimits()
  ) throws -> View {
    try View(projector, directory: viewDirectory, log: log, limits: limits) { [notices] in
      notices.add($0)
    }
  }

  /// A view that has folded the whole log.
  func folded(limits: ViewLimits = ViewLimits()) throws -> View {
    let view = try open(limits: limits)
    view.foldAll()
    return view
  }

  /// Appends a command for each array, which holds the adjustment of each of its events.
  func append(_ commands: [[Int64]]) throws {
    var batch = AppendBatch()
    var position = log.head
    for command in commands {
      for (index, by) in command.enumerated() {
        position += 1
        let record = record(at: position, by: by, index: index, of: command.count)
        batch.addRecord { record.encode(into: &$0) }
      }
      ends.append(position)
    }
    _ = try log.append(batch)
  }

  func append(raw record: [UInt8]) throws {
    var batch = AppendBatch()
    batch.add(record: record)
    _ = try log.append(batch)
    ends.append(log.head)
  }

  /// Puts the log of another directory in place of this one.
  func replaceLog(by makeLog: (_ directory: String) throws -> EventLog) throws {
    log.close()
    log = try makeLog(directory + "/log")
  }

  private func record(at position: Position, by: Int64, index: Int, of count: Int) -> Record {
    Record(
      envelope: Envelope(
        position: position,
        recordedAt: Microseconds(position) * 1_000_000,
        occurredAt: Microseconds(position) * 1_000_000,
        localDay: day,
        commandID: "c\(position - UInt64(index))",
        commandDigest: CommandDigest(Array(repeating: 1, count: 16)),
        commandEvent: UInt32(index),
        commandEvents: UInt32(count)
      ),
      event: .stockAdjusted(
        StockAdjusted(
          product: Reference(id: "p", position: 1 + by.magnitude),
          shop: Reference(id: "s1", position: 1),
          by: by,
          after: 0,
          reasonHash: []
        )
      )
    )
  }
}

/// What a view has said.
final class Notices: Sendable {
  private let all = Mutex<[Notice]>([])

  func add(_ notice: Notice) {
    all.withLock { $0.append(notice) }
  }

  func taken() -> [Notice] {
    all.withLock { all in
      defer { all = [] }
      return all
    }
  }
}

extension View {
  /// Folds to the log's head on this thread, as the live thread would, unless the view stops.
  func foldAll() {
    while position < log.head, shared.withLock({ $0.failure == nil }) { advance() }
  }

  /// Every row, as `key=value` with the value in hexadecimal.
  func rows() throws -> [String] {
    try read { rows, _ in
      var all: [String] = []
      try rows.scan(from: []) { key, value in
        all.append(String(decoding: key.copy, as: UTF8.self) + "=" + value.hexadecimal)
        return true
      }
      return all
    }
  }

  /// Changes rows behind the fold's back.
  func tamper(_ change: (inout BatchRows) throws -> Void) throws {
    try fold.withLock { fold in
      guard let fold else { return }
      var rows = try BatchRows(fold.generation)
      try change(&rows)
      try rows.commit(fold.checkpoint)
    }
  }
}

/// A small seeded generator: SplitMix64, by Sebastiano Vigna.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Commands of one to five events.
  mutating func commands(_ count: Int) -> [[Int64]] {
    (0..<count).map { _ in
      (0..<Int.random(in: 1...5, using: &self)).map { _ in Int64.random(in: -50...50, using: &self)
      }
    }
  }
}
