internal import Foundation
internal import Logging
internal import Marketplace
internal import Synchronization

/// When a batch got how far.
struct BatchCourse {
  let taken = ContinuousClock.now
  /// The state's recent changes were set aside, if that was due.
  var flushed = ContinuousClock.now
  var decided = ContinuousClock.now
  /// The batch before was durable.
  var turned = ContinuousClock.now
  var answered = ContinuousClock.now
}

/// Tells in the log which command had to wait for its answer too long, and for what.
///
/// At most once a second: when the disk hangs, everything is slow.
final class SlowCommands: Sendable {
  private let limit: Duration
  private let logger: Logger
  private let lastTold = Mutex<ContinuousClock.Instant?>(nil)

  init(limit: Duration, logger: Logger) {
    self.limit = limit
    self.logger = logger
  }

  func note(_ jobs: [CommandQueue.Job], _ course: BatchCourse) {
    guard let slowest = jobs.min(by: { $0.offered < $1.offered }),
      course.answered - slowest.offered > limit, mayTell(at: course.answered)
    else { return }
    let parts = [
      ("queued", course.taken - slowest.offered), ("flushingState", course.flushed - course.taken),
      ("deciding", course.decided - course.flushed),
      ("batchBefore", course.turned - course.decided),
      ("committing", course.answered - course.turned),
    ]
    var metadata: Logger.Metadata = [
      "command": "\(slowest.submissions.first?.command.id ?? "")",
      "ms": "\(Int((course.answered - slowest.offered).milliseconds))",
      "commandsInBatch": "\(jobs.reduce(0) { $0 + $1.submissions.count })",
    ]
    for (name, time) in parts { metadata[name + "Ms"] = "\(Int(time.milliseconds))" }
    let longest = parts.max { $0.1 < $1.1 }?.0 ?? ""
    logger.notice("slow command, most of it \(longest)", metadata: metadata)
  }

  private func mayTell(at now: ContinuousClock.Instant) -> Bool {
    lastTold.withLock { lastTold in
      if let last = lastTold, now - last < .seconds(1) { return false }
      lastTold = now
      return true
    }
  }
}
