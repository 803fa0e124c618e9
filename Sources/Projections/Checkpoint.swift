import EventLog
package import Marketplace

/// Which log a generation's rows were folded from, and how far; committed with the rows.
///
/// The leaf hash tells when an older copy of the log was put back and has since grown other events:
/// identity and position alone would still fit.
package struct Checkpoint: Equatable, Sendable {
  package var log: [UInt8]
  package var position: Position
  /// Of the event at `position`; empty at 0.
  package var leafHash: [UInt8]
  package var foldVersion: UInt32
  /// False until the fold has once caught up: before, the rows are not shown.
  package var isBuilt: Bool
}

/// The row: version, built, position, length and bytes of the log's identity, leaf hash.
extension Checkpoint {
  static let key = Array("checkpoint".utf8)

  var row: [UInt8] {
    var writer = ByteWriter(capacity: 80)
    writer.put(foldVersion)
    writer.put(isBuilt)
    writer.put(position)
    writer.put(UInt8(log.count))
    writer.bytes += log
    writer.bytes += leafHash
    return writer.bytes
  }

  /// Nil when the row has another layout: the environment is not ours, or damaged.
  init?(row: [UInt8]) {
    let fixedBytes = 14
    guard row.count >= fixedBytes, row.count >= fixedBytes + Int(row[fixedBytes - 1]) else {
      return nil
    }
    var reader = ByteReader(row)
    foldVersion = reader.get()
    isBuilt = reader.getFlag()
    position = reader.get()
    let identityBytes = Int(reader.get(UInt8.self))
    log = Array(row[fixedBytes..<fixedBytes + identityBytes])
    leafHash = Array(row[(fixedBytes + identityBytes)...])
  }
}

extension Checkpoint {
  /// Why rows at this checkpoint are not a fold of the log by this version; nil when they are.
  func mismatch(with log: EventLog, foldVersion: UInt32) throws -> String? {
    guard self.foldVersion == foldVersion else {
      return "it was folded by version \(self.foldVersion), and this program's is \(foldVersion)"
    }
    guard self.log == log.identity else { return "it was folded from another log" }
    guard position <= log.head else {
      return "it is at event \(position), and the log ends at \(log.head)"
    }
    guard position > 0, try log.leafHash(at: position) != leafHash else { return nil }
    return "it was folded from another event \(position) than the log's"
  }
}
