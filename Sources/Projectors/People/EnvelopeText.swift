import Marketplace

extension Envelope {
  /// When it happened, with the offset as claimed.
  var occurredText: String {
    Timestamp.text(occurredAt, offsetMinutes: occurredOffsetMinutes ?? 0)
  }
}
