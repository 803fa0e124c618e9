internal import Crypto
internal import EventLog
internal import Foundation
public import Logging
internal import Marketplace
internal import Projections
package import Projectors

/// The whole ledger over one data directory: commands in, answers out.
///
/// One process owns a directory; opening it twice is refused with the pid of the owner.
public final class Ledger: Sendable {
  /// The folds that are shown, one line each.
  package static let projectors: [any Projector.Type] = [
    ShopDashboardProjector.self,
    AgencyProjector.self,
    ShoppingModesProjector.self,
    PeopleProjector.self,
    IndexProjector.self,
  ]

  let configuration: LedgerConfiguration
  let log: EventLog
  let state: State
  let queue: CommandQueue
  let writer: Writer
  let openedViews: [View]
  let clock: @Sendable () -> Microseconds
  let opened: Microseconds
  private let directory: DataDirectory
  private let flusher: StateFlusher
  /// Has taken the log's key; copied for each command.
  private let keyedDigest: HMAC<SHA256>

  /// Opens the directory, brings the state up to the log's head and starts the views.
  ///
  /// - Throws: `LedgerError`, which says what is wrong with the directory and the cure.
  public static func open(_ configuration: LedgerConfiguration, logger: Logger) throws -> Ledger {
    try Ledger(configuration, logger: logger, clock: systemClock)
  }

  /// As `open`, by a clock of one's own; `flushEvents` is how many events and refusals the state
  /// gathers before it writes them.
  init(
    _ configuration: LedgerConfiguration,
    logger: Logger,
    clock: @escaping @Sendable () -> Microseconds,
    flushEvents: Int = 65_536
  ) throws {
    self.configuration = configuration
    self.clock = clock
    opened = clock()
    let timeZones = TimeZones()
    directory = try DataDirectory(taking: configuration.directory)
    log = try directory.openLog(mapSize: configuration.mapSize, timeZones: timeZones)
    keyedDigest = HMAC<SHA256>(key: SymmetricKey(data: log.key))
    // Folds that were deleted come back; this says why the start takes its time.
    let directory = directory
    let folds =
      [("state", directory.statePath)]
      + Self.projectors.map { ("view \($0.name)", directory.path(of: $0)) }
    for (name, path) in folds where log.head > 0 && !Files.exists(path) {
      logger.warning("\(name): its files are gone, and it is folded anew")
    }
    let store = try StateStore.open(directory: directory.statePath, log: log) { reason in
      logger.warning("the state is folded anew", metadata: ["reason": "\(reason)"])
    }
    let state = State(log: log, store: store, flushEvents: flushEvents)
    let flusher = StateFlusher(state: state, logger: logger)
    try flusher.catchUp()
    let log = log
    openedViews = try Self.openViews(of: directory, log: log, logger: logger)
    queue = CommandQueue(capacity: configuration.queueCapacity)
    writer = Writer(
      queue: queue,
      state: state,
      flusher: flusher,
      timeZones: timeZones,
      configuration: configuration,
      clock: clock,
      salts: Salts(),
      logger: logger
    )
    self.state = state
    self.flusher = flusher
    writer.start()
    for view in openedViews { view.start() }
  }

  /// Finishes what was accepted, flushes the state and the views, and lets go of the directory.
  ///
  /// Blocks for as long as that takes. Nothing may be asked of the ledger afterwards.
  public func close() {
    queue.close()
    writer.join()
    for view in openedViews { view.stop() }
    flusher.close()
    log.close()
    directory.release()
  }

  // MARK: Commands

  /// Parses, decides and records commands given as JSON, one element each, in order.
  ///
  /// Returns when every one of them is durable, refused or known to be unavailable; suspends while
  /// the writer's queue is full, which is the back-pressure that a sender feels.
  package func submit(_ commands: [ArraySlice<UInt8>], peer: UInt32?) async -> [Receipt] {
    await enqueue(commands, peer: peer).value()
  }

