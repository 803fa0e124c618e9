import Crypto
import EventLog
import Marketplace
import TestSupport
import Testing

@testable import Ledger

/// A real ledger and the slow model, given the same commands side by side.
struct EquivalenceRun {
  private(set) var model = ModelMarketplace()
  private(set) var ledger: Ledger
  private(set) var directory: TestDirectory
  /// How often the ledger was opened again, by the way in which it had ended.
  private(set) var reopenings: [Ending: Int] = [:]
  let notices = CollectedLog()
  let seed: UInt64

  /// How a ledger comes to be opened again.
  enum Ending: CaseIterable {
    /// It was closed.
    case closed
    /// Its files were copied while it ran, so that all but the log is folded anew.
    case copied
    /// It was killed: the files are as they were, the state older than the log.
    case killed
  }

  private var random: SplitMix64
  private var commands: RandomCommands
  private var audit = LogAudit()
  private let clock = TestClock()
  private let flushEvents: Int
  private let peer: UInt32 = 1000
  /// Every command that got an answer of its own, with that answer.
  private var sent: [Sent] = []

  private struct Sent {
    var command: CommandJSON
    var receipt: Receipt
  }

  /// What the model says of a command.
  private enum Expected {
    case new(CommandJSON, Receipt.Outcome)
    /// The answer that this one of `sent` got, or gets in this batch.
    case again(Int)
    case reused
  }

  init(seed: UInt64, flushEvents: Int = 200) throws {
    self.seed = seed
    self.flushEvents = flushEvents
    random = SplitMix64(seed: seed &* 0x9E37_79B9)
    commands = RandomCommands(seed: seed)
    directory = try TestDirectory()
    ledger = try Ledger.open(directory, clock: clock, log: notices, flushEvents: flushEvents)
  }

  /// Submits so many commands in batches, and checks each batch; now and then opens the ledger anew.
  mutating func run(commands count: Int, reopening: Bool = true) async throws {
    let goal = sent.count + count
    while sent.count < goal {
      try await submitBatch(of: random.pick([1, 2, 3, 10, 30, 100]))
      if reopening, random.oneIn(10) { try await reopen(random.pick(Ending.allCases)) }
    }
  }

  // MARK: A batch

  private mutating func submitBatch(of count: Int) async throws {
    var texts: [ArraySlice<UInt8>] = []
    var expected: [Expected] = []
    var made = sent.count
    for _ in 0..<count {
      let (command, outcome) = try next(made)
      if case .new = outcome { made += 1 }
      texts.append(ArraySlice(command.spelled(&random).utf8))
      expected.append(outcome)
    }
    let head = ledger.log.head
    // As two callers, whose commands may share a commit.
    let cut = random.below(count + 1)
    let first = await ledger.enqueue(Array(texts[..<cut]), peer: peer)
    let second = await ledger.enqueue(Array(texts[cut...]), peer: peer)
    let receipts = await first.value() + second.value()
    try check(receipts, expected)
    try checkRecords(after: head)
    clock.now += random.pick([0, 1, 1_000_000, 86_400_000_000, -600_000_000])
  }

  /// A command, and what the model says of it; `made` counts the answers so far and in this batch.
  private mutating func next(_ made: Int) throws -> (CommandJSON, Expected) {
    if !sent.isEmpty, random.oneIn(15) {
      let index = random.below(sent.count)
      var command = sent[index].command
      command.occurredAt?.offsetMinutes = Int32(random.below(1000)) - 500
      command.actor = "another"
      return (command, .again(index))
    }
    let (data, occurredAt) = commands.next()
    if !sent.isEmpty, random.oneIn(25) {
      let first = sent[random.below(sent.count)].command
      var other = CommandJSON(id: first.id, occurredAt: first.occurredAt, data: first.data)
      if random.oneIn(2) {
        other.occurredAt = ClaimedTime(instant: occurredAt + 1, offsetMinutes: 0)
      } else {
        other.data = AdoptPolicy(impulseMinutes: -Int64(made))
      }
      return (other, .reused)
    }
    let command = CommandJSON(
      id: "c-\(made)",
      occurredAt: random.oneIn(20)
        ? nil : ClaimedTime(instant: occurredAt, offsetMinutes: Int32(random.below(1440) - 720)),
      actor: random.oneIn(3) ? "clerk-\(random.below(5))" : nil,
      correlation: random.oneIn(5) ? "flow-\(made)" : nil,
      data: data
    )
    try checkParse(command)
    let occurred = command.occurredAt?.instant ?? clock.now
    switch model.run(command.data, at: occurred, actor: command.actor) {
    case .success(let records):
      let last = UInt64(model.records.count)
      let first = last - UInt64(records.count) + 1
      return (command, .new(command, .accepted(first: first, last: last, recordedAt: 0)))
    case .failure(let rejection):
      return (command, .new(command, .rejected(rejection, recordedAt: 0)))
    }
  }

