import EventLog
import Foundation
import Ledger
import Logging
import Marketplace
import Projections
import TestSupport

/// What must not be; ends the run of a seed.
struct Violation: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}

/// One seed's run: a ledger over the simulated disk, driven step by step, beside the slow model.
///
/// Chance, from the seed, says which step comes next and what fails. After every answer, commit and
/// start, the ledger is held against the model: see `Checks.swift`.
final class Simulation {
  let seed: UInt64
  var random: SplitMix64
  private var commands: RandomCommands
  private let clock = VirtualClock()
  private let root: String
  private var directory: String
  private var opened: DrivenLedger?
  var book: Book
  /// What the batches that are decided hold, in the order in which they will be committed.
  private var underWay: [[Int]] = []
  /// Of a batch that was not answered because its commit failed in a way that leaves it open.
  private var uncertain: [Int]?
  private var restarts = 0
  private(set) var counts: [String: Int] = [:]
  private var isWithinStep = false

  private static let flushEvents = 24

  init(seed: UInt64, scratch: String) throws {
    self.seed = seed
    // Drawn, because neighbouring states give the same numbers, one step apart.
    var seeds = SplitMix64(seed: ~seed)
    random = SplitMix64(seed: seeds.next())
    commands = RandomCommands(seed: seed)
    root = scratch + "/\(seed)"
    directory = root + "/0"
    book = Book(seed: seed)
    Disk.shared = Disk(seed: seed)
    try? FileManager.default.removeItem(atPath: root)
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try open()
  }

  /// Takes so many steps and closes the ledger; the files go, however it ends.
  func run(steps: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    for _ in 0..<steps { try step() }
    try checkViews(of: driven)
    count("close")
    driven.close()
    if let violation = book.violation { throw violation }
    opened = nil
    try open()
    for view in driven.views {
      while view.position < driven.log.head { view.advance() }
      if let detail = view.status(at: 0).detail { throw Violation("\(view.name): \(detail)") }
    }
    try checkViews(of: driven)
    driven.close()
    opened = nil
  }

  /// Whether no batch is decided and not committed.
  var isQuiet: Bool { underWay.isEmpty }

  private var driven: DrivenLedger {
    guard let opened else { preconditionFailure("no ledger is open") }
    return opened
  }

  func count(_ what: String) { counts[what, default: 0] += 1 }

  // MARK: Steps

  private func step() throws {
    switch random.below(1_000) {
    case 0..<260: submit()
    case 260..<430: decide()
    case 430..<560: if driven.settle() { count("settle") }
    case 560..<720: try commit()
    case 720..<770: if driven.flush() { count("flush") }
    case 770..<920: advance(random.pick(driven.views))
    case 920..<924: try rebuild()
    case 924..<928: try rollBack()
    case 928..<956: clock.now += random.pick([1, 1_000_000, 86_400_000_000, -600_000_000, -5])
    case 956..<970: armFault()
    case 970..<978: try checkState(of: driven)
    case 978..<980: try checkViews(of: driven)
    case 980..<985: try dieWithinStep()
    case 985..<988: try restart(.killed)
    case 988..<993: try restart(.powerLost)
    case 993..<996: try restart(.closed)
    default: advanceAll()
    }
    if let violation = book.violation { throw violation }
    if driven.stopped != nil, random.oneIn(5) { try restart(random.pick([.killed, .powerLost])) }
  }

  private func submit() {
    count("submit")
    let entries = (0..<(1 + random.below(4))).map { _ in nextCommand() }
    let asked = entries.map { (self.book.sent[$0].command, self.book.sent[$0].digest) }
    let disk = Disk.shared
    let book = book
    driven.submit(asked) { receipts in
      // What a dead process says reaches nobody.
      if !disk.isDead { book.answered(entries, receipts) }
    }
  }

  /// A new command, one sent before, or another under an old id.
  private func nextCommand() -> Int {
    if book.sent.count > 0, random.oneIn(12) { return random.below(book.sent.count) }
    let (data, occurredAt) = commands.next()
    var id = "c\(book.sent.count)"
    if book.sent.count > 0, random.oneIn(30) { id = random.pick(book.sent).command.id }
    return book.add(
      Command(
        id: id,
        occurredAt: ClaimedTime(instant: occurredAt, offsetMinutes: Int32(random.below(9)) * 60),
        actor: random.oneIn(3) ? "clerk-\(random.below(5))" : nil,
        correlation: nil,
        data: data
      )
    )
  }

  private func decide() {
    guard let digests = driven.decide() else { return }
    count("decide")
    underWay.append(digests.map { book.entry(of: $0) })
  }

  private func commit() throws {
    let refused = book.unavailable
    let fault = Disk.shared.faultOfLog
    guard driven.commit() else { return }
    count("commit")
    let batch = underWay.removeFirst()
    if book.unavailable > refused, fault == .unknown, Disk.shared.faultOfLog == nil {
      uncertain = batch
    }
    guard !Disk.shared.isDead else { return }
    try checkLog(of: driven)
  }

  private func advance(_ view: View) {
    count("fold")
    view.advance()
  }

  private func advanceAll() {
    for view in driven.views { view.advance() }
  }

