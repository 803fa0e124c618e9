internal import EventLog
internal import Marketplace
internal import Synchronization

/// What decisions need to know, folded from the log and bounded in memory.
///
/// Recent changes lie in memory over rows on disk. When there are enough of them they are set
/// aside, written in the background in the order of their keys, and dropped; at start the log is
/// replayed from the checkpoint that the last such write left.
///
/// A batch changes the state as it is decided, before the log has committed it, so that the next
/// batch can be decided meanwhile. What is not durable yet is listed as `Undurable`: answers leave
/// it out or wait for it, and a flush does not begin before there is none. When a commit fails, the
/// recent changes are dropped and folded again from the log, as a start does after a crash.
final class State: Sendable {
  let log: EventLog
  let store: StateStore
  /// How many events' and refusals' changes are gathered before they are written.
  let flushEvents: Int
  private let contents: Mutex<StateContents>

  init(log: EventLog, store: StateStore, flushEvents: Int) {
    self.log = log
    self.store = store
    self.flushEvents = flushEvents
    contents = Mutex(StateContents(log: log, store: store))
  }

  /// Runs a few look-ups or decisions over a state that does not move.
  func withLock<Result: Sendable, Failure: Error>(
    _ body: (inout StateContents) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try contents.withLock { (contents) throws(Failure) in try body(&contents) }
  }

  /// Runs a few look-ups for an answer: things that are not durable yet are not there.
  ///
  /// What changed of an older thing may show, up to `mark.position`; who tells of a product's price
  /// or stock, or of an order's refunds, waits for that position to be durable.
  func withDurable<Result: Sendable>(
    _ body: (inout StateContents) throws -> Result
  ) throws -> Result {
    try contents.withLock { contents in
      try contents.catchUp()
      contents.horizon = log.head
      defer { contents.horizon = .max }
      return try body(&contents)
    }
  }
}

/// The state itself; whoever has the lock has it alone.
struct StateContents: Sendable {
  let log: EventLog
  let store: StateStore
  let hash: IdHash

  var recent = StateChanges()
  /// What the recent changes lie over: their replay starts here.
  var base: StateMark
  /// Set aside, complete and constant, while the flusher writes them.
  var flushing: StateChanges?
  /// Sorted ids on disk, the newest first.
  var runs: [IdRun]
  var nextRun: UInt64
  /// What is folded, the undurable included.
  var mark: StateMark
  var lastRecordedAt: Microseconds = 0
  var undurable = Undurable()
  /// Events past it are not to be seen by name; greater than all while decisions are made.
  var horizon = Position.max
  /// How often recent changes were dropped because a commit failed.
  var rollbacks = 0
  /// The recent changes were dropped and could not be folded again yet: nothing may be decided or
  /// answered before they are.
  var isBehind = false
  /// Reads the log as of the beginning of some decisions; nil where each look-up reads by itself.
  var snapshot: LogSnapshot?
  let hot = HotIds()
  var shops = FactsCache<ShopFacts>()
  var brands = FactsCache<BrandFacts>()
  var shares = FactsCache<ShareFacts>()
  var names = FactsCache<String>(slots: 65_536)

  init(log: EventLog, store: StateStore) {
    self.log = log
    self.store = store
    hash = IdHash(key: log.key)
    runs = store.runs
    nextRun = store.checkpoint.nextRun
    mark = store.checkpoint.mark
    base = mark
  }

  /// Drops what lies over the base, and folds it again from what the log has.
  ///
  /// - Throws: what reading the log throws; the state is as of the base then.
  mutating func rollBack() throws {
    rollbacks += 1
    dropRecent()
    isBehind = true
    try catchUp()
  }

  /// Folds again what a failed commit had dropped, if that could not be done at once.
  ///
  /// - Throws: as `rollBack`.
  mutating func catchUp() throws {
    guard isBehind else { return }
    do {
      try replay { _ in }
      isBehind = false
    } catch {
      // Half an event must not get into a flush.
      dropRecent()
      throw error
    }
  }

  private mutating func dropRecent() {
    recent = StateChanges()
    mark = base
    lastRecordedAt = 0
    undurable = Undurable()
    shops = FactsCache()
    brands = FactsCache()
    shares = FactsCache()
    names = FactsCache(slots: 65_536)
  }
}

/// How far a fold of the log has come, with the few facts that are one value.
struct StateMark: Hashable, Sendable {
  /// The last event folded, and how many refusals are.
  var position: Position = 0
  var refusals: UInt64 = 0
  var policy = PolicyInForce.initial
  /// The greatest person number given so far.
  var lastPerson: UInt64 = 0
}

/// What was decided and is not durable yet: of the batch being decided, the last, and of the one
/// being committed.
struct Undurable: Sendable {
  struct Batch: Sendable {
    var records: [Record] = []
    var refusals: [Refusal] = []
    var names: [String] = []
    /// What the first of each is known by.
    var firstPosition: Position
    var firstRefusal: UInt64
    var firstPerson: UInt64

    var isEmpty: Bool { records.isEmpty && refusals.isEmpty }
  }

  private(set) var batches: [Batch] = []

  var isEmpty: Bool { batches.isEmpty }

  mutating func begin(after mark: StateMark) {
    batches.append(
      Batch(
        firstPosition: mark.position + 1,
        firstRefusal: mark.refusals,
        firstPerson: mark.lastPerson + 1
      )
    )
  }

  /// The one whose turn to be committed it is.
  var first: Batch { batches[0] }

  /// The one being decided.
  var last: Batch {
    get { batches[batches.count - 1] }
    _modify { yield &batches[batches.count - 1] }
  }

  /// The oldest batch is durable.
  mutating func confirmFirst() {
    batches.removeFirst()
  }

  func record(at position: Position) -> Record? {
    for batch in batches where position >= batch.firstPosition {
      let index = Int(position - batch.firstPosition)
      if index < batch.records.count { return batch.records[index] }
    }
    return nil
  }

  func refusal(_ serial: UInt64) -> Refusal? {
    for batch in batches where serial >= batch.firstRefusal {
      let index = Int(serial - batch.firstRefusal)
      if index < batch.refusals.count { return batch.refusals[index] }
    }
    return nil
  }

  func name(of person: UInt64) -> String? {
    for batch in batches where person >= batch.firstPerson {
      let index = Int(person - batch.firstPerson)
      if index < batch.names.count { return batch.names[index] }
    }
    return nil
  }
}

/// Facts that never change once recorded, by position or number.
///
/// One slot for each remainder, so that the newest displace the oldest.
struct FactsCache<Facts: Sendable>: Sendable {
  /// How many facts are kept; a power of two.
  private let slots: Int
  private var keys: [UInt64] = []
  private var facts: [Facts?] = []

  init(slots: Int = 16_384) {
    self.slots = slots
  }

  subscript(key: UInt64) -> Facts? {
    guard !keys.isEmpty else { return nil }
    let slot = Int(truncatingIfNeeded: key) & (slots - 1)
    return keys[slot] == key ? facts[slot] : nil
  }

  mutating func insert(_ new: Facts, at key: UInt64) {
    if keys.isEmpty {
      keys = Array(repeating: 0, count: slots)
      facts = Array(repeating: nil, count: slots)
    }
    let slot = Int(truncatingIfNeeded: key) & (slots - 1)
    keys[slot] = key
    facts[slot] = new
  }
}
