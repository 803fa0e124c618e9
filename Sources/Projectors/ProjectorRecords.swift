package import Marketplace

extension Projector {
  /// Folds an event that stands in no log as it is.
  package mutating func fold(_ record: Record, _ rows: some RowReader) throws {
    var bytes: [UInt8] = []
    record.encode(into: &bytes)
    try LentRecord.read(bytes.span.bytes) { try fold($0, rows) }
  }
}
