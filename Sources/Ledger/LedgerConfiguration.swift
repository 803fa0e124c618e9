/// Where the data is, and the limits that hold.
public struct LedgerConfiguration: Sendable {
  /// The program's version, as `/v1/status` tells it.
  public static let version = "0.1.0"

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
  /// By whom and how often checkpoints are signed; nil: none are.
  public var audit: AuditConfiguration?

  /// What takes longer than this is told in the log, with why.
  public var slow: Duration = .seconds(1)

  /// A configuration with the defaults.
  public init(directory: String) {
    self.directory = directory
  }
}

/// How the log's checkpoints are signed.
public struct AuditConfiguration: Sendable {
  /// The file of the private key.
  public var keyFile: String
  /// The log's name in its checkpoints; nil: the key's.
  public var origin: String?
  /// After how many seconds what was added meanwhile is signed.
  public var intervalSeconds: Int = 60

  /// A configuration with the defaults.
  public init(keyFile: String, origin: String? = nil) {
    self.keyFile = keyFile
    self.origin = origin
  }
}
