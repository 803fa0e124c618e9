import CLMDB
import Glibc

/// What can go wrong with an environment; each description says what happened and the cure.
///
/// The first cases are LMDB's own codes under their spelled-out names (`mdb_strerror`); the last
/// ones are found by our checks before LMDB could answer them with a signal or a silent new file.
package enum LMDBError: Error, Hashable, Sendable {
  /// `MDB_KEYEXIST`: an appended key is not past the last one.
  case keyExists
  /// `MDB_NOTFOUND`: reads answer nil instead, so a caller meets it only from a damaged table.
  case notFound
  /// `MDB_PAGE_NOTFOUND`
  case pageNotFound
  /// `MDB_CORRUPTED`
  case corrupted
  /// `MDB_PANIC`: an earlier write of the meta page failed, nothing works until a reopening.
  case panic
  /// `MDB_VERSION_MISMATCH`
  case versionMismatch
  /// `MDB_INVALID`
  case invalid
  /// `MDB_MAP_FULL`
  case mapFull
  /// `MDB_DBS_FULL`
  case tablesFull
  /// `MDB_READERS_FULL`
  case readersFull
  /// `MDB_TLS_FULL`
  case threadKeysFull
  /// `MDB_TXN_FULL`
  case transactionFull
  /// `MDB_CURSOR_FULL`
  case cursorFull
  /// `MDB_PAGE_FULL`
  case pageFull
  /// `MDB_MAP_RESIZED`
  case mapResized
  /// `MDB_INCOMPATIBLE`
  case incompatible
  /// `MDB_BAD_RSLOT`
  case badReaderSlot
  /// `MDB_BAD_TXN`: an earlier call in the transaction failed, so it can only end.
  case badTransaction
  /// `MDB_BAD_VALSIZE`: a key is empty or longer than 511 bytes.
  case badValueSize
  /// `MDB_BAD_DBI`
  case badTable
  /// The operating system's `errno`.
  case system(Int32)
  case alreadyOpen(path: String)
  case missing(path: String)
  case empty(path: String)
  case truncated(path: String, expectedBytes: Int, actualBytes: Int)
  case missingTable(path: String, name: String)
  /// The process may not map so much (`RLIMIT_AS`).
  case mapAboveLimit(path: String, mapSize: Int, limit: Int)
}

extension LMDBError {
  /// - Parameter code: never `MDB_SUCCESS`.
  init(code: Int32) {
    switch code {
    case MDB_KEYEXIST: self = .keyExists
    case MDB_NOTFOUND: self = .notFound
    case MDB_PAGE_NOTFOUND: self = .pageNotFound
    case MDB_CORRUPTED: self = .corrupted
    case MDB_PANIC: self = .panic
    case MDB_VERSION_MISMATCH: self = .versionMismatch
    case MDB_INVALID: self = .invalid
    case MDB_MAP_FULL: self = .mapFull
    case MDB_DBS_FULL: self = .tablesFull
    case MDB_READERS_FULL: self = .readersFull
    case MDB_TLS_FULL: self = .threadKeysFull
    case MDB_TXN_FULL: self = .transactionFull
    case MDB_CURSOR_FULL: self = .cursorFull
    case MDB_PAGE_FULL: self = .pageFull
    case MDB_MAP_RESIZED: self = .mapResized
    case MDB_INCOMPATIBLE: self = .incompatible
    case MDB_BAD_RSLOT: self = .badReaderSlot
    case MDB_BAD_TXN: self = .badTransaction
    case MDB_BAD_VALSIZE: self = .badValueSize
    case MDB_BAD_DBI: self = .badTable
    default: self = .system(code)
    }
  }

  /// Whether nothing is wrong with the file, and the same call may succeed later.
  package var mayPass: Bool {
    switch self {
    case .mapFull, .readersFull, .mapAboveLimit, .system: true
    default: false
    }
  }

  static func check(_ code: Int32) throws(LMDBError) {
    if code != MDB_SUCCESS { throw LMDBError(code: code) }
  }

  /// Like `check`, with `MDB_NOTFOUND` as an answer.
  static func found(_ code: Int32) throws(LMDBError) -> Bool {
    if code == MDB_NOTFOUND { return false }
    try check(code)
    return true
  }
}

extension LMDBError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .keyExists:
      "An appended key is not past the last key of its table; append in ascending order."
    case .notFound:
      "A page names a key that is not there; the file is damaged, restore or rebuild it."
    case .pageNotFound:
      "A page that the tree names is not in the file; the file is damaged, restore or rebuild it."
    case .corrupted:
      "A page has the wrong type; the file is damaged, restore or rebuild it."
    case .panic:
      "An earlier commit failed while it wrote the meta page; restart the program."
    case .versionMismatch:
      "The file was written by another version of LMDB; open it with that version."
    case .invalid:
      "data.mdb is not an LMDB file; restore or rebuild it."
    case .mapFull:
      "The environment has reached its map size; reopen it with a larger one."
    case .tablesFull:
      "More tables were opened than the environment was opened for; raise maxTables."
    case .readersFull:
      "Every reader slot is taken; raise maxReaders, or end read transactions sooner."
    case .threadKeysFull:
      "The process has no thread-specific key left; open fewer environments."
    case .transactionFull:
      "The transaction changed too many pages; commit smaller batches."
    case .cursorFull:
      "A cursor met a tree deeper than LMDB allows; the file is damaged, restore or rebuild it."
    case .pageFull:
      "A page has no room where it must have some; the file is damaged, restore or rebuild it."
    case .mapResized:
      "Another process has grown the environment past our map; reopen it with a larger map size."
    case .incompatible:
      "The table was made with other flags than ours; the file is not one of ours."
    case .badReaderSlot:
      "A reader slot was used twice; end every transaction before its environment is reopened."
    case .badTransaction:
      "An earlier call in this transaction failed; end it and begin anew."
    case .badValueSize:
      "A key is empty or over 511 bytes; use keys of 1 to 511 bytes."
    case .badTable:
      "A table handle was used before the commit that opened it; open tables first."
    case .system(let code):
      unsafe "\(String(cString: mdb_strerror(code))) (errno \(code)); \(SystemCure.text(for: code))."
    case .alreadyOpen(let path):
      "\(path) is already open in this process, and a second opening would drop the locks of "
        + "the first; share the open environment."
    case .missing(let path):
      "\(path) does not exist; check the directory, or create it on purpose."
    case .empty(let path):
      "\(path) is empty, and LMDB would take it for a new one; restore or rebuild it."
    case .truncated(let path, let expected, let actual):
      "\(path) has \(actual) bytes where its last page ends at \(expected); restore or rebuild it."
    case .mapAboveLimit(let path, let mapSize, let limit):
      "A map of \(mapSize) bytes for \(path) is more than the limit on address space of \(limit) bytes; "
        + "raise the limit (ulimit -v), or lower mapGibibytes if this is the log."
    case .missingTable(let path, let name):
      "\(path) has no table \"\(name)\"; it was not made by this program, or only in part."
    }
  }
}
