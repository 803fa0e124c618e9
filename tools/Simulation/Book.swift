import Ledger
import Marketplace
import TestSupport

/// What was sent, what was answered, and the model of what that comes to.
///
/// `@unchecked`: one thread uses it, and the ledger's answers come on that thread.
final class Book: @unchecked Sendable {
  struct Sent {
    var command: Command
    /// Tells one content from another; counts them.
    var digest: CommandDigest
  }

  struct Answer {
    var digest: CommandDigest
    /// Nil for a batch that was found in the log after a crash, until it is asked again.
    var receipt: Receipt?
  }

  private(set) var sent: [Sent] = []
  private(set) var answers: [String: Answer] = [:]
  private(set) var model = ModelMarketplace()
  /// Refusals that the log must have.
  private(set) var refusals: UInt64 = 0
  private(set) var unavailable = 0
  private(set) var commandOfEvent: [String] = []
  /// How far the log has been held against the model, and what was recorded last there.
  var checked: Position = 0
  var lastRecordedAt: Microseconds = 0
  /// The tree's root by its size.
  var roots: [UInt64: [UInt8]] = [:]
  var violation: Violation?

  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
  }

  /// Notes a command and answers with its place.
  func add(_ command: Command) -> Int {
    let number = UInt64(sent.count + 1)
    let bytes = (0..<16).map { UInt8(truncatingIfNeeded: number >> UInt64($0 % 8 * 8)) }
    sent.append(Sent(command: command, digest: CommandDigest(bytes)))
    return sent.count - 1
  }

  func entry(of digest: CommandDigest) -> Int {
    Int(digest.bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) - 1
  }

  // MARK: Answers

  func answered(_ entries: [Int], _ receipts: [Receipt]) {
    guard entries.count == receipts.count else {
      return violate("\(entries.count) commands got \(receipts.count) receipts")
    }
    for (entry, receipt) in zip(entries, receipts) {
      if case .unavailable = receipt.outcome {
        unavailable += 1
      } else {
        check(sent[entry], receipt)
      }
    }
  }

  private func check(_ sent: Sent, _ receipt: Receipt) {
    let id = sent.command.id
    guard receipt.id == id else { return violate("\(id) got the receipt of \(receipt.id)") }
    guard let known = answers[id] else {
      let expected = decide(sent, recordedAt: receipt.recordedAt)
      answers[id] = Answer(digest: sent.digest, receipt: receipt)
      guard receipt == expected else {
        return violate("\(id) got \(receipt), and the model says \(expected)")
      }
      return
    }
    guard known.digest == sent.digest else {
      if case .rejected(let rejection, _) = receipt.outcome, rejection.reason == .commandIdReused,
        !receipt.repeated
      {
        return
      }
      return violate("\(id) was used before, and got \(receipt)")
    }
    guard let first = known.receipt else {
      // Found in the log: what it came to is checked there, and the answer is known from now on.
      if !receipt.repeated { violate("\(id) is in the log, and was taken again: \(receipt)") }
      answers[id]?.receipt = receipt
      return
    }
    var expected = first
    expected.repeated = true
    if receipt != expected { violate("\(id) got \(receipt), and before \(first)") }
  }

  /// What the model makes of a new command.
  private func decide(_ sent: Sent, recordedAt: Microseconds?) -> Receipt {
    let command = sent.command
    let outcome = model.run(
      command.data,
      at: command.occurredAt?.instant ?? 0,
      actor: command.actor
    )
    switch outcome {
    case .success(let records):
      commandOfEvent += records.map { _ in command.id }
      let last = UInt64(model.records.count)
      return Receipt(
        id: command.id,
        outcome: .accepted(
          first: last - UInt64(records.count) + 1,
          last: last,
          recordedAt: recordedAt ?? 0
        )
      )
    case .failure(let rejection):
      refusals += 1
      return Receipt(id: command.id, outcome: .rejected(rejection, recordedAt: recordedAt ?? 0))
    }
  }

  /// A batch that nobody was told of is in the log: it counts as a whole.
  func absorb(_ batch: [Int]) {
    for entry in batch where answers[sent[entry].command.id] == nil {
      _ = decide(sent[entry], recordedAt: nil)
      answers[sent[entry].command.id] = Answer(digest: sent[entry].digest)
    }
  }

  private func violate(_ what: String) {
    violation = violation ?? Violation(what)
  }
}

extension Receipt {
  fileprivate var recordedAt: Microseconds? {
    switch outcome {
    case .accepted(_, _, let recordedAt), .rejected(_, let recordedAt): recordedAt
    default: nil
    }
  }
}
