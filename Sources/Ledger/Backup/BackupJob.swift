internal import EventLog
internal import Foundation
internal import JSON
internal import Marketplace
internal import Projections
internal import Synchronization

/// The one backup that a server may take at a time, on a thread of its own and beside everything else.
///
/// Between two commits it rests as long as the last one took, so that the writer keeps more than half
/// of what the two share.
final class BackupJob: Sendable {
  private let log: EventLog
  private let mapSize: Int
  private let state = Mutex(State())

  private struct State {
    var run: Run?
    var worker: Worker?
    var isStopping = false
  }

  /// The run that is under way, or was the last one.
  private struct Run {
    var directory: String
    var pace: Pace
    var first: Position
    var outcome: Result<BackupContents, Failed>?
  }

  struct Failed: Error {
    var detail: String
  }

  init(log: EventLog, mapSize: Int) {
    self.log = log
    self.mapSize = mapSize
  }

  /// Begins to back up to a directory, and returns.
  ///
  /// - Throws: `QueryError` when another backup is under way, or the directory cannot take it.
  func start(
    in directory: String,
    tzdata: String?,
    at now: Microseconds,
    ended: @escaping @Sendable (Result<BackupContents, Failed>) -> Void
  ) throws {
    try state.withLock { state in
      if let run = state.run, run.outcome == nil {
        throw QueryError.conflict("a backup to \(run.directory) is under way; wait for its end")
      }
      guard !state.isStopping else { throw QueryError.conflict("the ledger is stopping") }
      let backup: Backup
      do {
        backup = try Backup(of: log, tzdata: tzdata, to: directory, mapSize: mapSize)
      } catch {
        throw QueryError.conflict("\(error)")
      }
      let end = log.head
      let first = backup.target.head
      state.run = Run(directory: directory, pace: Pace(from: first, to: end), first: first)
      state.worker = Worker(name: "backup") { [self] in
        let outcome = copy(to: backup, through: end, at: now)
        self.state.withLock { $0.run?.outcome = outcome }
        ended(outcome)
      }
    }
  }

  private func copy(
    to backup: Backup,
    through end: Position,
    at now: Microseconds
  ) -> Result<BackupContents, Failed> {
    do {
      return .success(
        try backup.run(from: log, through: end, takenAt: now) { [self] position, taken in
          let isStopping = state.withLock { state in
            state.run?.pace.position = position
            return state.isStopping
          }
          if isStopping { throw Failed(detail: "the ledger was stopped; the next backup goes on") }
          Thread.sleep(forTimeInterval: taken.seconds)
        }
      )
    } catch let failed as Failed {
      return .failure(failed)
    } catch {
      return .failure(Failed(detail: "\(error)"))
    }
  }

  /// Breaks off what is under way, and returns when it has ended.
  func stop() {
    let worker = state.withLock { state in
      state.isStopping = true
      return state.worker
    }
    worker?.join {}
  }

  /// How far it is, as one JSON object.
  func status() -> [UInt8] {
    let run = state.withLock { $0.run }
    var json = JSONWriter()
    json.object { json in
      guard let run else { return json.member("state", "none") }
      json.member("directory", run.directory)
      switch run.outcome {
      case nil:
        let progress = run.pace.progress
        json.member("state", "running")
        json.member("position", progress.position)
        json.member("target", progress.target)
        json.member("rate", Int(progress.eventsPerSecond))
        if let seconds = progress.secondsLeft { json.member("secondsLeft", ratio: seconds) }
      case .success(let contents):
        json.member("state", "done")
        json.member("position", contents.position)
        json.member("added", contents.added)
        json.member("rootHash", contents.rootHash)
      case .failure(let failed):
        json.member("state", "failed")
        json.member("detail", failed.detail)
      }
    }
    return json.bytes
  }
}
