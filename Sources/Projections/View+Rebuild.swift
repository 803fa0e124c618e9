import Dispatch
import EventLog
import Marketplace
import Synchronization

/// Folding a view afresh, beside the live rows.
///
/// The fresh generation catches up with the live one; then a read transaction pins the live rows at
/// their position, the fresh fold goes to exactly there, and the two are compared row by row, while
/// the live fold and its readers go on. At last the fresh one takes over between two live batches.
/// `current` names the live generation at every moment, so a crash leaves the one or the other.
extension View {
  /// Starts a rebuild on a thread of its own and returns; `status` tells how far it is.
  ///
  /// - Parameter isStarted: false for a view that nobody has started, so that nobody builds it.
  /// - Throws: `ViewError.conflict` while the view is being built, rebuilt or stopped.
  package func rebuild(isStarted: Bool = true) throws {
    try shared.withLock { shared in
      guard !isStarted || shared.build == nil || shared.failure != nil else {
        throw ViewError.conflict("view \(name) is being built already")
      }
      let number = try claim(&shared)
      shared.rebuilder = Worker(name: "rebuild \(name)") { [weak self] in
        _ = self?.rebuild(into: number)
      }
    }
  }

  /// Rebuilds on this thread; needs no `start`.
  ///
  /// - Throws: `ViewError.conflict` while another rebuild runs.
  package func rebuildNow() throws -> RebuildReport {
    rebuild(into: try shared.withLock { try claim(&$0) })
  }

  /// Makes the generation before the last rebuild live again and removes the one that was.
  ///
  /// The position goes back to where that generation was left; its fold goes on from there.
  /// - Throws: `ViewError.conflict` when there is none or a rebuild runs; `LMDBError` or a failed
  ///   file operation.
  package func rollback() throws {
    let previous = try shared.withLock { shared in
      guard let previous = shared.previous else {
        throw ViewError.conflict("view \(name) has no generation to roll back to")
      }
      _ = try claim(&shared)
      return previous
    }
    defer { shared.withLock { $0.rebuild = nil } }
    let restored = try Fold(previous, projector: projector, buildTarget: nil)
    let rejected = try fold.withLock { try swap(&$0, for: restored) }
    shared.withLock { $0.previous = nil }
    try directory.remove(rejected.generation.number)
    tell(.warning, "rolled back to generation \(previous.number) at event \(restored.position)")
  }

  /// Takes the right to change generations, and a number for a new one.
  private func claim(_ shared: inout Shared) throws -> Int {
    guard shared.rebuild == nil else {
      throw ViewError.conflict("view \(name) is being rebuilt already")
    }
    guard !shared.isStopping else { throw ViewError.conflict("view \(name) is stopping") }
    shared.rebuild = Pace(from: 0, to: log.head)
    shared.lastGeneration += 1
    return shared.lastGeneration
  }

  private func rebuild(into number: Int) -> RebuildReport {
    let started = ContinuousClock.now
    var report = RebuildReport(
      generation: number,
      position: 0,
      comparison: Comparison(),
      seconds: 0
    )
    do {
      let replaced = try foldAfresh(&report)
      keep(replaced, besides: number)
    } catch {
      report.failure = "\(error)"
      try? directory.remove(number)
    }
    report.seconds = (ContinuousClock.now - started).seconds
    shared.withLock { [report] shared in
      shared.rebuild = nil
      shared.lastRebuild = report
    }
    tell(report)
    return report
  }

  /// Folds the report's generation, compares it and makes it live.
  ///
  /// - Returns: what was live before.
  private func foldAfresh(_ report: inout RebuildReport) throws -> Fold {
    var fresh = try Fold(
      Generation.create(
        report.generation,
        in: directory,
        log: log,
        foldVersion: foldVersion,
        mapSize: limits.mapSize
      ),
      projector: projector,
      buildTarget: nil
    )
    try catchUp(&fresh, with: position)
    try shared.withLock { $0.generation }?.read { liveRows, position in
      try catchUp(&fresh, with: position)
      report.position = position
      report.comparison = try fresh.generation.read { rows, _ in
        try Comparison(of: liveRows, with: rows)
      }
    }
    try catchUp(&fresh, with: log.head)
    return try fold.withLock { [fresh] live in
      // Readers must not see the position go back.
      var fresh = fresh
      try catchUp(&fresh, with: live?.position ?? 0)
      return try swap(&live, for: fresh)
    }
  }

  /// Keeps what a fresh generation has replaced to roll back to, and removes what is older.
  private func keep(_ replaced: Fold, besides live: Int) {
    var replaced = replaced
    let number = replaced.generation.number
    let isBuilt = replaced.checkpoint.isBuilt
    shared.withLock { [generation = replaced.generation] in
      $0.previous = isBuilt ? generation : nil
    }
    do {
      if isBuilt { try replaced.sync() }
      try directory.removeAll(except: isBuilt ? [live, number] : [live])
    } catch {
      tell(.warning, "generation \(number) could not be put by: \(error)")
    }
  }

  /// Makes another generation the live one, on disk and for readers; gives back the one that was.
  private func swap(_ live: inout Fold?, for next: Fold) throws -> Fold {
    guard let old = live else { throw ViewError.conflict("view \(name) is stopping") }
    try directory.setCurrent(next.generation.number)
    live = next
    shared.withLock { shared in
      shared.generation = next.generation
      shared.failure = nil
      shared.isRetrying = false
    }
    publish(next)
    wakeup.signal()
    log.wake()
    return old
  }

  /// Folds whole batches until `target`, telling how far it is.
  private func catchUp(_ fresh: inout Fold, with target: Position) throws {
    while fresh.position < target {
      let isStopping = shared.withLock { [position = fresh.position] shared in
        shared.rebuild?.position = position
        shared.rebuild?.target = max(target, log.head)
        return shared.isStopping
      }
      guard !isStopping else { throw ViewError.conflict("view \(name) is stopping") }
      try fresh.advance(over: log, to: target, limits)
    }
  }

  private func tell(_ report: RebuildReport) {
    let generation = "generation \(report.generation)"
    if let failure = report.failure {
      tell(.error, "\(generation) was given up: \(failure)")
    } else if report.comparison.differences > 0 {
      let comparison = report.comparison
      tell(
        .error,
        "\(generation) is live; \(comparison.differences) of \(comparison.rows) rows were wrong"
          + " at event \(report.position), first \(comparison.firstDifference ?? "")"
      )
    } else {
      tell(
        .info,
        "\(generation) is live; \(report.comparison.rows) rows were right at event \(report.position)"
      )
    }
  }
}
