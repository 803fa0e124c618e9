import Dispatch
package import EventLog
import Marketplace
package import Projectors
import Synchronization

/// Runs one fold over the log, on a thread of its own, and shows its rows.
///
/// Rows and checkpoint are committed together, so readers see the fold of a whole number of commands
/// whenever they look. What the rows are can always be folded again; see `rebuild`.
package final class View: Sendable {
  package let name: String
  package let foldVersion: UInt32

  let log: EventLog
  let directory: ViewDirectory
  let projector: any Projector.Type
  let limits: ViewLimits
  private let notify: @Sendable (Notice) -> Void
  /// The live fold, nil once stopped; held while a batch is folded or another takes its place.
  let fold: Mutex<Fold?>
  /// What every thread may look at.
  ///
  /// Held for moments; taken inside `fold`, never around it.
  let shared: Mutex<Shared>
  /// Signalled when somebody cannot wait for the next commit.
  let wakeup = DispatchSemaphore(value: 0)

  struct Shared {
    /// What readers read; nil once stopped.
    var generation: Generation?
    /// What `rollback` goes back to.
    var previous: Generation?
    /// The greatest number given to a generation.
    var lastGeneration: Int
    var position: Position
    /// Set while the rows are not to be shown yet.
    var build: Pace?
    var failure: String?
    /// The failure is a shortage, and the batch is tried again now and then.
    var isRetrying = false
    /// Set while generations are being changed, which one thread does at a time.
    var rebuild: Pace?
    var lastRebuild: RebuildReport?
    var waiters = Waiters()
    var live: Worker?
    var rebuilder: Worker?
    var isStopping = false

    var state: ViewStatus.State {
      if failure != nil { return .stopped }
      if build != nil { return .building }
      return rebuild != nil ? .rebuilding : .live
    }
  }

  /// Opens the view's directory; what cannot be trusted there is discarded and folded anew.
  ///
  /// - Throws: `LMDBError` or a failed file operation, when a new generation cannot be made.
  package init(
    _ projector: any Projector.Type,
    directory: String,
    log: EventLog,
    limits: ViewLimits = ViewLimits(),
    notify: @escaping @Sendable (Notice) -> Void
  ) throws {
    self.projector = projector
    self.log = log
    self.limits = limits
    self.notify = notify
    self.directory = ViewDirectory(path: directory)
    name = projector.name
    foldVersion = projector.version
    let opened = try OpenedView(
      projector,
      in: self.directory,
      log: log,
      mapSize: limits.mapSize
    ) { notify(Notice(level: .warning, text: "view \(projector.name): \($0)")) }
    shared = Mutex(
      Shared(
        generation: opened.fold.generation,
        previous: opened.previous,
        lastGeneration: opened.fold.generation.number,
        position: opened.fold.position,
        build: opened.fold.buildTarget.map { Pace(from: opened.fold.position, to: $0) }
      )
    )
    fold = Mutex(opened.fold)
  }

  // MARK: Running

  /// Starts to follow the log.
  package func start() {
    let worker = Worker(name: "view \(name)") { [weak self] in self?.follow() }
    shared.withLock { shared in
      precondition(shared.live == nil, "a view is started once")
      shared.live = worker
    }
  }

  /// Finishes the batch at hand, gives up a rebuild, and makes the rows safe for the next start.
  ///
  /// Blocks until both threads have ended. The files are closed when the last reader has left.
  package func stop() {
    let workers = shared.withLock { shared in
      shared.isStopping = true
      shared.waiters.resume(reached: .max)
      return [shared.live, shared.rebuilder].compactMap(\.self)
    }
    for worker in workers {
      worker.join {
        wakeup.signal()
        log.wake()
      }
    }
    do {
      try fold.withLock { fold in
        defer { fold = nil }
        try fold?.sync()
      }
    } catch {
      tell(.warning, "could not be synced, and may be folded anew: \(error)")
    }
    shared.withLock { shared in
      shared.generation = nil
      shared.previous = nil
    }
  }

  private func follow() {
    var due = ContinuousClock.now
    while true {
      let (position, failed, retrying, stopping) = shared.withLock {
        ($0.position, $0.failure != nil, $0.isRetrying, $0.isStopping)
      }
      if stopping { return }
      if failed {
        if retrying {
          if wakeup.wait(timeout: .now() + limits.retryInterval.seconds) == .timedOut { advance() }
        } else {
          wakeup.wait()
        }
        continue
      }
      let head = log.waitForEvents(after: position, timeout: .seconds(60)) {
        shared.withLock { $0.isStopping || $0.position != position }
      }
      guard head > position else { continue }
      rest(until: due, position: position, head: head)
      let begin = ContinuousClock.now
      advance()
      let end = ContinuousClock.now
      due = end + limits.pause(after: end - begin)
    }
  }

  /// Lets events gather for one commit, unless there are enough or somebody waits.
  private func rest(until due: ContinuousClock.Instant, position: Position, head: Position) {
    let pause = due - .now
    guard pause > .zero, head - position < UInt64(limits.liveEvents) else { return }
    let isWanted = shared.withLock {
      $0.isStopping || $0.build != nil || $0.waiters.wantCommit(upTo: head)
    }
    guard !isWanted else { return }
    _ = wakeup.wait(timeout: .now() + pause.seconds)
  }

  /// Folds one batch and tells whoever waits for it, or stops the view.
  ///
  /// The step that a started view takes by itself, again and again.
  package func advance() {
    fold.withLock { fold in
      do {
        try fold?.advance(over: log, to: log.head, limits)
        publish(fold)
        recover()
      } catch {
        publish(fold)
        fail("\(error)", isShortage: Shortage.mayPass(error))
      }
    }
  }

  /// Shows what a fold has committed.
  func publish(_ fold: Fold?) {
    guard let fold else { return }
    let position = fold.position
    let isBuilt = fold.buildTarget == nil
    shared.withLock { shared in
      shared.position = position
      shared.build?.position = position
      if isBuilt { shared.build = nil }
      shared.waiters.resume(reached: position)
    }
  }

  /// Stops the view: for good, or in a shortage until the batch can be folded after all.
  private func fail(_ detail: String, isShortage: Bool) {
    let isNew = shared.withLock { shared in
      defer {
        shared.failure = detail
        shared.isRetrying = isShortage
        shared.waiters.resume(reached: .max)
      }
      return shared.failure == nil
    }
    if isNew { tell(.error, "stopped\(isShortage ? " for now" : ""): \(detail)") }
  }

  private func recover() {
    let hasRecovered = shared.withLock { shared in
      guard shared.isRetrying else { return false }
      shared.isRetrying = false
      shared.failure = nil
      return true
    }
    if hasRecovered { tell(.info, "goes on") }
  }

  func tell(_ level: Notice.Level, _ text: String) {
    notify(Notice(level: level, text: "view \(name): \(text)"))
  }
}
