internal import Marketplace

/// A refused command as the ring of refusals keeps it, so that the same id gets the same answer, and
/// whoever looks into fraud sees who tried what.
struct Refusal: Hashable, Sendable {
  var id: String
  var digest: CommandDigest
  var rejection: Rejection
  var recordedAt: Microseconds
  /// The command's type; empty in rows that earlier programs wrote, which end before it.
  var type = ""
  /// The user id of who sent it.
  var peer: UInt32?

  var row: [UInt8] {
    var writer = ByteWriter(capacity: 64 + id.utf8.count + rejection.detail.utf8.count)
    writer.put(rejection.reason.rawValue)
    writer.put(recordedAt)
    writer.put(id)
    writer.bytes += digest.bytes
    writer.put(rejection.detail)
    writer.put(type)
    if let peer { writer.put(peer) }
    return writer.bytes
  }
}

extension Refusal {
  /// Reads a row; nil when a newer program wrote a reason that this one does not know, or the row is
  /// damaged: no tree covers refusals, so nothing else tells.
  init?(row: [UInt8]) {
    guard Self.isWhole(row) else { return nil }
    var reader = ByteReader(row)
    guard let reason = Rejection.Reason(rawValue: reader.get()) else { return nil }
    recordedAt = reader.get()
    id = reader.getText()
    let end = reader.offset + CommandDigest.byteCount
    digest = CommandDigest(Array(row[reader.offset..<end]))
    reader.offset = end
    rejection = Rejection(reason, reader.getText())
    if !reader.isAtEnd { type = reader.getText() }
    if !reader.isAtEnd { peer = reader.get() }
  }

  /// Whether the lengths in a row add up to its own, with the type and the sender or without.
  private static func isWhole(_ row: [UInt8]) -> Bool {
    let beforeID = 9
    guard let afterID = endOfText(in: row, at: beforeID),
      let afterDetail = endOfText(in: row, at: afterID + CommandDigest.byteCount)
    else { return false }
    if row.count == afterDetail { return true }
    guard let afterType = endOfText(in: row, at: afterDetail) else { return false }
    return row.count == afterType || row.count == afterType + MemoryLayout<UInt32>.size
  }

  /// Where a text ends that begins with its length; nil when that is past the row.
  private static func endOfText(in row: [UInt8], at offset: Int) -> Int? {
    guard offset + 2 <= row.count else { return nil }
    let end = offset + 2 + (Int(row[offset]) << 8 | Int(row[offset + 1]))
    return end <= row.count ? end : nil
  }
}

/// What became of a command, as it was first answered.
enum CommandOutcome: Sendable {
  case accepted(first: Record)
  case refused(Refusal)
}

/// Where a command's answer stands, as one value of the id index.
enum CommandPlace {
  /// Of its first event.
  case accepted(Position)
  /// In the ring of refusals.
  case refused(serial: UInt64)

  private static let refusedBit: UInt64 = 1 << 63

  init(value: UInt64) {
    self =
      value & Self.refusedBit == 0
      ? .accepted(value) : .refused(serial: value & ~Self.refusedBit)
  }

  var value: UInt64 {
    switch self {
    case .accepted(let position): position
    case .refused(let serial): serial | Self.refusedBit
    }
  }
}
