internal import JSON
internal import Logging
internal import Marketplace

/// Backing up while the ledger runs.
extension Ledger {
  /// Begins a backup to a directory of this machine, and returns.
  ///
  /// - Throws: `QueryError` when the directory is none for it, or another backup is under way.
  package func backup(to directory: String, by caller: String) async throws {
    guard directory.hasPrefix("/") else {
      throw QueryError.badRequest(
        "directory: give a whole path, from the root, on the server's machine"
      )
    }
    try record("backup", by: caller) { $0.member("directory", directory) }
    try backups.start(in: directory, tzdata: tzdata, at: clock()) { [logger] outcome in
      switch outcome {
      case .success(let contents):
        logger.notice(
          "backup",
          metadata: [
            "directory": "\(directory)", "position": "\(contents.position)",
            "rootHash": "\(contents.rootHash)",
          ]
        )
      case .failure(let failed):
        logger.error(
          "the backup failed",
          metadata: ["directory": "\(directory)", "reason": "\(failed.detail)"]
        )
      }
    }
  }

  /// How far the backup is that is under way, or was the last one.
  package func backupStatus() async -> [UInt8] {
    backups.status()
  }
}
