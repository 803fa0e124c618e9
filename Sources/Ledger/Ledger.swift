public import CoreMetrics
internal import EventLog
internal import Foundation
public import Logging
package import Marketplace
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
  /// Nil when no key is configured.
  let signer: CheckpointSigner?
  let openedViews: [View]
  let history = HistoryThreads()
  let headFollower: HeadFollower
  let metrics: LedgerMetrics
  let logger: Logger
  let clock: @Sendable () -> Microseconds
  let opened: Microseconds
  let backups: BackupJob
  /// The tzdata that decides days, as the manifest says it.
  let tzdata: String?
  private let directory: DataDirectory
  private let flusher: StateFlusher
  private let digests: ContentDigests

  /// Opens the directory, brings the state up to the log's head and starts the views.
  ///
  /// - Throws: `LedgerError`, which says what is wrong with the directory and the cure.
  ///
  /// What the ledger counts goes to the backend of `metrics`, whoever that is; by default, nowhere.
  public static func open(
    _ configuration: LedgerConfiguration,
    logger: Logger,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance
  ) throws -> Ledger {
    try Ledger(configuration, logger: logger, metrics: metrics, clock: systemClock)
  }

  /// As `open`, by a clock of one's own; `flushEvents` is how many events and refusals the state
  /// gathers before it writes them.
  ///
  /// When `driving`, nothing goes on by itself: the steps of the writer and of the views, and the
  /// flushes that are handed over, are for the caller to take. See `DrivenLedger`.
  init(
    _ configuration: LedgerConfiguration,
    logger: Logger,
    metrics factory: any MetricsFactory = NOOPMetricsHandler.instance,
    clock: @escaping @Sendable () -> Microseconds,
    flushEvents: Int = 65_536,
    driving: Driving? = nil
  ) throws {
    self.configuration = configuration
    self.logger = logger
    metrics = LedgerMetrics(factory)
    self.clock = clock
    opened = clock()
    let timeZones = TimeZones()
    directory = try DataDirectory(taking: configuration.directory)
    log = try directory.openLog(mapSize: configuration.mapSize, timeZones: timeZones)
    digests = ContentDigests(key: log.key)
    backups = BackupJob(log: log, mapSize: configuration.mapSize)
    tzdata = timeZones.version
    signer = try Self.signer(of: directory, log, configuration, logger)
    // Folds that were deleted come back; this says why the start takes its time.
    let directory = directory
    let folds =
      [("state", directory.statePath)]
      + Self.projectors.map { ("view \($0.name)", directory.path(of: $0)) }
    for (name, path) in folds where log.head > 0 && !Files.exists(path) {
      logger.warning("\(name): its files are gone, and it is folded anew")
    }
    let log = log
    let store = try LedgerError.opening(directory.statePath) {
      try StateStore.open(directory: directory.statePath, log: log) { reason in
        logger.warning("the state is folded anew", metadata: ["reason": "\(reason)"])
      }
    }
    let state = State(log: log, store: store, flushEvents: flushEvents)
    let flusher = StateFlusher(
      state: state,
      metrics: metrics,
      logger: logger,
      run: driving?.flushes
    )
    try LedgerError.opening(directory.statePath) { try flusher.catchUp() }
    openedViews = try Self.openViews(
      of: directory,
      log: log,
      limits: driving?.viewLimits ?? ViewLimits(),
      logger: logger
    )
    headFollower = HeadFollower(log)
    queue = CommandQueue(
      capacity: configuration.queueCapacity,
      decideAhead: driving?.decideAhead ?? CommandQueue.decideAhead
    )
    writer = Writer(
      queue: queue,
      state: state,
      flusher: flusher,
      timeZones: timeZones,
      configuration: configuration,
      clock: clock,
      salts: Salts(),
      metrics: metrics,
      logger: logger
    )
    self.state = state
    self.flusher = flusher
    guard driving == nil else { return }
    writer.start()
    for view in openedViews { view.start() }
    signer?.start()
  }

  /// Finishes what was accepted, flushes the state and the views, and lets go of the directory.
  ///
  /// Blocks for as long as that takes. Nothing may be asked of the ledger afterwards.
  public func close() {
    headFollower.stop()
    queue.close()
    writer.join()
    history.finish()
    backups.stop()
    for view in openedViews { view.stop() }
    flusher.close()
    signer?.close()
    log.close()
    directory.release()
  }

  // MARK: Commands

  /// Reads the commands of one sender; `peer` is the user id observed on its socket.
  ///
  /// `refusal` says why the sender may not send a command, if that is so.
  package func reader(
    peer: UInt32?,
    refusal: (@Sendable (Command) -> String?)? = nil
  ) -> CommandReader {
    CommandReader(digests: digests, peer: peer, metrics: metrics, refusal: refusal)
  }

  /// Gives the writer a piece of a stream, and says whether there was room for it.
  ///
  /// With room, `answer` gets a receipt for each command, in order, once all of them are durable,
  /// refused or known to be unavailable: on the writer's thread, or here when there is nothing to
  /// decide. Without, it is never called; `whenRoom` tells when to try again.
  package func submit(
    _ commands: GatheredCommands,
    answer: @escaping @Sendable ([Receipt]) -> Void
  ) -> Bool {
    guard !commands.submissions.isEmpty else {
      answer(commands.receipts([]))
      return true
    }
    switch queue.offer(Self.job(commands, answer)) {
    case .taken: return true
    case .full: return false
    case .closed:
      answer(commands.unavailable("the ledger is stopping; send the same ids again later"))
      return true
    }
  }

  /// The same for a command that came alone: it goes before the pieces of streams, and is answered
  /// `unavailable` when the queue is full.
  package func submitSingle(
    _ command: GatheredCommands,
    answer: @escaping @Sendable ([Receipt]) -> Void
  ) {
    guard !command.submissions.isEmpty else { return answer(command.receipts([])) }
    switch queue.offer(Self.job(command, answer), single: true) {
    case .taken: break
    case .full:
      metrics.count(unavailable: command.submissions)
      answer(
        command.unavailable(
          "\(configuration.queueCapacity) commands wait; send the same id again"
        )
      )
    case .closed:
      answer(command.unavailable("the ledger is stopping; send the same id again later"))
    }
  }

  private static func job(
    _ commands: GatheredCommands,
    _ answer: @escaping @Sendable ([Receipt]) -> Void
  ) -> CommandQueue.Job {
    CommandQueue.Job(submissions: commands.submissions) { answer(commands.receipts($0)) }
  }

  /// Calls back, on any thread, once it makes sense to submit the commands again.
  package func whenRoom(
    for commands: GatheredCommands,
    _ callback: @escaping @Sendable () -> Void
  ) {
    queue.whenRoom(for: commands.submissions.count, callback)
  }

  /// Reads, decides and records commands given as JSON, one element each, in order.
  ///
  /// Returns when every one of them is durable, refused or known to be unavailable; suspends while
  /// the writer's queue is full.
  package func submit(_ commands: [ArraySlice<UInt8>], peer: UInt32?) async -> [Receipt] {
    await enqueue(commands, peer: peer).value()
  }

  /// Reads and queues commands in order; the receipts come when they are durable.
  package func enqueue(
    _ commands: [ArraySlice<UInt8>],
    peer: UInt32?
  ) async -> PendingReceipts {
    var reader = reader(peer: peer)
    for command in commands { reader.read(command) }
    return await enqueue(reader.take())
  }

  /// Queues commands that were read; the receipts come when they are durable.
  package func enqueue(_ commands: GatheredCommands) async -> PendingReceipts {
    let pending = PendingReceipts()
    while !submit(commands, answer: pending.deliver) {
      await withCheckedContinuation { continuation in
        whenRoom(for: commands) { continuation.resume() }
      }
    }
    return pending
  }

  /// Microseconds since 1970 by the system's clock.
  static let systemClock: @Sendable () -> Microseconds = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Microseconds(time.tv_sec) * 1_000_000 + Microseconds(time.tv_nsec) / 1000
  }
}

extension Ledger {
  /// Opens every view of a directory; none follows the log yet.
  static func openViews(
    of directory: DataDirectory,
    log: EventLog,
    limits: ViewLimits = ViewLimits(),
    logger: Logger
  ) throws -> [View] {
    if Files.isOtherThanDirectory(directory.viewsPath) {
      logger.warning("what stands in the place of the views' directory is discarded")
      try LedgerError.opening(directory.viewsPath) { try Files.removeAll(directory.viewsPath) }
    }
    return try projectors.map { projector in
      let path = directory.path(of: projector)
      return try LedgerError.opening(path) {
        try View(projector, directory: path, log: log, limits: limits) { notice in
          logger.log(level: notice.level.logLevel, "\(notice.text)")
        }
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
