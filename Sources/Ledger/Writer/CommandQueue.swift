internal import Foundation

/// What callers have asked for and the writer has not taken yet, in order and bounded.
///
/// `@unchecked`: every stored property is touched only while `condition` is locked.
final class CommandQueue: @unchecked Sendable {
  struct Job: Sendable {
    var submissions: [Submission]
    var answer: @Sendable ([Receipt]) -> Void
  }

  private let capacity: Int
  private let condition = NSCondition()
  private var jobs: [Job] = []
  private var commands = 0
  private var closed = false
  /// Callers that found the queue full, in order.
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// - Parameter capacity: how many commands may wait.
  init(capacity: Int) {
    self.capacity = capacity
  }

  enum Admission {
    case taken
    case full
    case closed
  }

  /// Puts a job at the end, or says why not.
  ///
  /// A job larger than the queue enters an empty one.
  func offer(_ job: Job) -> Admission {
    condition.lock()
    defer { condition.unlock() }
    if closed { return .closed }
    guard hasRoom(for: job) else { return .full }
    jobs.append(job)
    commands += job.submissions.count
    condition.signal()
    return .taken
  }

  private func hasRoom(for job: Job) -> Bool {
    commands == 0 || commands + job.submissions.count <= capacity
  }

  /// Suspends a caller whose job found the queue full until half of it is empty, or it has closed.
  ///
  /// There may still be no room for the job then.
  func room(for job: Job) async {
    await withCheckedContinuation { continuation in
      condition.lock()
      // The writer may have taken something since the job was offered. Without room there are jobs,
      // so the writer will come by and see who waits.
      let resumeNow = closed || hasRoom(for: job)
      if !resumeNow { waiting.append(continuation) }
      condition.unlock()
      if resumeNow { continuation.resume() }
    }
  }

  /// Blocks until there are jobs, then takes those in front, together at most `limit` commands
  /// but at least one job; nil when the queue is closed and empty.
  func take(limit: Int) -> [Job]? {
    condition.lock()
    while jobs.isEmpty && !closed { condition.wait() }
    guard !jobs.isEmpty else {
      condition.unlock()
      return nil
    }
    var count = jobs[0].submissions.count
    var end = 1
    while end < jobs.count, count + jobs[end].submissions.count <= limit {
      count += jobs[end].submissions.count
      end += 1
    }
    let taken = Array(jobs[..<end])
    jobs.removeFirst(end)
    commands -= count
    let resumed = commands <= capacity / 2 ? waiting : []
    if !resumed.isEmpty { waiting = [] }
    condition.unlock()
    for continuation in resumed { continuation.resume() }
    return taken
  }

  /// Takes no more jobs; those that are in are still handed out.
  func close() {
    condition.lock()
    closed = true
    let resumed = waiting
    waiting = []
    condition.broadcast()
    condition.unlock()
    for continuation in resumed { continuation.resume() }
  }

  /// How many commands wait.
  var depth: Int {
    condition.lock()
    defer { condition.unlock() }
    return commands
  }
}
