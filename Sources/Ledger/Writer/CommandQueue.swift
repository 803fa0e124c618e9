internal import Foundation
internal import Synchronization

/// What callers have asked for and the writer has not taken yet, in order and bounded.
///
/// There are two rows: single commands, whose callers wait for each, are taken before the pieces of
/// streams, so that a stream never makes them wait for more than the batch in hand. Order is kept
/// within a row.
///
/// `@unchecked`: every variable is touched only while `condition` is locked; `changes` is atomic.
final class CommandQueue: @unchecked Sendable {
  struct Job: Sendable {
    var submissions: [Submission]
    let offered = ContinuousClock.now
    var answer: @Sendable ([Receipt]) -> Void
  }

  private let capacity: Int
  private let condition = NSCondition()
  private var singles: [Job] = []
  private var pieces: [Job] = []
  private var commands = 0
  private var closed = false
  /// The last batch was one command, and nothing waited behind it.
  private var lastWasAlone = false
  /// The batches that were taken and are not done yet.
  private var underWay = 0
  /// The writer's threads that sleep; whoever brings work for one has to wake it.
  private var sleeping = 0
  /// Counts what threads that do not sleep yet look for: jobs taken in, and the closing.
  private let changes = Atomic<UInt64>(0)
  /// Whoever found the queue full, in order.
  private var waiting: [@Sendable () -> Void] = []

  /// So many commands are decided ahead, and no fewer.
  private let decideAhead: Int
  static let decideAhead = 256
  /// How long a thread looks for work before it sleeps.
  private static let patience = Duration.microseconds(200)

  /// - Parameters:
  ///   - capacity: how many commands may wait.
  ///   - decideAhead: how many have to wait to be decided while a batch is made durable.
  init(capacity: Int, decideAhead: Int = CommandQueue.decideAhead) {
    self.capacity = capacity
    self.decideAhead = decideAhead
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
      changes.add(1, ordering: .releasing)
      wake = takeSleeper()
    }
    condition.unlock()
    // Outside the lock, which the writer wants first of all, and only once for a sleep.
    if wake { condition.signal() }
    return admission
  }

  /// Whether a thread should take a batch now.
  ///
  /// While one is made durable, only when so much waits that deciding it takes as long as a flush:
  /// what waits less goes into one batch together with what comes until then.
  private var isWorth: Bool {
    underWay == 0 ? commands > 0 : commands >= decideAhead
  }

  /// Whether somebody who sleeps is to be woken, and counts as awake from now on.
  private func takeSleeper() -> Bool {
    guard isWorth || closed, sleeping > 0 else { return false }
    sleeping -= 1
    return true
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

  /// Blocks until there may be a batch to take; false once the queue is closed and empty.
  func wait() -> Bool {
    condition.lock()
    if !isWorth && !closed && lastWasAlone { lookOut() }
    while !isWorth && !closed {
      sleeping += 1
      condition.wait()
    }
    defer { condition.unlock() }
    return !closed || commands > 0
  }

  /// Stays awake for a while: a caller who is alone and waits for each answer sends the next command
  /// within a hundred microseconds, and to be woken for it takes a good part of that.
  ///
  /// Where many send, what comes meanwhile makes a batch, and the core is wanted for reading it.
  private func lookOut() {
    let seen = changes.load(ordering: .acquiring)
    condition.unlock()
    let end = ContinuousClock.now + Self.patience
    while changes.load(ordering: .acquiring) == seen, ContinuousClock.now < end {}
    condition.lock()
  }

  /// Takes the jobs in front, together at most `limit` commands but at least one job, if it is worth
  /// it; whoever got some says when they are `done`.
  func take(limit: Int) -> [Job] {
    condition.lock()
    guard isWorth || (closed && commands > 0) else {
      condition.unlock()
      return []
    }
    underWay += 1
    var taken: [Job] = []
    var count = 0
    Self.move(from: &singles, to: &taken, &count, limit)
    Self.move(from: &pieces, to: &taken, &count, limit)
    commands -= count
    lastWasAlone = count == 1 && commands == 0
    let called = commands <= capacity / 2 ? waiting : []
    if !called.isEmpty { waiting = [] }
    let wake = takeSleeper()
    condition.unlock()
    if wake { condition.signal() }
    for callback in called { callback() }
    return taken
  }

  /// A batch is answered; the thread that had it comes back for the next.
  func done() {
    condition.lock()
    underWay -= 1
    condition.unlock()
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
    changes.add(1, ordering: .releasing)
    let called = waiting
    waiting = []
    sleeping = 0
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
