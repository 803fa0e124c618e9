internal import Foundation
internal import JSON
internal import Marketplace
internal import Projections

/// What a restored ledger departs from: `restored.json`.
///
/// Where the ledger that the backup was taken of went on, the two have the same identity and the same
/// first events, and then not: a fork, which this file admits.
struct RestoreMark {
  static let file = "restored.json"

  /// The last event that both have.
  var position: Position
  /// Of the tree over the events up to there.
  var rootHash: [UInt8]
  var takenAt: Microseconds
  var restoredAt: Microseconds
  /// Which line this is, where the one that was never restored is 1.
  var epoch: Int64

  /// Which line a directory has.
  static func epoch(in directory: String) -> Int64 {
    FileManager.default.contents(atPath: directory + "/" + file)
      .flatMap { try? JSONValue(parsing: $0) }?["epoch"]?.integer ?? 1
  }

  func write(in directory: String) throws {
    var json = JSONWriter()
    json.object { json in
      json.member("epoch", epoch)
      json.member("position", position)
      json.member("rootHash", Ledger.hex(rootHash))
      json.member("backupTakenAt", Timestamp.text(takenAt))
      json.member("restoredAt", Timestamp.text(restoredAt))
    }
    try Files.replace(directory + "/" + Self.file, with: json.text + "\n")
  }
}
