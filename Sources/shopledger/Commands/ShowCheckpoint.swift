import ArgumentParser
import Foundation
import JSON
import Ledger

/// Shows the log's signed size and root, or takes them elsewhere.
struct ShowCheckpoint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Prints the last signed checkpoint: the log's name, size and root hash.",
    discussion: """
      Keep checkpoints where the ledger's operator cannot change them: without one, whoever holds \
      the key can rewrite everything.

      Examples:
        shopledger checkpoint --sign
        shopledger checkpoint publish --file /mnt/elsewhere/ledger.checkpoint
      """,
    subcommands: [PublishCheckpoint.self]
  )

  @Flag(help: "Sign one of now first.")
  var sign = false

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let client = try await connection.client
    try Terminal.write(try await client.checkpoint(sign: sign).note.bytes)
  }
}

/// Signs a checkpoint and writes it to where it is kept.
struct PublishCheckpoint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Signs a checkpoint and writes it to a file, or to a command's standard input.",
    discussion: """
      A checkpoint that the file has already is replaced only when it is proved that the log \
      continues it; else the file stays as it is, and the exit status is 1.

      Examples:
        shopledger checkpoint publish --file /mnt/elsewhere/ledger.checkpoint
        shopledger checkpoint publish --command 'mail -s checkpoint auditor@example.com'
      """
  )

  @Option(help: ArgumentHelp("The file that keeps it.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The command, as a shell reads it.", valueName: "command"))
  var command: String?

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    guard (file == nil) != (command == nil) else {
      throw ValidationError("Give --file or --command, one of the two.")
    }
  }

  func run() async throws {
    let client = try await connection.client
    let next = try await client.checkpoint(sign: true)
    if let command { try pass(next.note.bytes, to: command) }
    guard let file else { return }
    if let kept = FileManager.default.contents(atPath: file) {
      let old: SignedCheckpoint
      do {
        old = try SignedCheckpoint(parsing: Array(kept), signedBy: nil)
      } catch {
        throw Failure(.refused, "\(file) is left as it is: \(error); name another file")
      }
      let path = try await client.proof(from: old.size, to: next.size)
      try next.replaces(old, keptIn: file, path: path)
    }
    do {
      try CheckpointFile.replace(file, with: next.note.bytes)
    } catch {
      throw Failure(.refused, "\(error)")
    }
  }

  private func pass(_ checkpoint: [UInt8], to command: String) throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", command]
    let input = Pipe()
    shell.standardInput = input
    do {
      try shell.run()
      // A few hundred bytes, which fit a pipe whether or not it is read.
      try input.fileHandleForWriting.write(contentsOf: Data(checkpoint))
      try input.fileHandleForWriting.close()
    } catch {
      throw Failure(.refused, "the checkpoint could not be given to \(command): \(error)")
    }
    shell.waitUntilExit()
    guard shell.terminationReason == .exit, shell.terminationStatus == 0 else {
      throw Failure(.refused, "\(command) ended with status \(shell.terminationStatus)")
    }
  }
}

extension LedgerClient {
  /// The server's checkpoint, as it says; it is checked by whoever has the verifier key.
  func checkpoint(sign: Bool) async throws -> SignedCheckpoint {
    let path = ["tlog", "checkpoint"]
    let answer = try await (sign ? post(path) : get(path)).checked()
    do {
      return try SignedCheckpoint(parsing: answer.body, signedBy: nil)
    } catch {
      throw Failure(.refused, "the server's checkpoint cannot be read: \(error)")
    }
  }

  /// The path that proves a tree's growth; none when it shrank.
  func proof(from old: UInt64, to new: UInt64) async throws -> [[UInt8]] {
    guard old <= new else { return [] }
    let query = [("from", "\(old)"), ("to", "\(new)")] as [URLQuery.Item]
    let proof = try await get(["proofs", "consistency"], query).checked().parsed()
    return (proof["path"]?.array ?? []).compactMap { $0.string.flatMap(Ledger.bytes(hex:)) }
  }
}

extension SignedCheckpoint {
  /// Makes sure that this continues what a place has kept.
  ///
  /// - Throws: a `Failure` when it does not: what is kept is evidence then.
  func replaces(_ old: SignedCheckpoint, keptIn place: String, path: [[UInt8]]) throws(Failure) {
    guard old.origin == origin else {
      throw Failure(
        .refused,
        "\(place) is left as it is: it is of the log \(old.origin), and this is \(origin)"
      )
    }
    guard old.isKept(in: self, path: path) else {
      throw Failure(
        .refused,
        "\(place) is left as it is: the log does not continue the \(old.size) events signed there; "
          + "it was rewritten, or an older copy was put in place. Keep what is there as evidence"
      )
    }
  }
}
