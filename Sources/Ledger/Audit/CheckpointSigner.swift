internal import EventLog
internal import Foundation
internal import Logging
internal import Projections
internal import Synchronization

/// Signs what the log has, and never anything that takes back what it has signed.
///
/// The last checkpoint is in a file of the data directory, on disk before anybody is shown it. Each
/// new one is signed only after it is proved, from the tiles, that its tree begins with the whole
/// of the last one's: an older copy of the log that was put in place, or a log that was rewritten,
/// stops the signing and leaves the file as it is. Whoever removes the file too can only be found
/// out with a checkpoint that was kept elsewhere.
final class CheckpointSigner: Sendable {
  let key: SigningKey
  private let log: EventLog
  private let path: String
  private let logger: Logger
  private let contents: Mutex<Contents>
  private let interval: Int
  private let worker = Mutex<Worker?>(nil)
  private let stop = DispatchSemaphore(value: 0)

  private struct Contents {
    var last: SignedCheckpoint?
    /// Why nothing is signed any more.
    var stopped: String?
  }

  /// Reads the key and the last checkpoint; signs nothing yet.
  ///
  /// - Parameters:
  ///   - configuration: names the key's file, and the log.
  ///   - epoch: which line of the ledger this is. One that was restored is another log, with a name of
  ///     its own: under the old name it could sign what contradicts the line that went on.
  ///   - log: what is signed.
  ///   - path: the file of the last checkpoint.
  ///   - logger: hears when nothing can be signed.
  /// - Throws: when the key cannot be used; what is wrong with the checkpoint only stops signing.
  init(
    _ configuration: AuditConfiguration,
    epoch: Int64,
    log: EventLog,
    path: String,
    logger: Logger
  ) throws(AuditError) {
    let key = try KeyFile.read(configuration.keyFile)
    let origin = configuration.origin ?? key.name
    let name = epoch > 1 ? origin + "/epoch\(epoch)" : origin
    self.key = name == key.name ? key : try SigningKey(key, renamed: name)
    self.log = log
    self.path = path
    self.logger = logger
    contents = Mutex(Self.read(path, self.key.verifier))
    interval = configuration.intervalSeconds
    logger.notice(
      "checkpoints are signed",
      metadata: ["origin": "\(self.key.name)", "verifier": "\(self.key.verifier)"]
    )
  }

  /// Signs now, and then at each interval when the log has grown.
  func start() {
    let worker = Worker(name: "ledger-signer") { [self] in
      repeat {
        do {
          _ = try sign()
        } catch {
          logger.error("no checkpoint is signed", metadata: ["reason": "\(error)"])
        }
      } while stop.wait(timeout: .now() + .seconds(interval)) == .timedOut
    }
    self.worker.withLock { $0 = worker }
  }

  /// Signs what came last, and no more; the log must still be open.
  func close() {
    stop.signal()
    worker.withLock { $0 }?.join {}
    _ = try? sign()
  }

  /// The last one signed.
  var last: SignedCheckpoint? { contents.withLock { $0.last } }

  /// Why nothing is signed any more; nil while it is.
  var stopped: String? { contents.withLock { $0.stopped } }

  /// A checkpoint of everything that is durable; the last one again when nothing was added.
  ///
  /// Costs a write and two fsyncs when the log has grown.
  ///
  /// - Throws: when the last one is not the beginning of it; then, and ever after, nothing is
  ///   signed. When the disk takes no file, only this time.
  func sign() throws(AuditError) -> SignedCheckpoint {
    try contents.withLock { (contents) throws(AuditError) in
      if let reason = contents.stopped { throw AuditError(reason) }
      let (size, root) = log.treeHead
      if let last = contents.last {
        if (last.size, last.rootHash) == (size, root) { return last }
        if let reason = departure(from: last, size: size, root: root) {
          contents.stopped = reason
          throw AuditError(reason)
        }
      }
      let next = try SignedCheckpoint(size: size, rootHash: root, by: key)
      do {
        try Files.replace(path, with: String(decoding: next.note.bytes, as: UTF8.self))
      } catch {
        throw AuditError("the checkpoint cannot be kept: \(error); make room, and sign again")
      }
      contents.last = next
      return next
    }
  }

  /// Why the log does not continue what was signed; nil when it does.
  private func departure(from last: SignedCheckpoint, size: UInt64, root: [UInt8]) -> String? {
    let found: String
    if size < last.size {
      found = "the log has only \(size) events"
    } else {
      do {
        var prover = log.prover()
        let path = try prover.consistency(from: last.size, to: size)
        let new = (size: size, root: root)
        if MerkleProof.isConsistent(old: (last.size, last.rootHash), new: new, path: path) {
          return nil
        }
        found = "the first \(last.size) events of the log are others"
      } catch {
        found = "the log cannot prove that it continues it: \(error)"
      }
    }
    return "signing has stopped: the last checkpoint, in \(path), is of \(last.size) events, and "
      + found + "; put back the log that was signed, or keep that file as evidence, remove it here "
      + "and sign on under another audit.origin"
  }

  /// What the file says; one that cannot be believed stops the signing, and is kept.
  private static func read(_ path: String, _ key: VerifierKey) -> Contents {
    guard Files.exists(path) else { return Contents() }
    do {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Files.Failure(call: "open", path: path)
      }
      return Contents(last: try SignedCheckpoint(parsing: Array(data), signedBy: key))
    } catch {
      return Contents(
        stopped: "signing has stopped: the last checkpoint, in \(path), cannot be continued: "
          + "\(error); use the key and audit.origin that signed it, or move the file away to begin "
          + "anew under another audit.origin"
      )
    }
  }
}
