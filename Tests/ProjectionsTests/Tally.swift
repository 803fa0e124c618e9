import Marketplace
import Projectors
import Synchronization

/// Sums stock adjustments per product, counts events per type, and keeps a hash over their order.
struct Tally: Projector {
  static let name = "tally"
  static let version: UInt32 = 1
  /// An adjustment by so much cannot be folded.
  static let poison: Int64 = -666

  private var changes: [[UInt8]: Int64] = [:]

  mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    FoldCounter.count(record.localDay)
    guard case .stockAdjusted(let event) = try record.event() else { return }
    let (position, by) = (record.position, try event.by)
    guard by != Self.poison else { throw FoldError(position: position, detail: "poison") }
    try change("product:\(event.product)", at: position, rows) { $0 + by }
    try change("type:" + record.type, at: position, rows) { $0 + 1 }
    try change("order", at: position, rows) { $0 &* 31 &+ Int64(position) &+ by }
  }

  mutating func flush(into rows: inout some RowWriter) throws {
    for (key, value) in changes.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      var writer = ByteWriter()
      writer.put(value)
      try rows.put(key, writer.bytes)
    }
    changes = [:]
  }

  private mutating func change(
    _ name: String,
    at position: Position,
    _ rows: some RowReader,
    _ apply: (Int64) -> Int64
  ) throws {
    let key = Array(name.utf8)
    let old =
      try changes[key]
      ?? rows.row(key).map { bytes in
        guard bytes.count == 8 else { throw FoldError(position: position, detail: "a bad row") }
        var reader = ByteReader(bytes)
        return reader.get()
      }
    changes[key] = apply(old ?? 0)
  }
}

/// The next version, which passes over what `Tally` cannot fold.
struct NextTally: Projector {
  static let name = "tally"
  static let version: UInt32 = 2

  private var tally = Tally()

  mutating func fold(_ record: borrowing LentRecord, _ rows: some RowReader) throws {
    do {
      try tally.fold(record, rows)
    } catch is FoldError {}
  }

  mutating func flush(into rows: inout some RowWriter) throws {
    try tally.flush(into: &rows)
  }
}

/// How many events were folded of each log, by the day that its events bear.
enum FoldCounter {
  private static let counts = Mutex<[Day: Int]>([:])

  static func count(_ day: Day) {
    counts.withLock { $0[day, default: 0] += 1 }
  }

  static func taken(of day: Day) -> Int {
    counts.withLock { $0.removeValue(forKey: day) ?? 0 }
  }
}
