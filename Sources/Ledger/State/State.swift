internal import EventLog
internal import Marketplace
internal import Synchronization

/// What decisions need to know, folded from the log and bounded in memory.
///
/// Recent changes lie in memory over rows on disk. When there are enough of them they are set
/// aside, written in the background in the order of their keys, and dropped; at start the log is
/// replayed from the checkpoint that the last such write left.
///
/// `@unchecked`: every variable is touched only inside `withLock`.
final class State: @unchecked Sendable {
  let log: EventLog
  let store: StateStore
  let hash: IdHash
  /// How many events' and refusals' changes are gathered before they are written.
  let flushEvents: Int
  private let lock = Mutex<Void>(())

  var recent = StateChanges()
  /// Set aside, complete and constant, while the flusher writes them.
  var flushing: StateChanges?
  /// Sorted ids on disk, the newest first.
  var runs: [IdRun]
  var nextRun: UInt64
  var policy: PolicyInForce
  var lastPerson: UInt64
  /// The last event folded into `recent` or below, and how many refusals are.
  var position: Position
  var refusals: UInt64
  var lastRecordedAt: Microseconds = 0
  var shops = FactsCache<ShopFacts>()
  var brands = FactsCache<BrandFacts>()

  init(log: EventLog, store: StateStore, flushEvents: Int) {
    self.log = log
    self.store = store
    self.flushEvents = flushEvents
    hash = IdHash(key: log.key)
    runs = store.runs
    nextRun = store.checkpoint.nextRun
    policy = store.checkpoint.policy
    lastPerson = store.checkpoint.lastPerson
    position = store.checkpoint.position
    refusals = store.checkpoint.refusals
  }

  /// Runs a few look-ups, or the deciding of a batch, over a state that does not move.
  func withLock<Result: Sendable, Failure: Error>(
    _ body: (State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try lock.withLock { (_) throws(Failure) in try body(self) }
  }

  /// Lays a batch that the log has committed over the recent changes.
  func merge(_ changes: StateChanges, recordedUpTo: Microseconds) {
    recent.merge(changes)
    policy = recent.policy ?? policy
    lastPerson = max(lastPerson, recent.lastPerson)
    lastRecordedAt = max(lastRecordedAt, recordedUpTo)
    position += UInt64(changes.events)
    refusals += UInt64(changes.refusals)
  }

  /// Decodes an event of the log.
  func durableRecord(at position: Position) throws -> Record {
    guard
      let record = try log.record(at: position, { bytes in try Record(decoding: bytes) })
    else { preconditionFailure("no event at \(position)") }
    return record
  }
}

/// Facts that never change once recorded, by position; emptied when it has grown too large.
struct FactsCache<Facts: Sendable>: Sendable {
  private var facts: [Position: Facts] = [:]

  subscript(position: Position) -> Facts? { facts[position] }

  mutating func insert(_ new: Facts, at position: Position) {
    if facts.count >= 16_384 { facts.removeAll(keepingCapacity: true) }
    facts[position] = new
  }
}
