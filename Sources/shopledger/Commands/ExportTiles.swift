import ArgumentParser
import JSON
import Ledger

/// Writes the log as a tiled log of files.
struct ExportTiles: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tiles",
    abstract: "Exports the signed log as files: checkpoint, tiles and records, as C2SP has them.",
    discussion: """
      Writes what the directory lacks, so the next export is quick. What was exported before is \
      never replaced; a log that does not continue it is refused, with exit status 1.

      Examples:
        shopledger tiles /srv/ledger-tiles
        shopledger tiles /srv/ledger-tiles --data data
      """
  )

  @Argument(help: ArgumentHelp("Where to.", valueName: "dir"))
  var directory: String

  @Flag(help: "Sign a checkpoint of now first.")
  var sign = false

  @Option(help: ArgumentHelp("The data directory, when no server runs.", valueName: "dir"))
  var data: String?

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    guard data == nil || connection.socket == nil else {
      throw ValidationError("Give --socket to ask a server, or --data where none runs, not both.")
    }
  }

  func run() async throws {
    do {
      if let data {
        let settings = try await Settings(file: nil, flags: ["data": data])
        let log = try StoppedLog(try await settings.ledger)
        defer { log.close() }
        let next = try log.checkpoint(sign: sign)
        try await export(next) { old in
          try log.proof(from: old.size, to: next.size)
        } fetch: { path in
          try log.file(at: path)
        }
      } else {
        let client = try await connection.client
        let next = try await client.checkpoint(sign: sign)
        try await export(next) { old in
          try await client.proof(from: old.size, to: next.size)
        } fetch: { path in
          let segments = "\(path)".split(separator: "/").map(String.init)
          return try await client.get(["tlog"] + segments).checked().body
        }
      }
    } catch let error as LedgerError {
      throw Failure(error)
    } catch let error as AuditError {
      throw Failure(.refused, error.description)
    }
  }

  private func export(
    _ next: SignedCheckpoint,
    proof: (SignedCheckpoint) async throws -> [[UInt8]],
    fetch: (TilePath) async throws -> [UInt8]?
  ) async throws {
    let tiles = TileDirectory(directory)
    if let old = try tiles.checkpoint() {
      try next.replaces(old, keptIn: directory, path: try await proof(old))
    }
    var display = ProgressDisplay()
    let started = ContinuousClock.now
    let written = try await tiles.add(next) { path in
      guard let bytes = try await fetch(path) else {
        throw Failure(.refused, "the log has no \(path); it is damaged: run verify")
      }
      return bytes
    } progress: { done, total in
      let rate = Double(done) / started.duration(to: .now).inSeconds
      display.show(
        Progress(
          label: "tiles",
          unit: .files,
          done: done,
          total: total,
          rate: done > 0 ? Figure.count(Int(rate)) + " files/s" : nil,
          secondsLeft: done > 0 ? Double(total - done) / rate : nil
        )
      )
    }
    display.end()
    try Terminal.write([
      "\(directory): \(Figure.count(Int64(next.size))) events of \(next.origin), "
        + "\(Figure.count(Int64(written))) files written"
    ])
  }
}
