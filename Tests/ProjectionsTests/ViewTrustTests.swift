import EventLog
import Foundation
import Marketplace
import Testing

@testable import Projections

struct ViewTrustTests {
  @Test func `a view goes on from its checkpoint after an orderly stop`() throws {
    let store = try Store()
    try store.append([[1, 2], [3]])
    try store.folded().stop()
    #expect(store.text("1/marker") == "clean\n")
    #expect(FoldCounter.taken(of: store.day) == 3)

    try store.append([[4], [5]])
    let view = try store.open()
    #expect(view.status(at: 0).state == .live)
    #expect(view.position == 3)
    view.foldAll()

    #expect(FoldCounter.taken(of: store.day) == 2)
    #expect(store.text("1/marker")?.hasPrefix("boot ") == true)
    #expect(store.notices.taken() == [])
  }

  @Test func `a view goes on from its checkpoint after the process was killed`() throws {
    let store = try Store()
    try store.append([[1, 2], [3]])
    // Let go of without a stop: nothing is synced, and the marker stays as it was.
    _ = try store.folded()
    _ = FoldCounter.taken(of: store.day)

    try store.append([[4]])
    let view = try store.folded()

    #expect(FoldCounter.taken(of: store.day) == 1)
    #expect(view.status(at: 0).generation == 1)
  }

  @Test func `a build goes on where it was left, and shows nothing before it is done`() throws {
    let store = try Store()
    try store.append([[1], [2], [3]])
    var limits = ViewLimits()
    limits.bulkEvents = 2
    let first = try store.open(limits: limits)
    first.advance()
    first.stop()
    _ = FoldCounter.taken(of: store.day)

    let second = try store.open(limits: limits)
    let status = second.status(at: 0)
    #expect(status.state == .building)
    #expect(status.progress?.position == 2)
    #expect(status.progress?.target == 3)
    #expect(throws: ViewError.self) { try second.rows() }
    second.foldAll()

    #expect(second.status(at: 0).state == .live)
    #expect(FoldCounter.taken(of: store.day) == 1)
  }

  /// Damage to the files of a view that was stopped in order.
  enum Damage: String, CaseIterable, Sendable {
    case noMarker
    case markerOfAnotherBoot
    case markerOfAnotherFile
    case truncatedData
    case emptyData
    case noData
    case foreignData
    case noCurrent
    case meaninglessCurrent
    case currentOfNothing

    func apply(to store: Store) throws {
      let data = store.path("1/data.mdb")
      switch self {
      case .noMarker: try Files.removeAll(store.path("1/marker"))
      case .markerOfAnotherBoot: try Files.replace(store.path("1/marker"), with: "boot x 1 2\n")
      case .markerOfAnotherFile:
        let boot = Files.text(at: "/proc/sys/kernel/random/boot_id") ?? ""
        try Files.replace(store.path("1/marker"), with: "boot \(boot.prefix(36)) 1 2\n")
      case .truncatedData: truncate(data, 3 * 4096)
      case .emptyData: truncate(data, 0)
      case .noData: try Files.removeAll(data)
      case .foreignData: try Data(repeating: 0x55, count: 65536).write(to: URL(filePath: data))
      case .noCurrent: try Files.removeAll(store.path("current"))
      case .meaninglessCurrent: try Files.replace(store.path("current"), with: "?\n")
      case .currentOfNothing: try Files.replace(store.path("current"), with: "9\n")
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func `what cannot be trusted is discarded and folded anew`(damage: Damage) throws {
    let store = try Store()
    var generator = SeededGenerator(seed: 7)
    try store.append(generator.commands(50))
    let first = try store.folded()
    let expected = try first.rows()
    first.stop()
    try damage.apply(to: store)

    let view = try store.open()
    #expect(view.status(at: 0).state == .building)
    #expect(view.position == 0)
    #expect(store.notices.taken().map(\.level) == [.warning])
    view.foldAll()

    #expect(try view.rows() == expected)
    let generation = view.status(at: 0).generation
    #expect(store.text("current") == "\(generation)\n")
    #expect(try store.names() == ["current", "\(generation)"])
  }

  @Test func `rows of another log are folded anew`() throws {
    let store = try Store()
    try store.append([[1], [2], [3]])
    try store.folded().stop()
    try store.replaceLog { directory in
      try Files.removeAll(directory)
      return try EventLog.create(
        directory: directory,
        identity: Array(repeating: 8, count: 16),
        key: Array(repeating: 9, count: 32)
      )
    }
    try store.append([[1], [2], [3]])

    let view = try store.folded()

    #expect(
      store.notices.taken().map(\.text) == [
        "view tally: generation 1 is discarded: it was folded from another log"
      ]
    )
    #expect(try view.rows().contains("type:StockAdjusted=0000000000000003"))
  }

  @Test(arguments: [
    (0, "it is at event 4, and the log ends at 2"),
    (3, "it was folded from another event 4 than the log's"),
  ])
  func `rows ahead of an older copy of the log are folded anew`(
    grown: Int,
    reason: String
  ) throws {
    let store = try Store()
    try store.append([[1], [2]])
    let copy = store.directory + "/copy"
    try FileManager.default.copyItem(atPath: store.directory + "/log", toPath: copy)
    try store.append([[3], [4]])
    try store.folded().stop()
    try store.replaceLog { directory in
      try Files.removeAll(directory)
      try FileManager.default.moveItem(atPath: copy, toPath: directory)
      return try EventLog.open(directory: directory)
    }
    if grown > 0 { try store.append(Array(repeating: [10], count: grown)) }

    let view = try store.folded()

    #expect(
      store.notices.taken().map(\.text) == ["view tally: generation 1 is discarded: \(reason)"]
    )
    #expect(view.position == store.log.head)
    #expect(
      try view.rows().contains(
        "type:StockAdjusted=" + (grown == 0 ? "0000000000000002" : "0000000000000005")
      )
    )
  }

  @Test func `another version of the fold builds its rows before it shows them`() throws {
    let store = try Store()
    try store.append([[1], [2], [3]])
    let old = try store.folded()
    let expected = try old.rows()
    old.stop()

    let view = try store.open(NextTally.self)
    #expect(view.status(at: 0).state == .building)
    #expect(view.status(at: 0).foldVersion == 2)
    view.foldAll()

    #expect(view.status(at: 0).state == .live)
    #expect(try view.rows() == expected)
    #expect(throws: ViewError.self) { try view.rollback() }
  }

  @Test func `generations that never went live are removed at the start`() throws {
    let store = try Store()
    try store.append([[1]])
    try store.folded().stop()
    try Files.createDirectory(store.path("2"))
    try Files.replace(store.path("2/data.mdb"), with: "half")

    let view = try store.open()

    #expect(view.status(at: 0).generation == 1)
    #expect(try store.names() == ["1", "current"])
  }

  @Test func `a view of an empty log is live at once`() throws {
    let store = try Store()
    let view = try store.open()

    #expect(view.status(at: 0).state == .live)
    #expect(try view.rows() == [])
  }
}
