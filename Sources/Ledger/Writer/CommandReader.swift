internal import CoreMetrics
internal import Marketplace

/// Reads commands from JSON and gathers them for the writer.
///
/// A sender has one for as long as it sends: the room that reading takes is kept from command to
/// command. Costs what the JSON costs, and one HMAC.
package struct CommandReader: Sendable {
  private var parser = CommandParser()
  private let digests: ContentDigests
  private let peer: UInt32?
  private let metrics: LedgerMetrics
  private let refusal: (@Sendable (Command) -> String?)?
  private var gathered = GatheredCommands()

  init(
    digests: ContentDigests,
    peer: UInt32?,
    metrics: LedgerMetrics,
    refusal: (@Sendable (Command) -> String?)?
  ) {
    self.digests = digests
    self.peer = peer
    self.metrics = metrics
    self.refusal = refusal
  }

  /// How many commands it has gathered, malformed ones included.
  package var count: Int { gathered.count }

  /// Takes one command; what is none, or may not be sent, gets its receipt for that.
  package mutating func read(_ json: ArraySlice<UInt8>) {
    do throws(MalformedCommand) {
      let command = try parser.parse(json)
      if let detail = refusal?(command) {
        metrics.forbidden.increment()
        return gathered.refuse(Receipt(id: command.id, outcome: .forbidden(detail: detail)))
      }
      gathered.submissions.append(
        Submission(command, digest: digests.digest(of: parser.content), peer: peer)
      )
    } catch {
      metrics.malformed.increment()
      gathered.refuse(Receipt(id: error.id, outcome: .malformed(detail: error.detail)))
    }
  }

  /// Gives what could not be kept, let alone read, its receipt among the others.
  package mutating func refuse(_ detail: String) {
    metrics.malformed.increment()
    gathered.refuse(Receipt(id: "", outcome: .malformed(detail: detail)))
  }

  /// Hands out what it has gathered, and begins anew.
  package mutating func take() -> GatheredCommands {
    let taken = gathered
    gathered = GatheredCommands()
    gathered.submissions.reserveCapacity(taken.submissions.count)
    return taken
  }
}

/// Commands of one sender in order, and between them the receipts of what was none.
package struct GatheredCommands: Sendable {
  fileprivate(set) var submissions: [Submission] = []
  /// Of what does not get to the writer: each with its place among all receipts, ascending.
  private var refused: [(place: Int, receipt: Receipt)] = []

  package var count: Int { submissions.count + refused.count }

  fileprivate mutating func refuse(_ receipt: Receipt) {
    refused.append((count, receipt))
  }

  /// The receipts of all, given those of the submissions.
  func receipts(_ decided: [Receipt]) -> [Receipt] {
    guard !refused.isEmpty else { return decided }
    var all: [Receipt] = []
    all.reserveCapacity(count)
    var next = decided.startIndex
    for (place, receipt) in refused {
      let end = next + place - all.count
      all += decided[next..<end]
      next = end
      all.append(receipt)
    }
    return all + decided[next...]
  }

  /// The receipts when none of the commands gets to the writer.
  func unavailable(_ detail: String) -> [Receipt] {
    receipts(
      submissions.map { Receipt(id: $0.command.id, outcome: .unavailable(detail: detail)) }
    )
  }
}
