package import Marketplace

/// How a view stands: what `GET /v1/views` shows of it.
package struct ViewStatus: Sendable {
  package var name: String
  package var state: State
  /// The last event folded into what readers see.
  package var position: Position
  /// Events of the log that are not folded yet.
  package var lagEvents: UInt64
  /// Age of the oldest event that is not folded yet; 0 when there is none.
  package var lagSeconds: Double
  package var foldVersion: UInt32
  package var generation: Int
  /// Why the view has stopped; nil while it runs.
  package var detail: String?
  /// How far the build or rebuild is that runs now.
  package var progress: Progress?
  package var lastRebuild: RebuildReport?

  package enum State: String, CaseIterable, Sendable {
    /// Folds events as they come.
    case live
    /// Has no trustworthy rows yet, and answers nothing until it has.
    case building
    /// Live, while another generation is folded beside it.
    case rebuilding
    /// Folds no more; what it had is still readable.
    case stopped
  }
}

/// How far a fold over the log is.
package struct Progress: Sendable, Equatable {
  package var position: Position
  package var target: Position
  /// Since the fold began; 0 until its first batch is written.
  package var eventsPerSecond: Double

  /// At the rate so far; nil while there is none.
  package var secondsLeft: Double? {
    guard eventsPerSecond > 0 else { return nil }
    return Double(target - min(position, target)) / eventsPerSecond
  }
}

/// What a rebuild found.
package struct RebuildReport: Sendable, Equatable {
  /// The generation that was folded afresh.
  package var generation: Int
  /// Where the fresh rows were compared with the live ones.
  package var position: Position
  package var comparison: Comparison
  package var seconds: Double
  /// Why the fresh generation was given up; nil when it went live.
  package var failure: String?
}

/// Why a view does not do what it was asked.
package enum ViewError: Error, Sendable, Equatable {
  /// Its rows are being folded for the first time, or again because they could not be trusted.
  case building(Progress)
  /// It has stopped before it had rows to show.
  case stopped(detail: String)
  /// Not possible as things stand.
  case conflict(String)
}

/// What the people who run the ledger should hear of a view.
package struct Notice: Sendable, Equatable {
  package var level: Level
  package var text: String

  package enum Level: Sendable {
    case info
    case warning
    case error
  }
}

/// How much a view takes on at once.
package struct ViewLimits: Sendable {
  /// Events of one batch when the view follows the log.
  package var liveEvents = 16_384
  /// Events of one batch when it is further behind than this and has less than `bulkBytes` of rows.
  ///
  /// LMDB holds every page that a commit changes in memory, and keeps that memory for the next. In
  /// a large view the changes of many events lie on as many pages.
  package var bulkEvents = 65_536
  package var bulkBytes = 64 << 20
  /// Bytes of records of one batch.
  package var batchBytes = 64 << 20
  /// The least time between two commits that nobody waits for.
  package var commitInterval = Duration.milliseconds(50)
  /// The most of it, however long commits take.
  package var longestInterval = Duration.seconds(1)
  /// How long a view waits that met a shortage, of room or memory, before it tries again.
  package var retryInterval = Duration.seconds(1)
  /// The greatest size a generation can grow to, in bytes; address space, not disk.
  package var mapSize = 64 << 30

  package init() {}

  /// Events of one batch of a view that is so far behind, with so many bytes of rows.
  func events(behind: UInt64, rowBytes: Int) -> Int {
    behind > UInt64(bulkEvents) && rowBytes < bulkBytes ? bulkEvents : liveEvents
  }

  /// How long to let events gather behind a commit.
  ///
  /// Three times as long as the commit took: a larger batch costs less an event, and a view that
  /// takes a quarter of a core at most leaves the others to the commands.
  func pause(after commit: Duration) -> Duration {
    min(max(commit * 3, commitInterval), longestInterval)
  }
}
