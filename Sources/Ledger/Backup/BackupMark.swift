internal import Foundation
internal import JSON
internal import Marketplace
internal import Projections

/// How far a backup goes: `backup.json`, which also says that a directory is one.
///
/// Written before the first event is copied, with position 0, and anew when all are there.
struct BackupMark {
  static let file = "backup.json"

  /// Which ledger it is of.
  var identity: [UInt8]
  var position: Position
  /// Of the tree over the events up to there.
  var rootHash: [UInt8]
  var takenAt: Microseconds

  /// Reads the mark of a backup; nil when the directory has none.
  init?(in directory: String) throws(LedgerError) {
    guard let data = FileManager.default.contents(atPath: directory + "/" + Self.file) else {
      return nil
    }
    guard let json = try? JSONValue(parsing: data),
      let identity = json["ledger"]?.string.flatMap(Ledger.bytes(hex:)),
      let rootHash = json["rootHash"]?.string.flatMap(Ledger.bytes(hex:)),
      let position = json["position"]?.integer, position >= 0,
      let takenAt = json["takenAtMicroseconds"]?.integer
    else {
      throw .badBackup(
        directory: directory,
        detail: "its \(Self.file) is damaged; take another one"
      )
    }
    self.init(
      identity: identity,
      position: Position(position),
      rootHash: rootHash,
      takenAt: takenAt
    )
  }

  init(identity: [UInt8], position: Position, rootHash: [UInt8], takenAt: Microseconds) {
    self.identity = identity
    self.position = position
    self.rootHash = rootHash
    self.takenAt = takenAt
  }

  func write(in directory: String) throws {
    var json = JSONWriter()
    json.object { json in
      json.member("ledger", Ledger.hex(identity))
      json.member("position", position)
      json.member("rootHash", Ledger.hex(rootHash))
      json.member("takenAt", Timestamp.text(takenAt))
      json.member("takenAtMicroseconds", takenAt)
    }
    try Files.replace(directory + "/" + Self.file, with: json.text + "\n")
  }
}