  private func rebuild() throws {
    let view = random.pick(driven.views)
    guard view.status(at: 0).state == .live || view.status(at: 0).state == .stopped else { return }
    count("rebuild")
    // While the fresh generation is folded, the rest goes on.
    Disk.shared.betweenOperations = { [unowned self] in amid(view) }
    defer { Disk.shared.betweenOperations = nil }
    let report = try view.rebuildNow()
    if report.comparison.differences > 0 {
      throw Violation("\(view.name): a rebuild found \(report.comparison.differences) wrong rows")
    }
  }

  /// A step between two operations of a rebuild.
  private func amid(_ rebuilt: View) {
    guard !isWithinStep, random.oneIn(3), !Disk.shared.isDead else { return }
    isWithinStep = true
    defer { isWithinStep = false }
    switch random.below(5) {
    case 0: submit()
    case 1: decide()
    case 2: if driven.settle() { count("settle") }
    case 3:
      do { try commit() } catch { book.violation = book.violation ?? Violation("\(error)") }
    default:
      let view = random.pick(driven.views)
      if view.name != rebuilt.name { advance(view) }
    }
  }

  private func rollBack() throws {
    let view = random.pick(driven.views)
    do {
      try view.rollback()
      count("view rolled back")
    } catch is ViewError {}
  }

  private func armFault() {
    if random.oneIn(2) {
      Disk.shared.faultOfLog = random.pick(Disk.Fault.allCases)
    } else {
      // A fold that meets more than a full disk stops its view, as it should.
      Disk.shared.faultOfFolds = random.pick([.diskFull, .mapFull, .inputOutput])
    }
    count("fault")
  }

  // MARK: Ends and beginnings

  enum Ending: CaseIterable {
    case killed
    case powerLost
    case closed
  }

  /// The process dies in the middle of a step, between two operations on the disk.
  private func dieWithinStep() throws {
    let copy = root + "/\(restarts + 1)"
    let current = directory
    Disk.shared.dieAfter(1 + random.below(3)) { Self.linkAll(from: current, to: copy) }
    // Whatever comes now, until the end of the step in which it happens.
    for _ in 0..<40 where !Disk.shared.isDead {
      switch random.below(6) {
      case 0: submit()
      case 1: decide()
      case 2: _ = driven.settle()
      case 3: try commit()
      case 4: if !driven.flush() { advance(random.pick(driven.views)) }
      default: if random.oneIn(4) { try rebuild() } else { advance(random.pick(driven.views)) }
      }
      if let violation = book.violation { throw violation }
    }
    guard Disk.shared.isDead else { return Disk.shared.restart() }
    count("died within a step")
    directory = copy
    try restart(random.pick([.killed, .powerLost]), files: current)
  }

  private func restart(_ ending: Ending, files replaced: String? = nil) throws {
    count("\(ending)")
    restarts += 1
    if ending == .closed {
      Disk.shared.faultOfLog = nil
      driven.close()
      underWay = []
      if let violation = book.violation { throw violation }
    }
    opened = nil
    if let replaced { try? FileManager.default.removeItem(atPath: replaced) }
    Disk.shared.restart()
    // The power may also go while nothing runs: then what was closed is there all the same.
    if ending == .powerLost || (ending == .closed && random.oneIn(2)) {
      Disk.shared.losePower()
      try Self.loseFiles(in: directory)
    }
    try open()
    // Only the oldest of the batches can have got as far as the disk.
    try checkStart(of: driven, candidate: uncertain ?? underWay.first)
    underWay = []
    uncertain = nil
  }

  private func open() throws {
    var configuration = LedgerConfiguration(directory: directory)
    configuration.mapSize = 1 << 30
    configuration.batchLimit = 12
    var limits = ViewLimits()
    limits.liveEvents = 9
    limits.bulkEvents = 9
    limits.mapSize = 1 << 30
    let clock = clock
    opened = try DrivenLedger(
      configuration,
      logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() },
      clock: { clock.now },
      flushEvents: Self.flushEvents,
      viewLimits: limits
    )
  }

  /// The directory as it is now, by other names for the same files.
  private static func linkAll(from source: String, to copy: String) {
    mkdir(copy, 0o700)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? [] {
      let path = source + "/" + name
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        linkAll(from: path, to: copy + "/" + name)
      } else if name != "lock" {
        link(path, copy + "/" + name)
      }
    }
  }

  /// What a power cut does to files: those that were never synced are empty, and the machine starts
  /// anew, which the markers tell by the environments' files.
  private static func loseFiles(in directory: String) throws {
    for path in try FileManager.default.subpathsOfDirectory(atPath: directory) {
      let file = directory + "/" + path
      guard let inode = Disk.inode(of: file) else { continue }
      if path.hasSuffix("/data.mdb") {
        let image = Disk.shared.images[inode]
        try FileManager.default.removeItem(atPath: file)
        guard let image else { continue }
        try Data(count: 16_384).write(to: URL(fileURLWithPath: file))
        guard let renewed = Disk.inode(of: file) else { throw Violation("no file \(file)") }
        Disk.shared.images[renewed] = image
      } else if path.contains("/ids-"), !Disk.shared.syncedFiles.contains(inode) {
        truncate(file, 0)
      }
    }
  }
}

/// Stands still until a step moves it.
final class VirtualClock: @unchecked Sendable {
  // One thread uses it.
  var now: Microseconds = 1_800_000_000_000_000
}