  /// The parser gives back what was rendered, however it was spelled.
  private mutating func checkParse(_ command: CommandJSON) throws {
    var parser = CommandParser()
    let parsed = try parser.parse(ArraySlice(command.spelled(&random).utf8))
    try #require(parsed.id == command.id)
    try #require(parsed.occurredAt == command.occurredAt)
    try #require(parsed.actor == command.actor)
    try #require(parsed.correlation == command.correlation)
    let wanted = try #require(command.data as? any Hashable)
    let found = try #require(parsed.data as? any Hashable)
    try #require(AnyHashable(found) == AnyHashable(wanted))
  }

  // MARK: Checks

  private mutating func check(_ receipts: [Receipt], _ expected: [Expected]) throws {
    try #require(receipts.count == expected.count)
    for (receipt, expected) in zip(receipts, expected) {
      switch expected {
      case .new(let command, let outcome):
        let wanted = Receipt(id: command.id, outcome: outcome.at(receipt.recordedAt ?? 0))
        try #require(receipt == wanted, "seed \(seed), after \(sent.count)")
        sent.append(Sent(command: command, receipt: receipt))
      case .again(let index):
        try #require(receipt == sent[index].receipt.again, "seed \(seed), after \(sent.count)")
      case .reused:
        try #require(receipt.rejection == .commandIdReused, "seed \(seed), after \(sent.count)")
        try #require(!receipt.repeated)
      }
    }
  }

  private mutating func checkRecords(after head: Position) throws {
    let stored = try ledger.records(after: head)
    try #require(ledger.log.head == UInt64(model.records.count))
    var recordedAt =
      head == 0 ? 0 : try ledger.state.withLock { try $0.record(at: head).envelope.recordedAt }
    for record in stored {
      let wanted = model.records[Int(record.position) - 1]
      try #require(try bare(record) == asStored(wanted), "seed \(seed)")
      try #require(record.envelope.recordedAt > recordedAt)
      recordedAt = record.envelope.recordedAt
      audit.take(record)
    }
    try #require(audit.violation == nil, "seed \(seed)")
  }

  /// A stored record without what only the real ledger knows, once that was checked.
  private func bare(_ record: Record) throws -> Record {
    var record = record
    for newcomer in record.envelope.newPeople {
      let row = try #require(try ledger.log.person(newcomer.person.number))
      try #require(row.name == model.people[Int(newcomer.person.number) - 1])
      try #require(newcomer.nameHash == Array(SHA256.hash(data: row.salt + row.name.utf8)))
    }
    let text = try ledger.log.text(at: record.position)
    try #require(text?.text == model.texts[record.position])
    let hash = text.map { Array(SHA256.hash(data: $0.salt + $0.text.utf8)) } ?? []
    try #require(record.event.textHash == hash)
    try #require(record.envelope.commandDigest != .zero)
    record.envelope.recordedAt = 0
    record.envelope.commandDigest = .zero
    record.withoutHashes()
    return record
  }

  /// The model's record as this ledger has to store it, without what the model cannot know.
  private func asStored(_ wanted: Record) -> Record {
    var record = wanted
    // The command that got these positions.
    let command = sent.first { $0.receipt.positions?.contains(record.position) == true }?.command
    record.envelope.recordedAt = 0
    record.envelope.commandDigest = .zero
    record.envelope.commandID = command?.id ?? ""
    record.envelope.occurredOffsetMinutes = command?.occurredAt?.offsetMinutes
    record.envelope.correlation = command?.correlation ?? ""
    record.envelope.peer = peer
    record.withoutHashes()
    return record
  }

  // MARK: Opening again

  mutating func reopen(_ ending: Ending) async throws {
    reopenings[ending, default: 0] += 1
    switch ending {
    case .closed:
      ledger.close()
    case .copied, .killed:
      try await ledger.settle()
      let copy = try directory.copy(marked: ending == .killed)
      ledger.close()
      directory = copy
    }
    let told = notices.lines.count
    ledger = try Ledger.open(directory, clock: clock, log: notices, flushEvents: flushEvents)
    let isFoldedAnew = notices.lines[told...].contains { $0.contains("the state is folded anew") }
    try #require(isFoldedAnew == (ending == .copied), "\(notices.lines[told...])")
    try #require(ledger.log.head == UInt64(model.records.count))
  }
}

extension Receipt.Outcome {
  fileprivate func at(_ recordedAt: Microseconds) -> Receipt.Outcome {
    switch self {
    case .accepted(let first, let last, _):
      .accepted(first: first, last: last, recordedAt: recordedAt)
    case .rejected(let rejection, _): .rejected(rejection, recordedAt: recordedAt)
    case .malformed, .forbidden, .unavailable: self
    }
  }
}

extension Record {
  fileprivate mutating func withoutHashes() {
    if !event.textHash.isEmpty { event.bindText(hash: [0]) }
    for index in envelope.newPeople.indices { envelope.newPeople[index].nameHash = [] }
  }
}
