import LMDB

// The log on disk, format 1
// =========================
//
// One directory holds one LMDB 0.9 environment (`data.mdb`; `lock.mdb` holds nothing that
// outlives the processes that use it). `mdb_dump -a` prints all of it. Integers are unsigned and
// big-endian, so that keys sort as numbers; hashes are SHA-256, 32 bytes.
//
//   table     key                       value
//   events    position u64              the record, under 64 KiB, as it was given
//   people    number u64                salt (16 bytes), name (UTF-8)
//   texts     position u64              salt (16 bytes), text (UTF-8)
//   tiles     level u8, index u64       256 hashes
//   refusals  slot u64                  what the caller kept of a refusal
//   meta      "format"                  u32: 1
//             "identity"                16 random bytes: which log this is
//             "key"                     32 random bytes: the caller's HMAC key
//             "frontier"                tree size u64, then the frontier's hashes
//             "refusals"                u64: how many refusals were ever made
//
// Positions begin at 1 and have no gap, so a reader can prove that it missed nothing: the tree
// size in "frontier" is the position of the last event, and events holds exactly 1 to that.
//
// The tree is that of RFC 6962 over the records: a leaf's hash is SHA-256(0x00, record), a node's
// is SHA-256(0x01, left, right), and leaf i belongs to position i + 1. Hashes are kept in tiles
// of 256. Tile n of level 0 holds the leaves of positions 256n + 1 to 256n + 256; entry i of
// tile n of level L + 1 is the root of the full tile 256n + i of level L. Only full tiles are
// stored, and never changed: a tile that is still filling is computed anew at the next opening,
// from at most 255 records, or 255 tiles, per level. To rewrite it at each commit instead would
// cost a third of the commit rate.
//
// The frontier is the roots of the maximal full subtrees, the largest and leftmost first: one for
// each bit that is set in the tree size. It is what the root is computed from, and what the
// recomputed tiles are held against at opening.
//
// refusals is a ring: refusal n (from 0) is at slot n mod 1,048,576 and overwrites the one that
// was there. So nothing is ever deleted, no page is freed but by copying, and a commit writes at
// the end of each tree only.
//
// One commit holds a whole batch: its events, tiles, frontier, people, texts and refusals. LMDB
// makes the data durable before the meta page that names it, so after a crash a batch is there
// with all its parts or not at all, and there is no log of changes to replay.
//
// What names a person or was written by one is in people and texts, apart from the records and
// salted, so that a row can be taken away and the tree still verifies.
//
// A program that knows another format number refuses the log. Within a format, tables and meta
// keys are never given another meaning.

enum LogFormat {
  static let version: UInt32 = 1
  static let identityByteCount = 16
  static let keyByteCount = 32
  static let saltByteCount = 16
  /// A record is shorter than this.
  static let recordByteLimit = 1 << 16
  /// How many of the last refusals are kept.
  static let refusalSlots: UInt64 = 1 << 20

  /// Whether a row of people or texts has this text.
  static func saltedText(_ row: RawSpan, is text: String) -> Bool {
    guard row.byteCount == saltByteCount + text.utf8.count else { return false }
    var text = text
    return text.withUTF8 { text in
      row.withUnsafeBytes { row in
        zip(row[saltByteCount...], text).allSatisfy { $0 == $1 }
      }
    }
  }

  static func key(_ number: UInt64) -> [8 of UInt8] {
    [8 of UInt8] { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
  }

  static func tileKey(level: Int, index: UInt64) -> [9 of UInt8] {
    [9 of UInt8] {
      $0 == 0 ? UInt8(level) : UInt8(truncatingIfNeeded: index >> (64 - 8 * UInt64($0)))
    }
  }

  static func bytes(_ integer: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: integer.bigEndian) { [UInt8]($0) }
  }

  /// Nil when the bytes are not as many as the integer has.
  static func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ bytes: RawSpan) -> Integer? {
    guard bytes.byteCount == MemoryLayout<Integer>.size else { return nil }
    return Integer(bigEndian: bytes.unsafeLoadUnaligned(as: Integer.self))
  }
}

extension EventLog {
  /// Of the salt before a name or a text.
  package static let saltByteCount = LogFormat.saltByteCount
  /// A record is shorter than this.
  package static let recordByteLimit = LogFormat.recordByteLimit
}

/// The open tables of a log.
struct LogTables: Sendable {
  let events: Table
  let people: Table
  let texts: Table
  let tiles: Table
  let refusals: Table
  let meta: Table

  init(openedBy open: (String) throws(LMDBError) -> Table) throws(LMDBError) {
    events = try open("events")
    people = try open("people")
    texts = try open("texts")
    tiles = try open("tiles")
    refusals = try open("refusals")
    meta = try open("meta")
  }
}

/// The keys of the meta table.
enum MetaKey {
  static let format = [UInt8]("format".utf8)
  static let identity = [UInt8]("identity".utf8)
  static let key = [UInt8]("key".utf8)
  static let frontier = [UInt8]("frontier".utf8)
  static let refusals = [UInt8]("refusals".utf8)
}

/// The tree's size and maximal full subtrees, as in the meta table.
struct Frontier: Hashable, Sendable {
  var size: UInt64
  /// 32 bytes each, the largest subtree first.
  var hashes: [UInt8]

  var bytes: [UInt8] { LogFormat.bytes(size) + hashes }

  init(size: UInt64, hashes: [UInt8]) {
    self.size = size
    self.hashes = hashes
  }

  init?(bytes: [UInt8]) {
    guard bytes.count >= 8, let size: UInt64 = LogFormat.integer(bytes.span.bytes.extracting(0..<8))
    else { return nil }
    self.size = size
    hashes = [UInt8](bytes[8...])
    guard hashes.count == MerkleTree.hashByteCount * size.nonzeroBitCount else { return nil }
  }
}
