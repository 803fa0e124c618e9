internal import Foundation

/// What callers have asked for and the writer has not taken yet, in order and bounded.
///
/// There are two rows: single commands, whose callers wait for each, are taken before the pieces of
/// streams, so that a stream never makes them wait for more than the batch in hand. Order is kept
/// within a row.
///
/// `@unchecked`: every stored property is touched only while `condition` is locked.
final class CommandQueue: @unchecked Sendable {
  struct Job: Sendable {
    var submissions: [Submission]
    var answer: @Sendable ([Receipt]) -> Void
  }

  private let capacity: Int
  private let condition = NSCondition()
  private var singles: [Job] = []
  private var pieces: [Job] = []
  private var commands = 0
  private var closed = false
  /// The writer sleeps, and the next job has to wake it.
  private var idle = false
  /// Whoever found the queue full, in order.
  private var waiting: [@Sendable () -> Void] = []

  /// - Parameter capacity: how many commands may wait.
  init(capacity: Int) {
    self.capacity = capacity
  }

  enum Admission {
    case taken
    case full
    case closed
  }

  /// Puts a job at the end of its row, or says why not.
  ///
  /// A job larger than the queue enters an empty one.
  func offer(_ job: Job, single: Bool = false) -> Admission {
    condition.lock()
    let admission: Admission =
      closed ? .closed : hasRoom(for: job.submissions.count) ? .taken : .full
    var wake = false
    if admission == .taken {
      if single { singles.append(job) } else { pieces.append(job) }
      commands += job.submissions.count
      wake = idle
      idle = false
    }
    condition.unlock()
    // Outside the lock, which the writer wants first of all, and only once for a sleep.
    if wake { condition.signal() }
    return admission
  }

  private func hasRoom(for count: Int) -> Bool {
    commands == 0 || commands + count <= capacity
  }

  /// Calls back when half of the queue is empty or it has closed: at once, when there is room for
  /// so many commands, else on the thread that makes the room.
  ///
  /// There may be no room left by then.
  func whenRoom(for count: Int, _ callback: @escaping @Sendable () -> Void) {
    condition.lock()
    // The writer may have taken something since the job was offered. Without room there are jobs,
    // so the writer will come by and see who waits.
    let now = closed || hasRoom(for: count)
    if !now { waiting.append(callback) }
    condition.unlock()
    if now { callback() }
  }

  /// Blocks until there are jobs, then takes those in front, together at most `limit` commands
  /// but at least one job; nil when the queue is closed and empty.
  func take(limit: Int) -> [Job]? {
    condition.lock()
    while singles.isEmpty && pieces.isEmpty && !closed {
      idle = true
      condition.wait()
    }
    idle = false
    var taken: [Job] = []
    var count = 0
    Self.move(from: &singles, to: &taken, &count, limit)
    Self.move(from: &pieces, to: &taken, &count, limit)
    commands -= count
    let isEmpty = taken.isEmpty
    let called = commands <= capacity / 2 ? waiting : []
    if !called.isEmpty { waiting = [] }
    condition.unlock()
    for callback in called { callback() }
    return isEmpty ? nil : taken
  }

  /// Moves the jobs in front, as far as `count` commands stay within the limit.
  private static func move(
    from row: inout [Job],
    to taken: inout [Job],
    _ count: inout Int,
    _ limit: Int
  ) {
    var end = 0
    while end < row.count {
      let next = row[end].submissions.count
      guard count + next <= limit || (end == 0 && taken.isEmpty) else { break }
      count += next
      end += 1
    }
    if taken.isEmpty && end == row.count {
      swap(&row, &taken)
    } else {
      taken += row[..<end]
      row.removeFirst(end)
    }
  }

  /// Takes no more jobs; those that are in are still handed out.
  func close() {
    condition.lock()
    closed = true
    let called = waiting
    waiting = []
    condition.broadcast()
    condition.unlock()
    for callback in called { callback() }
  }

  /// How many commands wait.
  var depth: Int {
    condition.lock()
    defer { condition.unlock() }
    return commands
  }
}
