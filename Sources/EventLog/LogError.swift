package import LMDB

/// What can go wrong with a log; each description says what happened and the cure.
package enum LogError: Error, Hashable, Sendable {
  /// `create` found a log.
  case exists(path: String)
  case wrongFormat(path: String, found: UInt32, expected: UInt32)
  /// Something that every log has is not there or not readable.
  case incomplete(path: String, part: String)
  /// The tree was committed with another number of events than there are.
  case sizeMismatch(path: String, treeSize: UInt64, lastPosition: UInt64)
  /// The hashes that were committed are not those of the records.
  case frontierMismatch(path: String, treeSize: UInt64)
  /// The first position whose record, or hash, is not what it was when it was committed.
  case damaged(path: String, position: UInt64, detail: String)
  /// No room on the disk or in the map: nothing of the batch was written, reading goes on, and
  /// the same batch may be appended later.
  case full(detail: String)
  /// The disk failed during a commit; whether the batch is in the log shows at the next opening.
  case broken(detail: String)
  case storage(LMDBError)
}

extension LogError {
  /// - Parameter error: of ours or of LMDB.
  init(_ error: any Error) {
    switch error {
    case let error as LogError: self = error
    case let error as LMDBError: self = .storage(error)
    default: preconditionFailure("an error of another kind: \(error)")
    }
  }
}

extension LogError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exists(let path):
      "\(path) already holds a log; open that, or name another directory."
    case .wrongFormat(let path, let found, let expected):
      "The log in \(path) has format \(found), and this program knows \(expected); use the "
        + "program that wrote it."
    case .incomplete(let path, let part):
      "The log in \(path) has no sound \(part); if it was only being created, remove the directory "
        + "and create it again, else restore a backup."
    case .sizeMismatch(let path, let treeSize, let lastPosition):
      "The log in \(path) was committed with \(treeSize) events, and its last one is "
        + "\(lastPosition); run verify, and restore a backup."
    case .frontierMismatch(let path, let treeSize):
      "The last events of the log in \(path), of \(treeSize), are not those that were committed; "
        + "run verify, and restore a backup."
    case .damaged(let path, let position, let detail):
      "The log in \(path) is damaged at position \(position): \(detail). Restore a backup."
    case .full(let detail):
      "The log can take no more: \(detail). Reading goes on."
    case .broken(let detail):
      "The log's disk failed during a commit: \(detail). See to the disk, restart and verify."
    case .storage(let error):
      error.description
    }
  }
}
