package import EventLog
package import Logging
package import Marketplace
package import Projections
internal import Synchronization

/// What a ledger leaves to whoever drives it.
struct Driving: Sendable {
  var viewLimits: ViewLimits
  /// One command is enough to be decided ahead.
  var decideAhead = 1
  var flushes: @Sendable (_ flush: @escaping @Sendable () -> Void) -> Void
}

/// A ledger in which nothing goes on by itself: whoever drives it says which step comes next.
///
/// The steps are those that a ledger's threads take, and the order is bound as theirs is: one batch
/// may be decided while another is committed, and no more. For one thread.
package final class DrivenLedger {
  package let ledger: Ledger
  private var hands: [Writer.Hand]
  /// The batch that is decided and not settled, and the one that is settled and not committed.
  private var decided: Writer.Hand?
  private var settled: Writer.Hand?
  private let flushes: Flushes
  private let flushEvents: Int

  private final class Flushes: Sendable {
    let waiting = Mutex<[@Sendable () -> Void]>([])
  }

  /// Opens the directory as `Ledger.open` does, without a thread.
  package init(
    _ configuration: LedgerConfiguration,
    logger: Logger,
    clock: @escaping @Sendable () -> Microseconds,
    flushEvents: Int,
    viewLimits: ViewLimits
  ) throws {
    let flushes = Flushes()
    ledger = try Ledger(
      configuration,
      logger: logger,
      clock: clock,
      flushEvents: flushEvents,
      driving: Driving(viewLimits: viewLimits) { flush in
        flushes.waiting.withLock { $0.append(flush) }
      }
    )
    self.flushes = flushes
    self.flushEvents = flushEvents
    hands = [ledger.writer.newHand(), ledger.writer.newHand()]
  }

  /// Let go of without being closed, it leaves everything as a process that dies does.
  deinit {
    // A flush holds the ledger, and the ledger what holds its flushes.
    flushes.waiting.withLock { $0 = [] }
  }

  /// Queues commands, each with what tells its content from others.
  package func submit(
    _ commands: [(command: Command, digest: CommandDigest)],
    answer: @escaping @Sendable ([Receipt]) -> Void
  ) {
    let submissions = commands.map { Submission($0.command, digest: $0.digest, peer: 1000) }
    _ = ledger.queue.offer(CommandQueue.Job(submissions: submissions, answer: answer))
  }

  // MARK: The steps; each answers whether there was something to do

  /// Decides a batch, and answers with the digests of its commands.
  package func decide() -> [CommandDigest]? {
    guard decided == nil, var hand = hands.popLast() else { return nil }
    makeRoomToFlush()
    guard ledger.writer.take(&hand) else {
      hands.append(hand)
      return nil
    }
    defer { decided = hand }
    return hand.jobs.flatMap { $0.submissions.map(\.digest) }
  }

  /// Gives the batch that was decided the turn to be committed.
  package func settle() -> Bool {
    guard settled == nil, var hand = decided.take() else { return false }
    ledger.writer.settle(&hand)
    settled = hand
    return true
  }

  package func commit() -> Bool {
    guard var hand = settled.take() else { return false }
    makeRoomToFlush()
    let receipts = ledger.writer.commit(&hand)
    ledger.writer.finish(&hand, receipts)
    hands.append(hand)
    return true
  }

  package func flush() -> Bool {
    let next = flushes.waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    next?()
    return next != nil
  }

  /// The next flush would wait for the one before where so much has gathered, on a thread of its own.
  private func makeRoomToFlush() {
    if ledger.state.withLock({ $0.recent.count }) >= 2 * flushEvents { _ = flush() }
  }

  package var views: [View] { ledger.openedViews }

  // MARK: What the log and the state have

  package var log: EventLog { ledger.log }

  /// Why nothing is taken any more; nil while something is.
  package var stopped: String? { ledger.writer.stopped }

  package func product(_ id: String) throws -> ProductFacts? {
    try ledger.state.withDurable { try $0.product(id) }
  }

  package func order(_ id: String) throws -> OrderFacts? {
    try ledger.state.withDurable { try $0.order(id) }
  }

  // MARK: The end

  /// Answers everything that waits, and closes the ledger.
  package func close() {
    ledger.queue.close()
    repeat {
      while decide() != nil || settle() || commit() || flush() {}
    } while ledger.queue.depth > 0
    ledger.close()
  }
}
