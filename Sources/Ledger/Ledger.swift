public import Logging
package import Marketplace

/// Where the data is, and the limits that hold.
public struct LedgerConfiguration: Sendable {
  /// The data directory; absent or wholly empty, a new ledger starts there.
  public var directory: String
  /// The greatest size the log can grow to, in bytes; address space, not disk.
  public var mapSize: Int = 1 << 40
  /// How many commands may wait for the writer before more are refused as unavailable.
  public var queueCapacity: Int = 65_536
  /// How many commands share one commit at most.
  public var batchLimit: Int = 4_096
  /// The earliest `occurredAt` taken, in seconds before recordedAt; nil: no limit.
  public var maxBackdating: Int?
  /// The currency of sums over shops when several are there and none is asked for.
  public var currency: String = "CNY"

  /// A configuration with the defaults.
  public init(directory: String) {
    self.directory = directory
  }
}

/// The whole ledger over one data directory: commands in, answers out.
///
/// One process owns a directory; opening it twice is refused with the pid of the owner.
public final class Ledger: Sendable {
  package let configuration: LedgerConfiguration

  private init(configuration: LedgerConfiguration) {
    self.configuration = configuration
  }

  /// Opens the directory, brings the state up to the log's head and starts the views.
  ///
  /// - Throws: `LedgerError`, which says what is wrong with the directory and the cure.
  public static func open(_ configuration: LedgerConfiguration, logger: Logger) throws -> Ledger {
    Ledger(configuration: configuration)
  }

  /// Finishes what was accepted, flushes the state and the views, and lets go of the directory.
  public func close() async {}

  // MARK: Commands

  /// Parses, decides and records commands given as JSON, one element each, in order.
  ///
  /// Returns when every one of them is durable, refused or known to be unavailable; suspends while
  /// the writer's queue is full, which is the back-pressure that a sender feels.
  package func submit(_ commands: [ArraySlice<UInt8>], peer: UInt32?) async -> [Receipt] { [] }

  /// The same for a single request: answers `unavailable` at once when the queue is full.
  package func submitOne(_ command: ArraySlice<UInt8>, peer: UInt32?) async -> Receipt {
    Receipt(id: "", outcome: .unavailable(detail: ""))
  }

  // MARK: Answers: each is the JSON text of api.md

  package func receipt(of command: String) async throws -> [UInt8] { [] }
  package func shops(cursor: String?, limit: Int, _ when: Freshness) async throws -> [UInt8] { [] }
  package func shop(_ id: String, _ when: Freshness) async throws -> [UInt8] { [] }
  package func dashboard(
    of shop: String,
    from: Day?,
    to: Day?,
    _ when: Freshness
  ) async throws -> [UInt8] { [] }
  package func person(_ name: String, _ when: Freshness) async throws -> [UInt8] { [] }
  package func product(_ id: String, _ when: Freshness) async throws -> [UInt8] { [] }
  package func share(_ id: String, _ when: Freshness) async throws -> [UInt8] { [] }
  package func order(_ id: String, _ when: Freshness) async throws -> [UInt8] { [] }
  package func brands(cursor: String?, limit: Int, _ when: Freshness) async throws -> [UInt8] { [] }
  package func agency(
    of brand: String,
    limit: Int,
    _ when: Freshness
  ) async throws -> [UInt8] { [] }
  package func agents(
    of brand: String,
    overThreshold: Bool,
    cursor: String?,
    limit: Int,
    _ when: Freshness
  ) async throws -> [UInt8] { [] }
  package func agent(
    _ agent: String,
    of brand: String,
    _ when: Freshness
  ) async throws -> [UInt8] { [] }
  package func recruits(
    of agent: String,
    in brand: String,
    cursor: String?,
    limit: Int,
    _ when: Freshness
  ) async throws -> [UInt8] { [] }
  package func shoppingModes(
    _ question: ShoppingModesQuestion,
    _ when: Freshness
  ) async throws -> [UInt8] { [] }
  package func events(_ filter: EventFilter) async throws -> [UInt8] { [] }
  package func event(at position: Position) async throws -> [UInt8] { [] }
  package func views() async throws -> [UInt8] { [] }
  package func status() async throws -> [UInt8] { [] }
  /// Whether the log is open and every view is within bounds; else what is not.
  package func readiness() async -> (ready: Bool, detail: String) { (true, "") }

  // MARK: Operating

  /// Starts a rebuild and returns; `views()` tells how far it is.
  package func rebuild(view: String) async throws {}
  /// Goes back to the generation before the last rebuild.
  package func rollback(view: String) async throws {}
}

/// How fresh an answer has to be.
package struct Freshness: Sendable {
  /// Wait until the view reflects this position; 0: answer at once.
  package var after: Position
  /// For at most so many seconds, 0 to 300.
  package var wait: Int

  package init(after: Position = 0, wait: Int = 5) {
    self.after = after
    self.wait = wait
  }
}

/// The question behind `/v1/shopping-modes`.
package struct ShoppingModesQuestion: Sendable {
  package var shop: String?
  package var brand: String?
  package var currency: String?
  package var period: String?
  package var from: Day?
  package var to: Day?

  package init(
    shop: String? = nil,
    brand: String? = nil,
    currency: String? = nil,
    period: String? = nil,
    from: Day? = nil,
    to: Day? = nil
  ) {
    self.shop = shop
    self.brand = brand
    self.currency = currency
    self.period = period
    self.from = from
    self.to = to
  }
}

/// Which events a page of `/v1/events` shows: those that meet every filter.
package struct EventFilter: Sendable {
  package var after: Position = 0
  package var limit: Int = 500
  package var shop: String?
  package var product: String?
  package var share: String?
  package var order: String?
  package var buyer: String?
  package var agent: String?
  package var brand: String?
  package var command: String?
  package var type: String?

  package init() {}
}
