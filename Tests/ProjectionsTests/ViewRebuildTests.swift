import EventLog
import Marketplace
import Projectors
import Testing

@testable import Projections

struct ViewRebuildTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a rebuild of sound rows finds no difference`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let store = try Store()
    try store.append(generator.commands(100))
    var limits = ViewLimits()
    limits.liveEvents = 7
    limits.bulkEvents = 13
    let view = try store.folded(limits: limits)
    let expected = try view.rows()

    let report = try view.rebuildNow()

    #expect(report.failure == nil)
    #expect(report.position == store.log.head)
    #expect(report.comparison == Comparison(rows: UInt64(expected.count)))
    #expect(try view.rows() == expected)
    #expect(view.status(at: 0).generation == 2)
    #expect(view.status(at: 0).lastRebuild == report)
    #expect(store.text("current") == "2\n")
    #expect(try store.names() == ["1", "2", "current"])
  }

  /// One row that is not what the events say.
  enum Tampering: CaseIterable, Sendable {
    case changed
    case added
    case removed

    var key: String { self == .added ? "bogus" : "type:StockAdjusted" }

    func apply(_ rows: inout BatchRows) throws {
      switch self {
      case .changed, .added: try rows.put(Array(key.utf8), [1, 2, 3])
      case .removed: try rows.remove(Array(key.utf8))
      }
    }
  }

  @Test(arguments: Tampering.allCases)
  func `a rebuild finds a wrong row, names it and puts it right`(tampering: Tampering) throws {
    let store = try Store()
    try store.append([[1], [2], [3]])
    let view = try store.folded()
    let expected = try view.rows()
    try view.tamper(tampering.apply)
    #expect(try view.rows() != expected)

    let report = try view.rebuildNow()

    let rows = UInt64(expected.count) + (tampering == .added ? 1 : 0)
    let name = Array(tampering.key.utf8).span.bytes.hexadecimal
    #expect(report.comparison == Comparison(rows: rows, differences: 1, firstDifference: name))
    #expect(try view.rows() == expected)
    #expect(store.notices.taken().map(\.level) == [.error])
  }

  @Test func `a rebuild compares where the live rows are and then goes on to the head`() throws {
    let store = try Store()
    try store.append([[1], [2]])
    let view = try store.folded()
    try store.append([[3], [4]])

    let report = try view.rebuildNow()

    #expect(report.position == 2)
    #expect(report.comparison.differences == 0)
    #expect(view.position == 4)
  }

  @Test func `a view is rebuilt while it follows the log`() async throws {
    let store = try Store()
    var generator = SeededGenerator(seed: 1)
    try store.append(generator.commands(500))
    var limits = ViewLimits()
    limits.liveEvents = 1
    limits.bulkEvents = 64
    let view = try store.open(limits: limits)
    view.start()
    let report = try view.rebuildNow()
    _ = await view.wait(for: store.log.head, seconds: 60)
    let rows = try view.rows()
    let again = try view.rebuildNow()
    view.stop()

    #expect(report.comparison.differences == 0)
    #expect(again.comparison == Comparison(rows: UInt64(rows.count)))
  }

  @Test func `a rebuild that fails leaves the live rows, and names the event`() throws {
    let store = try Store()
    try store.append([[1], [2]])
    let view = try store.folded()
    let expected = try view.rows()
    try store.append([[Tally.poison]])

    let report = try view.rebuildNow()

    #expect(report.failure == "event 3 (StockAdjusted): poison")
    #expect(view.status(at: 0).generation == 1)
    #expect(view.status(at: 0).state == .live)
    #expect(try view.rows() == expected)
    #expect(try store.names() == ["1", "current"])
  }

  @Test func `a view that stopped over wrong rows lives again after a rebuild`() throws {
    let store = try Store()
    try store.append([[1]])
    let view = try store.folded()
    try view.tamper { try $0.put(Array("order".utf8), []) }
    try store.append([[2]])
    view.foldAll()
    #expect(view.status(at: 0).detail == "event 2 (StockAdjusted): a bad row")

    _ = try view.rebuildNow()

    #expect(view.status(at: 0).state == .live)
    #expect(view.position == 2)
  }

  @Test func `a rollback brings the older generation back, which catches up`() throws {
    let store = try Store()
    try store.append([[1], [2]])
    let view = try store.folded()
    _ = try view.rebuildNow()
    try store.append([[3]])
    view.foldAll()
    let expected = try view.rows()

    try view.rollback()
    #expect(view.status(at: 0).generation == 1)
    #expect(view.position == 2)
    view.foldAll()

    #expect(try view.rows() == expected)
    #expect(store.text("current") == "1\n")
    #expect(try store.names() == ["1", "current"])
    #expect(throws: ViewError.conflict("view tally has no generation to roll back to")) {
      try view.rollback()
    }
  }

  @Test func `an older generation can be rolled back to after a restart`() throws {
    let store = try Store()
    try store.append([[1], [2]])
    let first = try store.folded()
    _ = try first.rebuildNow()
    _ = try first.rebuildNow()
    #expect(try store.names() == ["2", "3", "current"])
    first.stop()

    let view = try store.open()
    #expect(view.status(at: 0).generation == 3)
    #expect(view.status(at: 0).state == .live)
    try view.rollback()

    #expect(view.status(at: 0).generation == 2)
    #expect(view.position == 2)
  }

  @Test func `readers keep their snapshot while the generation changes`() throws {
    let store = try Store()
    try store.append([[1]])
    let view = try store.folded()
    try view.read { rows, position in
      _ = try view.rebuildNow()
      try store.append([[2]])
      view.foldAll()
      _ = try view.rebuildNow()

      #expect(position == 1)
      #expect(try rows.row(Array("type:StockAdjusted".utf8)) == [0, 0, 0, 0, 0, 0, 0, 1])
    }
    #expect(view.position == 2)
  }

  @Test func `a rebuild is refused when the view is being built or has been closed`() throws {
    let store = try Store()
    try store.append([[1]])
    let view = try store.open()
    #expect(throws: ViewError.conflict("view tally is being built already")) {
      try view.rebuild()
    }
    view.stop()
    #expect(throws: ViewError.conflict("view tally is stopping")) { try view.rebuildNow() }
    #expect(throws: ViewError.stopped(detail: "the ledger is closed")) {
      try view.rows()
    }
  }
}
