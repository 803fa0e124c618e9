internal import Crypto
internal import Marketplace

/// How far the state on disk goes, and of which log.
///
/// A row ends with the first 8 bytes of the SHA-256 of what is before them: lengths and counts of a
/// damaged one must not be believed.
struct StateCheckpoint: Hashable, Sendable {
  /// Raised whenever the same events would give other rows.
  static let version: UInt32 = 4

  var identity: [UInt8]
  var mark: StateMark
  /// The Merkle leaf hash of the event at the mark: tells an older log that was put back.
  var leafHash: [UInt8]
  var runs: [Run]
  /// The number that the next run's file gets.
  var nextRun: UInt64

  /// A run's file, as it was written.
  struct Run: Hashable, Sendable {
    var name: String
    var count: Int
    var checksum: UInt64
  }

  static func start(of identity: [UInt8]) -> StateCheckpoint {
    StateCheckpoint(
      identity: identity,
      mark: StateMark(),
      leafHash: [],
      runs: [],
      nextRun: 1
    )
  }

  var row: [UInt8] {
    var writer = ByteWriter(capacity: 256)
    writer.put(Self.version)
    writer.put(UInt8(identity.count))
    writer.bytes += identity
    writer.put(mark.position)
    writer.put(UInt8(leafHash.count))
    writer.bytes += leafHash
    writer.put(mark.refusals)
    writer.put(mark.policy.position)
    writer.put(mark.policy.policy.attributionWindowDays)
    writer.put(mark.policy.policy.thresholdLevels)
    writer.put(mark.policy.policy.thresholdHeadcount)
    writer.put(mark.policy.policy.impulseMinutes)
    writer.put(mark.lastPerson)
    writer.put(nextRun)
    writer.put(UInt32(runs.count))
    for run in runs {
      writer.put(run.name)
      writer.put(UInt64(run.count))
      writer.put(run.checksum)
    }
    return writer.bytes + Self.checksum(of: writer.bytes[...])
  }

  private static func checksum(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: bytes).prefix(8))
  }

  /// Reads a checkpoint; nil when another version wrote it, or it is damaged.
  init?(row: [UInt8]) {
    guard row.count > 8, Array(row.suffix(8)) == Self.checksum(of: row.dropLast(8)) else {
      return nil
    }
    var reader = ByteReader(row)
    guard reader.get(UInt32.self) == Self.version else { return nil }
    func bytes(_ reader: inout ByteReader) -> [UInt8] {
      let count = Int(reader.get(UInt8.self))
      defer { reader.offset += count }
      return Array(row[reader.offset..<reader.offset + count])
    }
    identity = bytes(&reader)
    mark = StateMark()
    mark.position = reader.get()
    leafHash = bytes(&reader)
    mark.refusals = reader.get()
    let adopted: Position = reader.get()
    mark.policy = PolicyInForce(
      policy: Policy(
        attributionWindowDays: reader.get(),
        thresholdLevels: reader.get(),
        thresholdHeadcount: reader.get(),
        impulseMinutes: reader.get()
      ),
      position: adopted
    )
    mark.lastPerson = reader.get()
    nextRun = reader.get()
    runs = (0..<reader.get(UInt32.self)).map { _ in
      Run(
        name: reader.getText(),
        count: Int(reader.get(UInt64.self)),
        checksum: reader.get()
      )
    }
  }

  private init(
    identity: [UInt8],
    mark: StateMark,
    leafHash: [UInt8],
    runs: [Run],
    nextRun: UInt64
  ) {
    self.identity = identity
    self.mark = mark
    self.leafHash = leafHash
    self.runs = runs
    self.nextRun = nextRun
  }
}