  /// Parses and queues commands in order; the receipts come when they are durable.
  package func enqueue(
    _ commands: [ArraySlice<UInt8>],
    peer: UInt32?
  ) async -> PendingReceipts {
    await enqueue(prepare(commands, peer: peer))
  }

  /// Queues commands that are parsed; the receipts come when they are durable.
  package func enqueue(_ commands: PreparedCommands) async -> PendingReceipts {
    guard let job = commands.job else { return commands.receipts }
    while true {
      switch queue.offer(job) {
      case .taken: return commands.receipts
      case .full: await queue.room(for: job)
      case .closed:
        job.answer(unavailable(job, "the ledger is stopping; send the same ids again later"))
        return commands.receipts
      }
    }
  }

  /// The same for a single request: answers `unavailable` at once when the queue is full.
  package func submitOne(_ command: ArraySlice<UInt8>, peer: UInt32?) async -> Receipt {
    let prepared = prepare([command], peer: peer)
    if let job = prepared.job {
      switch queue.offer(job) {
      case .taken: break
      case .full:
        job.answer(
          unavailable(job, "\(configuration.queueCapacity) commands wait; send the same id again")
        )
      case .closed:
        job.answer(unavailable(job, "the ledger is stopping; send the same id again later"))
      }
    }
    return await prepared.receipts.value()[0]
  }

  /// Parses commands given as JSON, one element each, in order, to be queued once.
  package func prepare(_ commands: [ArraySlice<UInt8>], peer: UInt32?) -> PreparedCommands {
    let pending = PendingReceipts()
    var submissions: [Submission] = []
    submissions.reserveCapacity(commands.count)
    var malformed: [(index: Int, receipt: Receipt)] = []
    for (index, bytes) in commands.enumerated() {
      do throws(MalformedCommand) {
        let command = try CommandParser.parse(bytes)
        submissions.append(Submission(command, keyed: keyedDigest, peer: peer))
      } catch {
        let outcome = Receipt.Outcome.malformed(detail: error.detail)
        malformed.append((index, Receipt(id: error.id, outcome: outcome)))
      }
    }
    guard !submissions.isEmpty else {
      pending.deliver(malformed.map(\.receipt))
      return PreparedCommands(job: nil, receipts: pending)
    }
    let spoiled = malformed
    let job = CommandQueue.Job(submissions: submissions) { receipts in
      guard !spoiled.isEmpty else { return pending.deliver(receipts) }
      var all = receipts
      for (index, receipt) in spoiled { all.insert(receipt, at: index) }
      pending.deliver(all)
    }
    return PreparedCommands(job: job, receipts: pending)
  }

  private func unavailable(_ job: CommandQueue.Job, _ detail: String) -> [Receipt] {
    job.submissions.map {
      Receipt(id: $0.command.id, outcome: .unavailable(detail: detail))
    }
  }

  /// Microseconds since 1970 by the system's clock.
  static let systemClock: @Sendable () -> Microseconds = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Microseconds(time.tv_sec) * 1_000_000 + Microseconds(time.tv_nsec) / 1000
  }
}

/// Commands that are parsed and not queued yet.
package struct PreparedCommands: Sendable {
  /// What the writer has to decide; nil when none is well formed.
  fileprivate let job: CommandQueue.Job?
  fileprivate let receipts: PendingReceipts
}

extension Ledger {
  /// Opens every view of a directory; none follows the log yet.
  static func openViews(
    of directory: DataDirectory,
    log: EventLog,
    logger: Logger
  ) throws -> [View] {
    try projectors.map { projector in
      try View(
        projector,
        directory: directory.path(of: projector),
        log: log
      ) { notice in
        logger.log(level: notice.level.logLevel, "\(notice.text)")
      }
    }
  }
}

extension Notice.Level {
  fileprivate var logLevel: Logger.Level {
    switch self {
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
