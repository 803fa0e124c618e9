import EventLog
import Foundation
import Logging
import Testing

@testable import Ledger

/// What is signed is never taken back.
@Suite struct SignerTests {
  private let directory: TestDirectory
  private let key: SigningKey
  private let told = CollectedLog()

  init() throws {
    directory = try TestDirectory()
    key = try SigningKey(name: "example.com/ledger")
    try KeyFile.create(directory.path + "/key", key)
  }

  private var path: String { directory.path + "/checkpoint" }

  private func log(_ name: String, _ records: Range<UInt8>) throws -> EventLog {
    let log = try EventLog.create(
      directory: directory.path + "/" + name,
      identity: [UInt8](repeating: 1, count: 16),
      key: [UInt8](repeating: 2, count: 32),
      mapSize: 1 << 30
    )
    try append(log, records)
    return log
  }

  private func append(_ log: EventLog, _ records: Range<UInt8>) throws {
    var batch = AppendBatch()
    for record in records { batch.add(record: [record, 1, 2]) }
    _ = try log.append(batch)
  }

  private func signer(_ log: EventLog, origin: String? = nil) throws -> CheckpointSigner {
    try CheckpointSigner(
      AuditConfiguration(keyFile: directory.path + "/key", origin: origin),
      epoch: 1,
      log: log,
      path: path,
      logger: told.logger
    )
  }

  @Test func `a checkpoint tells size and root, is kept, and changes only when the log grows`()
    throws
  {
    let log = try log("log", 0..<0)
    let signer = try signer(log)
    let empty = try signer.sign()
    #expect((empty.size, empty.rootHash) == (0, log.rootHash))
    try append(log, 0..<200)
    let first = try signer.sign()
    #expect((first.origin, first.size, first.rootHash) == (key.name, 200, log.rootHash))
    let kept = try directory.bytes(of: "checkpoint")
    #expect(kept == first.note.bytes)
    #expect(try SignedCheckpoint(parsing: kept, signedBy: key.verifier) == first)
    #expect(try signer.sign() == first)
    try append(log, 0..<100)
    #expect(try signer.sign().size == 300)
    log.close()
  }

  @Test func `after a restart what was signed before goes on`() throws {
    let log = try log("log", 0..<100)
    let first = try signer(log).sign()
    let again = try signer(log)
    #expect(again.last == first && again.stopped == nil)
    try append(log, 100..<120)
    #expect(try again.sign().size == 120)
    log.close()
  }

  @Test(arguments: [90, 100, 110] as [UInt8])
  func `another history stops the signing, is told, and overwrites nothing`(size: UInt8) throws {
    let log = try log("log", 0..<100)
    let kept = try signer(log).sign().note.bytes
    log.close()
    // Fewer events, as many others, and more of others.
    let other = try self.log("other", size == 90 ? 0..<90 : 1..<1 + size)
    let signer = try signer(other)
    #expect(throws: AuditError.self) { try signer.sign() }
    try append(other, 0..<50)
    // It stays stopped, whatever comes.
    #expect(throws: AuditError.self) { try signer.sign() }
    let reason = try #require(signer.stopped)
    #expect(reason.contains("100 events") && reason.contains(path))
    #expect(try directory.bytes(of: "checkpoint") == kept)
    other.close()
  }

  @Test func `a last checkpoint that cannot be believed stops the signing and is kept`() throws {
    let log = try log("log", 0..<10)
    let good = String(decoding: try signer(log).sign().note.bytes, as: UTF8.self)
    for kept in ["", "nonsense", good.replacingOccurrences(of: "\n10\n", with: "\n11\n")] {
      try directory.write(Array(kept.utf8), to: "checkpoint")
      let signer = try signer(log)
      #expect(throws: AuditError.self) { try signer.sign() }
      #expect(signer.stopped?.contains(path) == true)
      #expect(try directory.bytes(of: "checkpoint") == Array(kept.utf8))
    }
    try directory.write(Array(good.utf8), to: "checkpoint")
    #expect(try signer(log, origin: "example.com/other").stopped != nil)
    log.close()
  }

  @Test func `the origin names the log, and its key is another one`() throws {
    let log = try log("log", 0..<10)
    let signer = try signer(log, origin: "example.com/other")
    let checkpoint = try signer.sign()
    #expect(checkpoint.origin == "example.com/other")
    #expect(signer.key.verifier.id != key.verifier.id)
    #expect(throws: AuditError.self) {
      try SignedCheckpoint(parsing: checkpoint.note.bytes, signedBy: key.verifier)
    }
    log.close()
  }

  // MARK: Proof files

  @Test func `a proof holds by the key alone, and nothing near it does`() throws {
    let log = try log("log", 0..<77)
    let checkpoint = try signer(log).sign()
    var prover = log.prover()
    let record = try #require(try log.record(at: 42) { $0.withUnsafeBytes { [UInt8]($0) } })
    let proof = TlogProof(
      index: 41,
      path: try prover.inclusion(of: 41, size: 77),
      record: record,
      checkpoint: checkpoint.note.bytes
    )
    #expect(try TlogProof(parsing: proof.bytes) == proof)
    #expect(try proof.check(by: key.verifier).record == record)
    #expect(try proof.check(record: record, by: key.verifier).checkpoint == checkpoint)
    #expect(throws: AuditError.self) { try proof.check(record: [9], by: key.verifier) }
    #expect(throws: AuditError.self) {
      try proof.check(by: SigningKey(name: "example.com/ledger").verifier)
    }
    for change in [\TlogProof.index, \.checkpoint, \.path, \.record] as [PartialKeyPath<TlogProof>]
    {
      var changed = proof
      switch change {
      case \TlogProof.index: changed.index = 40
      case \TlogProof.checkpoint: changed.checkpoint[20] ^= 1
      case \TlogProof.path: changed.path[3][0] ^= 1
      default: changed.record?[1] ^= 1
      }
      #expect(throws: AuditError.self) { try changed.check(by: key.verifier) }
    }
    var bare = proof
    bare.record = nil
    #expect(try TlogProof(parsing: bare.bytes) == bare)
    #expect(throws: AuditError.self) { try bare.check(by: key.verifier) }
    log.close()
  }

  @Test(
    arguments: [
      "", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n\n",
      "c2sp.org/tlog-proof@v2\nindex 0\n\n",
      "c2sp.org/tlog-proof@v1\nindex 01\n\nx", "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
      "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nx", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
    ]
  )
  func `what is no proof is told to be none`(text: String) {
    #expect(throws: AuditError.self) { try TlogProof(parsing: Array(text.utf8)) }
  }
}
